import Foundation
import PracticeDesk
import Testing

struct KillSwitchTests {
    @Test func `engaging cancels what works, denies what is new, lets cancels pass, and survives a restart`()
        async throws
    {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home) { desk async throws in
            let id = try #require(try await desk.submit(TestOrder())["order_id"].text)
            let token = try #require(desk.record.token)
            let engaged = try await desk.post(
                "/readyz/killswitch", #"{"action":"engage","by":"tester"}"#, token: token)
            #expect(engaged.status == 200)
            #expect(engaged.body["by"] == .text("tester"))
            #expect(try await desk.dropCopy("hp-1") == ["new", "acknowledged", "cancel", "cancelled"])
            #expect(try await desk.post("/readyz/orders/\(id)/cancel").body["status"] == .text("cancelled"))
            #expect(try await desk.submit(TestOrder(id: "hp-2"))["reason_code"] == .text("kill_switch"))
        }
        try await serving(home) { desk async throws in
            #expect(try await desk.get("/readyz/killswitch").body["engaged"] == .bool(true))
            #expect(try await desk.evaluate(TestOrder())["reason_code"] == .text("kill_switch"))
            let token = try #require(desk.record.token)
            _ = try await desk.post("/readyz/killswitch", #"{"action":"release","by":"tester"}"#, token: token)
            #expect(
                try await desk.get("/readyz/killswitch").body
                    == .object(["engaged": .bool(false), "since": .null, "by": .null]))
            #expect(try await desk.evaluate(TestOrder())["decision"] == .text("accept"))
        }
    }

    @Test func `engaging cancels at the venue for every account, and killswitch-flag-only does not`() async throws {
        try await withDesk { desk async throws in
            let token = desk.record.token
            let accounts = ["READY-SNIPER", "READY-HUNTER", "READY-STRATEGIST"]
            func work(_ prefix: String) async throws {
                for account in accounts {
                    let order = TestOrder(id: prefix, account: account, price: "125.00")
                    #expect(try await desk.submit(order)["status"] == .text("accepted"))
                }
            }
            func change(_ action: String) async throws {
                let body = #"{"action":"\#(action)","by":"tester"}"#
                #expect(try await desk.post("/readyz/killswitch", body, token: token).status == 200)
            }
            func working() async throws -> [String] {
                var ids: [String] = []
                for account in accounts {
                    let orders = try await desk.get("/readyz/orders?account=\(account)&status=working").body["orders"]
                    ids += orders.items.compactMap { $0["order_id"].text }
                }
                return ids
            }
            try await work("first")
            try await change("engage")
            #expect(try await working().isEmpty)
            let kinds = try await desk.dropCopy("first")
            #expect(kinds.filter { $0 == "cancelled" }.count == 3)
            try await change("release")

            _ = try await desk.faults.set("killswitch-flag-only")
            try await work("second")
            try await change("engage")
            #expect(try await working().count == 3)
            #expect(!(try await desk.dropCopy("second")).contains("cancel"))
            #expect(try await desk.submit(TestOrder(id: "third"))["reason_code"] == .text("kill_switch"))
            // Cancels pass all the same.
            let one = try #require(try await working().first)
            #expect(try await desk.post("/readyz/orders/\(one)/cancel").body["status"] == .text("cancelled"))
            _ = try await desk.faults.clear("killswitch-flag-only")
            // Engaged once more, it does what it should have done.
            try await change("engage")
            #expect(try await working().isEmpty)
        }
    }

    @Test func `the kill switch needs the token, a known action and a name`() async throws {
        try await withDesk { desk async throws in
            let token = try #require(desk.record.token)
            let engage = #"{"action":"engage","by":"tester"}"#
            #expect(try await desk.post("/readyz/killswitch", engage).status == 401)
            #expect(try await desk.post("/readyz/killswitch", engage, token: token + "0").status == 401)
            #expect(try await desk.post("/readyz/killswitch", #"{"action":"engage"}"#, token: token).status == 400)
            #expect(try await desk.post("/readyz/killswitch", #"{"action":"x","by":"y"}"#, token: token).status == 400)
            #expect(try await desk.get("/readyz/killswitch").body["engaged"] == .bool(false))
        }
    }
}
