import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing

/// The real program with the desk's ledger in a PostgreSQL of its own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PostgreSQLDeskTests {
    private struct Record: Decodable {
        struct Ledger: Decodable {
            struct Server: Decodable {
                var port: Int
                var user: String
                var password_file: String
            }
            var engine: String
            var path: String
            var server: Server?
        }
        var pid: Int32
        var ledger: Ledger
    }

    private func record(_ home: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: "\(home)/desk.json")))
    }

    /// psql as the owner of the tables, or as the one who reads and watches.
    private func psql(_ home: String, asReader: Bool = false) throws -> String {
        let server = try #require(try record(home).ledger.server)
        let program = "$(ls -d /usr/lib/postgresql/*/bin/psql | sort -V | tail -n 1)"
        let (file, user) = asReader ? (server.password_file, server.user) : ("\(home)/ledger.password", "desk")
        return "PGPASSWORD=$(cat '\(file)') \(program) -X -q -A -t -h 127.0.0.1 -p \(server.port) -U \(user) -d desk"
    }

    @Test
    func
        `a healthy run is green in everything but what the host's speed decides, and no password is in anything that it leaves`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, ledger: "postgresql") { _ in
            let result = try await program.runJSON(["--desk-home", home]).result
            #expect(result.checks.count == 30)
            let others = result.withoutLatencies.filter { $0.outcome != "pass" && $0.reason != "noisy_host" }
            #expect(others.isEmpty, "\(others.map { "\($0.check_id) \($0.outcome ?? "none") \($0.reason ?? "")" })")
            for name in ["ledger.password", "ledger-reader.password"] {
                let found = try await program.shell(
                    "grep -rlF -f '\(home)/\(name)' '\(program.state)' --exclude=\(name); true")
                #expect(found.output.isEmpty, "the password of \(name) is in \(found.output)")
            }
        }
    }

    @Test func `what is wrong with a server's health is red: a session idle in its transaction, a sequence, an index`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        let criteria = "\(program.state)/criteria.yaml"
        // A minute is the shipped limit; no test waits for one.
        try Data("thresholds:\n  database:\n    max_idle_in_transaction_s: 0.001\n".utf8).write(
            to: URL(filePath: criteria))
        try await program.serving(home, ledger: "postgresql") { _ in
            let psql = try psql(home)
            // 95 of 100 numbers of 64 bits. An index that cannot be unique is left invalid.
            let broken = try await program.shell(
                """
                \(psql) -c "SELECT setval('fills_fill_id_seq', 8762203435012037017)" && \
                ! \(psql) -c "CREATE UNIQUE INDEX CONCURRENTLY fills_once ON fills (order_id)"
                """)
            try #require(broken.code == 0, "\(broken.errors)")
            // Sits in its transaction until its input ends.
            let judged = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", "exec env \(psql)"], environment: program.environment,
                input: .inputWriter, output: .sequence, error: .discarded
            ) { session in
                _ = try await session.standardInputWriter.write("BEGIN;\nSELECT 'sitting';\n")
                for try await line in session.standardOutput.strings() where line.contains("sitting") { break }
                let judged: Swift.Result<JSONResult, any Error>
                do {
                    judged = .success(
                        try await program.runJSON([
                            "--desk-home", home, "--criteria", criteria, "--check", "database.health.sound", "--check",
                            "database.index.sound",
                        ]).result)
                } catch { judged = .failure(error) }
                try await session.standardInputWriter.finish()
                return judged
            }
            let result = try judged.closureResult.get()
            let kinds = Dictionary(
                uniqueKeysWithValues: result.checks.map { ($0.check_id, Set($0.findings.map(\.kind))) })
            #expect(kinds["database.health.sound"] == ["idle-in-transaction", "sequence-exhausted"])
            #expect(kinds["database.index.sound"]?.contains("invalid-index") == true)
            #expect(
                result.checks.filter { $0.check_id.hasPrefix("database.health") }.allSatisfy { $0.outcome == "fail" })
        }
    }

    @Test func `a desk that restarts in place keeps its server and what is in it`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, ledger: "postgresql") { pid in
            let before = try record(home)
            let made = try await program.shell("\(try psql(home)) -c \"CREATE TABLE mark (x int)\"")
            try #require(made.code == 0, "\(made.errors)")
            let restarted = try await program.run(["desk", "restart", "--home", home])
            #expect(restarted.code == 0, "\(restarted.errors)")
            let after = try record(home)
            #expect(after.pid == pid && after.ledger.path == before.ledger.path)
            let kept = try await program.shell("\(try psql(home)) -c \"SELECT count(*) FROM mark\"")
            #expect(kept.output == "0\n", "\(kept.errors)")
        }
    }

    @Test func `a desk that is killed takes its server with it`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, ledger: "postgresql") { pid in
            let shown = try await program.shell("\(try psql(home, asReader: true)) -c 'SHOW data_directory'")
            let folder = shown.output.split(separator: "\n").first.map(String.init) ?? ""
            try #require(FileManager.default.fileExists(atPath: folder))
            kill(pid, SIGKILL)
            let deadline = ContinuousClock.now + .seconds(30)
            while FileManager.default.fileExists(atPath: folder), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(try await program.shell("\(try psql(home)) -c 'SELECT 1'").code != 0)
        }
    }

    /// What has been written last when the desk dies: while the files of the server are made, and while it starts.
    @Test(arguments: ["initdb.log", "server.log"])
    func `a desk that is killed while its server starts takes that with it`(file: String) async throws {
        let program = try Program()
        let home = try await program.home()
        // Not in the program's own folder: the user that the server runs as has to get into it, and out of it again.
        let parent = "/tmp/holdpoint-e2e-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        try #require(chmod(parent, 0o1777) == 0)
        func folders() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: parent) }
        let ended = try await Subprocess.run(
            .path(FilePath(Program.path)), arguments: ["desk", "serve", "--home", home, "--ledger", "postgresql"],
            environment: program.environment.updating(["TMPDIR": parent]), input: .inputWriter, output: .sequence,
            error: .discarded
        ) { desk in
            let deadline = ContinuousClock.now + .seconds(60)
            func hasBegun() throws -> Bool {
                try folders().contains { FileManager.default.fileExists(atPath: "\(parent)/\($0)/\(file)") }
            }
            while try !hasBegun(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            let isSeen = try hasBegun()
            try desk.send(signal: .kill)
            return isSeen
        }
        try #require(ended.closureResult, "no \(file) within a minute")
        var server: Int32?
        let deadline = ContinuousClock.now + .seconds(60)
        while let folder = try folders().first, ContinuousClock.now < deadline {
            let lock = try? String(contentsOfFile: "\(parent)/\(folder)/data/postmaster.pid", encoding: .utf8)
            server = lock?.split(separator: "\n").first.flatMap { Int32($0) } ?? server
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try folders().isEmpty)
        if let server { #expect(kill(server, 0) == -1, "the server \(server) is still there") }
    }

    @Test func `an engine that a living desk has not, and one that nobody knows, are refused`() async throws {
        let program = try Program()
        let home = try await program.home()
        let unknown = try await program.run(["desk", "serve", "--home", home, "--ledger", "postgres"])
        #expect(unknown.code == 64 && unknown.errors.contains("postgresql"))
        try await program.serving(home) { _ in
            let run = try await program.run(["run", "--desk-home", home, "--ledger", "postgresql", "--format", "json"])
            #expect(run.code == 64 && run.errors.contains("keeps its ledger in sqlite"))
        }
    }
}
