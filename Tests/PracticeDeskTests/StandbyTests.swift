import Foundation
import PracticeDesk
import Testing

struct StandbyTests {
    @Test func `both instances list both, and each proves who it is with a token of its own`() async throws {
        try await withBoth { primary, standby async throws in
            for desk in [primary, standby] {
                let listed = try await desk.get("/readyz").body["instances"].items
                #expect(listed.map { $0["id"].text } == ["desk-1", "desk-2"])
                #expect(listed.map { $0["role"].text } == ["primary", "standby"])
                #expect(listed.map { $0["address"].text } == [primary.record.address, standby.record.address])
                let token = try #require(desk.record.token)
                let proof = try await sha256(Data("\(token):0a1b2c3d".utf8))
                #expect(try await desk.get("/readyz/identity/proof?nonce=0a1b2c3d").body["proof"].text == proof)
            }
            #expect(primary.record.token != standby.record.token)
            let (one, other) = (
                try await primary.get("/readyz/identity").body, try await standby.get("/readyz/identity").body
            )
            #expect(one["build_id"].text?.count == 64)
            #expect(one["build_id"] == other["build_id"])
            #expect(one["config_sha256"] == other["config_sha256"])
            #expect(one["git_commit"] == other["git_commit"])
            #expect(one["instance"] == .text("desk-1") && other["instance"] == .text("desk-2"))
            #expect(try DeskRecord.read(home: primary.home, role: .standby) == standby.record)
            #expect(standby.record.role == .standby)
        }
    }

