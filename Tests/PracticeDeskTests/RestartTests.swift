import Foundation
import Glibc
import PracticeDesk
import Testing

/// A restart without the replacing of the process, which would end the tests: everything up to it, and everything
/// after.
struct RestartTests {
    /// Serves, has a restart asked for, and gives what the next life would be told.
    private func restarting(
        _ home: DeskHome, _ options: DeskOptions, before: (TestDesk) async throws -> Void = { _ in }
    ) async throws -> (record: DeskRecord, bootID: String, restart: DeskRestart) {
        var options = options
        options.canRestart = true
        let server = try await DeskServer.start(home: home, options: options)
        let desk = TestDesk(server: server, home: home)
        let record = server.record
        do {
            try await before(desk)
            let answer = try await desk.post("/readyz/control/restart", "{}", token: record.token)
            #expect(answer.status == 202)
            #expect(answer.body["restarting"] == .bool(true))
            let bootID = try #require(answer.body["boot_id"].text)
            // Asked for by the request alone: nobody has called `stop`.
            await server.waitUntilStopping()
            guard case .restarting(let restart) = try await server.end() else {
                throw RawClient.Failure(doing: "restart")
            }
            return (record, bootID, restart)
        } catch {
            try await server.stop()
            throw error
        }
    }

    /// What `--restarted` and the other arguments make of the next life.
    private func options(of restart: DeskRestart) throws -> DeskOptions {
        var options = DeskOptions(canRestart: true)
        var words = restart.arguments[...]
        #expect(words.prefix(2) == ["desk", "serve"])
        words.removeFirst(2)
        while let name = words.popFirst() {
            switch name {
            case "--home": words.removeFirst()
            case "--port": options.port = try #require(Int(words.removeFirst()))
            case "--role": options.role = try #require(DeskRole(rawValue: words.removeFirst()))
            case "--seed": options.seed = UInt64(words.removeFirst())
            case "--fault": options.faults.append(try Fault.parse(words.removeFirst()))
            case "--until-eof": options.endsWithInput = true
            case "--restarted": options.isRestarted = true
            default: Issue.record("what is \(name)?")
            }
        }
        return options
    }

