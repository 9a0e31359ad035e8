import FoundationEssentials
import Glibc
import Testing

/// The real program replacing itself: what no test inside one process can see.
struct DeskRestartTests {
    private struct Status: Decodable {
        struct Instance: Decodable {
            var state: String
            var pid: Int32?
            var address: String?
            var faults: [String]?
        }
        var state: String
        var pid: Int32?
        var address: String?
        var faults: [String]?
        var standby: Instance
    }

    private struct Restarted: Decodable {
        var pid: Int32
        var boot_id: String
    }

    private struct Record: Decodable {
        struct Control: Decodable { var restart: [String] }
        var pid: Int32
        var token: String
        var address: String
        var pid_start_ticks: UInt64
        var control: Control?
    }

    private func status(_ program: Program, _ home: String) async throws -> Status {
        let told = try await program.run(["desk", "status", "--home", home, "--format", "json"])
        return try JSONDecoder().decode(Status.self, from: Data(told.output.utf8))
    }

    private func restart(_ program: Program, _ home: String) async throws -> Restarted {
        let told = try await program.run(["desk", "restart", "--home", home])
        try #require(told.code == 0, "desk restart: \(told.errors)")
        #expect(told.output.split(separator: "\n").count == 1)
        return try JSONDecoder().decode(Restarted.self, from: Data(told.output.utf8))
    }

    private func record(_ home: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: "\(home)/desk.json")))
    }

    @Test func `a desk restarts in place with everything that it was told, as often as it is asked`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, faults: ["slow-risk=3ms", "two-heads"]) { pid in
            let before = try record(home)
            let beforeStatus = try await status(program, home)
            #expect(before.pid == pid)
            #expect(before.control?.restart == [Program.path, "desk", "restart", "--home", home])
            let (blocked, ignored) = (try field("SigBlk", of: pid), try field("SigIgn", of: pid))
            var lives: Set<String> = []
            for _ in 0..<5 {
                let restarted = try await restart(program, home)
                #expect(restarted.pid == pid)
                #expect(lives.insert(restarted.boot_id).inserted, "a life of its own each time")
                let after = try record(home)
                #expect(after.pid == before.pid && after.pid_start_ticks == before.pid_start_ticks)
                #expect(after.token == before.token)
                #expect(after.address == before.address)
            }
            let afterStatus = try await status(program, home)
            #expect(afterStatus.state == "serving")
            #expect(afterStatus.faults == beforeStatus.faults)
            #expect(afterStatus.faults == ["slow-risk=3ms", "two-heads"])
            #expect(afterStatus.standby.state == "stopped")
            // No secret on the command line, and nothing left open from the lives before.
            let arguments = try String(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"), encoding: .utf8)
            #expect(!arguments.contains(before.token))
            #expect(try await comesTrue { try sockets(of: pid) == 1 }, "its listener alone")
            #expect(try field("SigBlk", of: pid) == blocked)
            #expect(try field("SigIgn", of: pid) == ignored)
        }
        // `serving` has closed its standard input: the last life ended with it, in order.
        #expect(!FileManager.default.fileExists(atPath: "\(home)/desk.json"))
        #expect(!FileManager.default.fileExists(atPath: "\(home)/migrations/0004_settlement_days.sql"))
        #expect(!FileManager.default.fileExists(atPath: "\(home)/ledger.sqlite-wal"))
    }

    @Test func `a restarted desk stops at a signal as the first one would have`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, faults: ["two-heads"]) { pid in
            _ = try await restart(program, home)
            kill(pid, SIGTERM)
            #expect(try await comesTrue { !FileManager.default.fileExists(atPath: "\(home)/desk.json") })
            #expect(!FileManager.default.fileExists(atPath: "\(home)/migrations/0004_settlement_days.sql"))
        }
    }

    @Test func `a restart and a stop at once leave a home that is whole`() async throws {
        let program = try Program()
        for pause in ["0", "0.01", "0.03", "0.06", "0.1"] {
            let home = try await program.home()
            // Whatever comes first, the desk must end by itself: nobody closes its input or kills it.
            let told = try await program.shell(
                """
                "$HP" desk serve --home '\(home)' --fault two-heads > '\(home)/out' < /dev/null &
                pid=$!
                while ! [ -s '\(home)/out' ]; do sleep 0.02; done
                "$HP" desk restart --home '\(home)' --timeout 1500ms > '\(home)/restart' 2>&1 &
                asking=$!
                sleep \(pause); kill -TERM $pid
                for i in $(seq 300); do kill -0 $pid 2>/dev/null || break; sleep 0.05; done
                kill -0 $pid 2>/dev/null && echo stuck && kill -9 $pid
                wait $pid; echo "ended $?"
                wait $asking
                """)
            #expect(told.output == "ended 0\n", "\(pause): \(told.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(home)/desk.json"), "\(pause)")
            #expect(!FileManager.default.fileExists(atPath: "\(home)/ledger.sqlite-wal"), "\(pause)")
            let stray = "\(home)/migrations/0004_settlement_days.sql"
            #expect(!FileManager.default.fileExists(atPath: stray), "\(pause)")
        }
    }

    @Test func `a home without a desk, and a desk that says no, are one line and code 69`() async throws {
        let program = try Program()
        let home = try await program.home()
        let told = try await program.run(["desk", "restart", "--home", home])
        #expect(told.code == 69)
        #expect(told.errors.contains("desk.json is missing"))
        let usage = try await program.run(["desk", "restart", "--home", home, "--timeout", "soon"])
        #expect(usage.code == 64)
        #expect(usage.errors.contains("--timeout soon"))
        let role = try await program.run(["desk", "serve", "--home", home, "--role", "stanby"])
        #expect(role.code == 64)
        #expect(role.errors.contains("standby"))
    }

    /// Looks until a condition holds; false if it does not within half a minute.
    private func comesTrue(_ condition: () throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Sockets that a process has open.
    private func sockets(of pid: Int32) throws -> Int {
        let folder = "/proc/\(pid)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            return target?.hasPrefix("socket:") == true
        }
    }

    private func field(_ name: String, of pid: Int32) throws -> String? {
        let text = try String(contentsOf: URL(filePath: "/proc/\(pid)/status"), encoding: .utf8)
        return text.split(separator: "\n").first { $0.hasPrefix("\(name):") }?.split(separator: "\t").last.map(
            String.init)
    }
}