    @Test func `a standby answers for itself and refuses whatever trades`() async throws {
        try await withBoth { primary, standby async throws in
            let ready = try await standby.get("/readyz")
            #expect(ready.status == 200)
            #expect(
                ready.body["capabilities"].keys == [
                    "discovery", "identity", "identity.proof", "risk.limits", "logs", "process",
                ])
            #expect(try await standby.get("/readyz/risk/limits").body == primary.get("/readyz/risk/limits").body)
            #expect(try await standby.get("/readyz/process").body["boot_id"].text?.count == 16)
            let before = try String(contentsOfFile: primary.home.path + "/access.log", encoding: .utf8)
            for (method, target) in [
                ("POST", "/readyz/orders"), ("GET", "/readyz/orders?account=READY-HUNTER"), ("GET", "/dropcopy"),
                ("POST", "/readyz/orders/x/cancel"), ("POST", "/readyz/risk/evaluate"), ("GET", "/readyz/marketdata"),
                ("POST", "/readyz/marketdata/inject"), ("GET", "/readyz/killswitch"), ("POST", "/readyz/killswitch"),
                ("GET", "/readyz/positions?account=READY-HUNTER"), ("POST", "/readyz/stops"),
                ("GET", "/readyz/components"), ("GET", "/readyz/pool"), ("POST", "/readyz/pool/checkout"),
            ] {
                let answer = try await standby.call(method, target, TestOrder().json, token: standby.record.token)
                #expect(answer.status == 409, "\(target)")
                #expect(answer.body["error"]["code"] == .text("standby"), "\(target)")
            }
            #expect(try await standby.get("/readyz/nothing").status == 404)
            #expect(try await standby.get("/nothing").status == 404)
            #expect(try await standby.call("PUT", "/readyz/identity").status == 405)
            // Its requests are in its own log, and the primary's says nothing of them.
            #expect(
                try await eventually {
                    try String(contentsOfFile: standby.record.accessLog, encoding: .utf8).contains("/readyz/stops")
                })
            #expect(try String(contentsOfFile: primary.home.path + "/access.log", encoding: .utf8) == before)
        }
    }

    @Test func `a standby alone serves, writes nothing of the primary's, and goes without a trace of living`()
        async throws
    {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        func others() throws -> [String: Data] {
            let files = try FileManager.default.subpathsOfDirectory(atPath: home.path)
            return Dictionary(
                uniqueKeysWithValues: files.filter { !$0.hasPrefix("standby") }.map {
                    ($0, FileManager.default.contents(atPath: "\(home.path)/\($0)") ?? Data())
                })
        }
        let before = try others()
        let server = try await DeskServer.start(home: home, options: DeskOptions(role: .standby))
        let standby = TestDesk(server: server, home: home)
        #expect(try await standby.instances() == ["standby"])
        await #expect(throws: HomeError.busy(path: home.path, role: .standby)) {
            try await DeskServer.start(home: home, options: DeskOptions(role: .standby))
        }
        guard case .stopped = try await DeskStatus.read(home: home) else { return #expect(Bool(false), "a primary?") }
        guard case .serving(let record, _, _) = try await DeskStatus.read(home: home, role: .standby) else {
            return #expect(Bool(false), "not serving")
        }
        #expect(record == server.record)
        try await server.stop()
        #expect(try others() == before)
        #expect(!FileManager.default.fileExists(atPath: home.path + "/standby.json"))
    }

    @Test func `a standby that is gone is listed no more, and neither is a record that names nobody`() async throws {
        try await withBoth { primary, standby async throws in
            #expect(try await primary.instances() == ["primary", "standby"])
            let path = primary.home.path + "/standby.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            // As a killed process leaves it, whose id another process has got since.
            try text.replacingOccurrences(
                of: "\"pid_start_ticks\":\(standby.record.pidStartTicks)", with: "\"pid_start_ticks\":1"
            ).write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await primary.instances() == ["primary"])
            try "{".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await primary.instances() == ["primary"])
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await primary.instances() == ["primary", "standby"])
            try await standby.server.stop()
            #expect(try await primary.instances() == ["primary"])
        }
    }

    @Test func `stale-instance changes the standby's identity and nothing of the primary's`() async throws {
        try await withBoth { primary, standby async throws in
            func identities() async throws -> [JSONNode] {
                [try await primary.get("/readyz/identity").body, try await standby.get("/readyz/identity").body]
            }
            let healthy = try await identities()
            let set = try await primary.faults.set("stale-instance")
            #expect(set.filter(\.active).map(\.name) == ["stale-instance"])
            let broken = try await identities()
            #expect(broken[0] == healthy[0])
            #expect(broken[1]["build_id"] != healthy[1]["build_id"])
            #expect(broken[1]["git_commit"].text?.count == 40)
            #expect(broken[1]["config_sha256"] == healthy[1]["config_sha256"])
            _ = try await primary.faults.clear("stale-instance")
            #expect(try await identities() == healthy)
        }
    }

    @Test func `stale-instance is refused where no standby lives, and may be given before one starts`() async throws {
        try await withDesk { desk async throws in
            let error = await #expect(throws: FaultSwitchError.self) { try await desk.faults.set("stale-instance") }
            #expect("\(try #require(error))".contains("breaks a standby, and none serves \(desk.home.path)"))
            #expect(try await desk.faults.list().allSatisfy { !$0.active })
        }
        try await withBoth(faults: ["stale-instance"]) { primary, standby async throws in
            let (one, other) = (
                try await primary.get("/readyz/identity").body, try await standby.get("/readyz/identity").body
            )
            #expect(one["build_id"] != other["build_id"])
        }
    }

    @Test func `a fault is set at every instance, listed when it is set at any, and cleared at all`() async throws {
        try await withBoth { primary, standby async throws in
            _ = try await primary.faults.set("clock-skew", magnitude: "700ms")
            for desk in [primary, standby] {
                let one = try await desk.call("GET", "/desk/faults", token: desk.record.token).body["faults"].items
                #expect(one.filter { $0["active"] == .bool(true) }.map { $0["magnitude"].text } == ["700ms"])
            }
            _ = try await standby.call("PUT", "/desk/faults/log-silent", "{}", token: standby.record.token)
            #expect(try await primary.faults.list().filter(\.active).map(\.name) == ["log-silent", "clock-skew"])
            #expect(try await primary.faults.clear("log-silent").filter(\.active).map(\.name) == ["clock-skew"])
            #expect(try await primary.faults.clear("clock-skew").allSatisfy { !$0.active })
        }
    }
}
