import Engine
import FoundationEssentials
import Probes
import Readiness
import Subprocess
import SystemPackage
import Testing

/// A run that is killed leaves a desk as it was, once `recover` has been asked.
@Suite(.serialized)
struct RecoverTests {
    /// What must be as before: quantities and working orders of every readiness account, and the kill switch. Cash is not
    /// among it: trading back costs the spread and the fees.
    private struct Books: Equatable {
        var quantities: [String: [String: DecimalValue]] = [:]
        var working: [String: Int] = [:]
        var isEngaged = false
        var armedStops: [String: Int] = [:]
        var held: [String] = []
    }

    private static let tiers = ["sniper", "hunter", "strategist"]

    /// How many times the run is killed: the issue's proof asks for 50, each build for a few.
    private static let kills = ProcessInfo.processInfo.environment["HOLDPOINT_KILLS"].flatMap(Int.init) ?? 6

    @Test func `trap 30: a run killed at any moment verifies as incomplete, and recover leaves the desk as before`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home) { _ in
            // How long a whole run takes here, so that the moments fall all over it.
            let clock = ContinuousClock()
            let began = clock.now
            let whole = try await program.runJSON(["--desk-home", home])
            let length = clock.now - began
            #expect(whole.result.log.missing == 0)
            let before = try await Self.books(of: home)
            for _ in 0..<Self.kills {
                let moment = length * Double.random(in: 0.02..<1)
                try await Self.kill(program, home: home, after: moment)
                if let log = try Self.newestLog(of: program) {
                    let verified = try await program.run(["verify", log])
                    #expect(
                        verified.code == 0 || verified.output.contains("incomplete")
                            || verified.output.contains("does not end in a newline"), "\(verified.output)")
                }
                let recovered = try await program.run(["recover"])
                #expect(recovered.code == 0, "after \(moment): \(recovered.output)\(recovered.errors)")
                let after = try await Self.books(of: home)
                #expect(after == before, "killed after \(moment): \(recovered.output)")
                let again = try await program.run(["recover"])
                #expect(again.code == 0)
                #expect(again.output.contains("nothing"), "recover is idempotent: \(again.output)")
            }
        }
    }

    @Test func `a desk that refuses connections, or is gone, leaves all to a later recover, which finishes it`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        let ports = try Ports()
        let journal = try await program.serving(home) { _ in
            let journal = try await Self.leaveEngaged(program, home: home)
            // The desk's process lives, and nobody listens where its record says that it is.
            let moved = try await program.shell(
                #"sed -i 's|"address":"[^"]*"|"address":"http://127.0.0.1:\#(ports.closed)"|' '\#(home)/desk.json'"#)
            try #require(moved.code == 0, "\(moved.errors)")
            try await Self.expectNothingTakenBack(
                program, journal, why: ["the target cannot be asked", "connection refused"])
            return journal
        }
        try await Self.expectNothingTakenBack(
            program, journal, why: ["cannot take anything back: the desk in \(home) is not running", "recover again"])
        try await program.serving(home) { _ in
            #expect(try await Self.books(of: home).isEngaged, "the desk is back as it was")
            let recovered = try await program.run(["recover"])
            #expect(recovered.code == 0, "\(recovered.output)\(recovered.errors)")
            #expect(recovered.output == "run \(Self.leftRun): done: release the kill switch\n")
            #expect(try await !Self.books(of: home).isEngaged)
            let again = try await program.run(["recover"])
            #expect(again.code == 0)
            #expect(again.output.contains("nothing is left"), "\(again.output)")
        }
    }

    private static let leftRun = "LEFT000001"

    /// Engages the kill switch and leaves it so, as a run does that is killed then.
    ///
    /// - Returns: the journal's path.
    private static func leaveEngaged(_ program: Program, home: String) async throws -> String {
        // Its check looks with a file that is not there, which must not be in the way of taking anything back.
        let profile = "\(program.state)/own.yaml"
        try Data(
            """
            version: 1
            id: desk-own
            environment: practice
            surface: {record: desk}
            ledger: {engine: desk}
            checks:
              - id: own.vault.open
                title: the vault is open
                severity: high
                remediation: open it
                http: {url: "https://vault.example/", roots: internal.pem}
            """.utf8
        ).write(to: URL(filePath: profile))
        let folder = "\(program.state)/holdpoint/runs/\(leftRun)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let journal = UndoJournal(
            folder: folder,
            header: UndoJournal.Header(
                run: leftRun,
                target: ["kind": "practice", "desk_home": home, "own": "false", "profile": profile],
                log: "\(folder)/log.ndjson", createdAt: UTCInstant(microseconds: 1_800_000_000_000_000)))
        let undo = Compensation.releaseKillSwitch
        try await journal.register(
            EffectRecord(
                effectID: "f1", effectClass: .disruptive, description: "the kill switch", compensation: undo.words,
                undo: undo), of: "risk.killswitch.effective")
        await journal.close()
        let target = DeskTarget.connect(record: try TargetRecord.read(home: home), digest: HexDigest.sha256)
        _ = try await target.probes.killSwitch.set(engaged: true, by: "holdpoint test")
        await target.close()
        return journal.path
    }

    /// Asks for a recovery that can do nothing: it must say what is left and why, end with 1, and keep the journal.
    private static func expectNothingTakenBack(
        _ program: Program, _ journal: String, why: [String], sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let before = try Data(contentsOf: URL(filePath: journal))
        let told = try await program.run(["recover"])
        #expect(told.code == 1, "\(told.output)\(told.errors)", sourceLocation: sourceLocation)
        let lines = told.output.split(separator: "\n")
        #expect(
            lines.first == "run \(leftRun): not taken back: release the kill switch", "\(told.output)",
            sourceLocation: sourceLocation)
        for words in why {
            #expect(lines.last?.contains(words) == true, "\(told.output)", sourceLocation: sourceLocation)
        }
        #expect(try Data(contentsOf: URL(filePath: journal)) == before, sourceLocation: sourceLocation)
        #expect(
            try UndoJournal.pending(at: journal).entries.map(\.effect.effectID) == ["f1"],
            sourceLocation: sourceLocation)
    }

    private static func kill(_ program: Program, home: String, after moment: Duration) async throws {
        _ = try await Subprocess.run(
            .path(FilePath(Program.path)),
            arguments: [
                "run", "--desk-home", home, "--format", "json", "--output", "\(program.state)/\(UUID()).json",
            ],
            environment: program.environment, input: .inputWriter, output: .sequence, error: .discarded
        ) { run in
            try await Task.sleep(for: moment)
            // It may have finished by itself.
            try? run.send(signal: .kill)
            try await run.standardInputWriter.finish()
        }
    }

    private static func newestLog(of program: Program) throws -> String? {
        let runs = "\(program.state)/holdpoint/runs"
        let names = try FileManager.default.contentsOfDirectory(atPath: runs).sorted()
        guard let log = names.last.map({ "\(runs)/\($0)/log.ndjson" }),
            FileManager.default.fileExists(atPath: log)
        else { return nil }
        return log
    }

    private static func books(of home: String) async throws -> Books {
        let target = DeskTarget.connect(record: try TargetRecord.read(home: home), digest: HexDigest.sha256)
        var books = Books()
        for tier in tiers {
            let account = target.probes.accounts.account(of: tier)
            let state = try await target.probes.positions.positions(of: account).value
            books.quantities[account] = Dictionary(
                uniqueKeysWithValues: state.positions.map { ($0.symbol, $0.quantity) })
            books.working[account] = try await target.probes.orders.working(account: account).value.count
            books.armedStops[account] = try await target.probes.stops.stops(of: account).value.count {
                $0.status == .armed
            }
        }
        books.isEngaged = try await target.probes.killSwitch.state().value.isEngaged
        books.held = try await target.probes.pool.holders().value
        await target.close()
        return books
    }
}