    @Test func `the next life has port, token, seed, faults and books, and a boot id of its own`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let faults = ["slow-risk=1ms", "two-heads", "index-dropped", "killswitch-engaged"]
        var books: JSONNode = .null
        let first = try await restarting(home, DeskOptions(seed: 7, endsWithInput: true)) { desk async throws in
            #expect(try await desk.submit(TestOrder(id: "hp-1", price: "131.00"))["status"] == .text("filled"))
            #expect(try await desk.submit(TestOrder(id: "hp-2"))["status"] == .text("accepted"))
            for fault in faults { _ = try await desk.faults.set(fault.split(separator: "=")[0].description) }
            _ = try await desk.faults.set("slow-risk", magnitude: "1ms")
            books = try await desk.get("/readyz/positions?account=READY-HUNTER").body
        }
        #expect(
            first.restart.arguments == [
                "desk", "serve", "--home", home.path, "--port", "\(first.record.address.split(separator: ":")[2])",
                "--role", "primary", "--seed", "7", "--fault", "killswitch-engaged", "--fault", "slow-risk=1ms",
                "--fault", "index-dropped", "--fault", "two-heads", "--until-eof", "--restarted",
            ])
        #expect(!first.restart.arguments.contains { $0.contains(first.record.token ?? "?") })
        // It left its place: the record, the faults' effects, and nothing that only a living desk has.
        #expect(try DeskRecord.read(home: home) == first.record)
        #expect(FileManager.default.fileExists(atPath: home.path + "/migrations/0004_settlement_days.sql"))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/ledger.sqlite-wal"))

        let options = try options(of: first.restart)
        let server = try await DeskServer.start(home: home, options: options)
        let desk = TestDesk(server: server, home: home)
        #expect(server.record.address == first.record.address)
        #expect(server.record.token == first.record.token)
        #expect(server.record.pid == first.record.pid)
        #expect(server.record.startedAt > first.record.startedAt)
        let process = try await desk.get("/readyz/process").body
        #expect(process["boot_id"].text != first.bootID)
        #expect(process["boot_id"].text?.count == 16)
        #expect(process["pid"].integer == Int64(getpid()))
        #expect(
            try await desk.faults.list().filter(\.active).map(\.name) == [
                "killswitch-engaged", "slow-risk", "index-dropped", "two-heads",
            ])
        let killSwitch = try await desk.get("/readyz/killswitch").body
        #expect(killSwitch["engaged"] == .bool(true) && killSwitch["by"] == .text("night-desk"))
        // The working order was taken back; what had filled is held, and paid for to the last digit.
        let now = try await desk.get("/readyz/positions?account=READY-HUNTER").body
        #expect(now["positions"] == books["positions"])
        #expect(now["cash"] == books["cash"])
        #expect(now["open_orders"] == .integer(0))
        #expect(try await desk.get("/readyz/orders?account=READY-HUNTER").body["orders"] == .array([]))
        try await server.stop()
        #expect(!FileManager.default.fileExists(atPath: home.path + "/desk.json"))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/migrations/0004_settlement_days.sql"))
    }

    @Test func `what was undone by hand is not done again by the next life`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let first = try await restarting(
            home, DeskOptions(faults: [try Fault.parse("killswitch-engaged"), try Fault.parse("two-heads")])
        ) { desk async throws in
            _ = try await desk.post(
                "/readyz/killswitch", #"{"action":"release","by":"tester"}"#, token: desk.record.token)
            try FileManager.default.removeItem(atPath: home.path + "/migrations/0004_settlement_days.sql")
        }
        let server = try await DeskServer.start(home: home, options: try options(of: first.restart))
        let desk = TestDesk(server: server, home: home)
        #expect(try await desk.get("/readyz/killswitch").body["engaged"] == .bool(false))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/migrations/0004_settlement_days.sql"))
        try await server.stop()
    }

    @Test func `a standby restarts as a standby`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let first = try await restarting(
            home, DeskOptions(role: .standby, faults: [try Fault.parse("stale-instance")]))
        #expect(first.record.control == nil)
        let server = try await DeskServer.start(home: home, options: try options(of: first.restart))
        let desk = TestDesk(server: server, home: home)
        #expect(server.record.role == .standby)
        #expect(server.record.token == first.record.token)
        #expect(try await desk.get("/readyz/identity").body["git_commit"].text?.count == 40)
        try await server.stop()
    }

    @Test func `nobody restarts without the token, with a body that is none, or where nobody would start it again`()
        async throws
    {
        try await withDesk { desk async throws in
            let token = desk.record.token
            #expect(try await desk.post("/readyz/control/restart", "{}").status == 401)
            #expect(try await desk.post("/readyz/control/restart", "[", token: token).status == 400)
            #expect(try await desk.get("/readyz/control/restart").status == 405)
            let answer = try await desk.post("/readyz/control/restart", "{}", token: token)
            #expect(answer.status == 409)
            #expect(answer.body["error"]["code"] == .text("restart_unavailable"))
            #expect(try await desk.get("/readyz").body["capabilities"]["control"] == .null)
            #expect(desk.record.control == nil)
            await #expect(throws: DeskControlError.self) {
                try await DeskControl(home: desk.home).restart(within: .seconds(1))
            }
        }
    }

    @Test func `a life that was never there cannot be taken up`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let options = DeskOptions(isRestarted: true)
        await #expect(throws: HomeError.missing(path: home.path + "/desk.json")) {
            try await DeskServer.start(home: home, options: options)
        }
        // Somebody else's record: the process that wrote it is not this one.
        try await serving(home) { desk async throws in
            let text = try String(contentsOfFile: home.path + "/desk.json", encoding: .utf8)
            try text.replacingOccurrences(of: "\"pid\":\(getpid())", with: "\"pid\":1").write(
                toFile: home.path + "/other.json", atomically: true, encoding: .utf8)
        }
        try FileManager.default.moveItem(atPath: home.path + "/other.json", toPath: home.path + "/desk.json")
        let error = await #expect(throws: HomeError.self) {
            try await DeskServer.start(home: home, options: options)
        }
        #expect("\(try #require(error))".contains("is not the record of this process"))
    }

    @Test func `a stop outdoes a restart that was asked for before it`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let server = try await DeskServer.start(
            home: home, options: DeskOptions(faults: [try Fault.parse("two-heads")], canRestart: true))
        let desk = TestDesk(server: server, home: home)
        #expect(try await desk.post("/readyz/control/restart", "{}", token: server.record.token).status == 202)
        await server.waitUntilStopping()
        server.requestStop()
        guard case .stopped = try await server.end() else { return #expect(Bool(false), "restarting") }
        #expect(!FileManager.default.fileExists(atPath: home.path + "/desk.json"))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/migrations/0004_settlement_days.sql"))
    }

    @Test func `the record names the command that restarts it`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let server = try await DeskServer.start(home: home, options: DeskOptions(canRestart: true))
        let command = try #require(server.record.control?.restart)
        #expect(command.dropFirst() == ["desk", "restart", "--home", home.path])
        #expect(FileManager.default.isExecutableFile(atPath: command[0]))
        #expect(
            try await TestDesk(server: server, home: home).get("/readyz").body["capabilities"]["control"] == .text("1"))
        try await server.stop()
    }
}
