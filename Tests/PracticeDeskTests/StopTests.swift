import Foundation
import GRDB
import PracticeDesk
import Testing

struct StopTests {
    private func arm(
        _ desk: TestDesk, account: String = "READY-HUNTER", symbol: String = "SOL-USD", at price: String
    ) async throws -> JSONNode {
        let body = #"{"account":"\#(account)","symbol":"\#(symbol)","stop_price":"\#(price)"}"#
        return try await desk.post("/readyz/stops", body).body
    }

    private func stop(_ desk: TestDesk, _ armed: JSONNode) async throws -> JSONNode {
        let account = armed["account"].text ?? ""
        let stops = try await desk.get("/readyz/stops?account=\(account)").body["stops"].items
        return try #require(stops.first { $0["stop_id"] == armed["stop_id"] })
    }

    /// The fills of a client order id, as the drop copy has them: side, quantities summed, prices.
    private func exit(
        _ desk: TestDesk, _ id: String?
    ) async throws -> (side: String?, quantity: Decimal, worst: Decimal) {
        let fills = try await desk.get("/dropcopy?after=0&limit=2000").body["events"].items.filter {
            $0["client_order_id"].text == id && $0["kind"].text == "fill"
        }
        let quantities = try fills.map { try #require(Decimal(string: $0["quantity"].text ?? "")) }
        let prices = try fills.map { try #require(Decimal(string: $0["price"].text ?? "")) }
        return (fills.first?["side"].text, quantities.reduce(0, +), prices.min() ?? 0)
    }

    @Test func `a path through the stop closes the whole position, in the drop copy, the books and the ledger`()
        async throws
    {
        try await withDesk { desk async throws in
            #expect(try await desk.submit(TestOrder(quantity: "2.00", price: "131.00"))["status"] == .text("filled"))
            let armed = try await arm(desk, at: "125.00")
            #expect(armed["status"] == .text("armed"))
            #expect(armed["quantity"] == .text("2.00"))
            #expect(armed["stop_price"] == .text("125.00"))
            let exitID = try #require(armed["exit_client_order_id"].text)
            #expect(exitID.hasPrefix("stop-"))
            try await desk.play([("SOL-USD", ["128.00", "126.00", "125.01", "125.00"])])
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
            #expect(try await stop(desk, armed)["status"] == .text("triggered"))
            let exit = try await exit(desk, exitID)
            #expect(exit.side == "sell")
            #expect(exit.quantity == 2)
            #expect(try await desk.dropCopy(exitID).starts(with: ["new", "acknowledged", "fill"]))
            let orders = try await desk.get("/readyz/orders?account=READY-HUNTER&status=filled").body["orders"].items
            #expect(orders.first?["client_order_id"] == .text(exitID))
            let booked = try await eventually {
                try await desk.readLedger { database in
                    try Int.fetchOne(
                        database,
                        sql: """
                            SELECT sum(f.quantity_lots) FROM fills AS f JOIN orders AS o ON o.order_id = f.order_id
                            WHERE o.client_order_id = ?
                            """, arguments: [exitID])
                } == 200
            }
            #expect(booked)
        }
    }

    @Test func `a gap past the stop closes as well, a short position by buying`() async throws {
        try await withDesk { desk async throws in
            let sold = TestOrder(side: "sell", quantity: "3.00", price: "127.00")
            #expect(try await desk.submit(sold)["status"] == .text("filled"))
            let armed = try await arm(desk, at: "132.00")
            try await desk.play([("SOL-USD", ["130.00", "150.00"])])
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
            let exit = try await exit(desk, armed["exit_client_order_id"].text)
            #expect(exit.side == "buy")
            #expect(exit.quantity == 3)
            // An order at this price would be denied by the collar; a stop must not be.
            #expect(exit.worst >= 150, "at the market that there is, not at the stop")
        }
    }

    @Test func `a position larger than the book is closed over several ticks by one order`() async throws {
        try await withDesk { desk async throws in
            // 11 times 220,000 dollars of ETH: one book has 200,000 on a side while a script plays.
            try await desk.play([("ETH-USD", ["2500.00"])])
            for number in 1...11 {
                let order = TestOrder(
                    id: "big-\(number)", account: "READY-STRATEGIST", symbol: "ETH-USD", quantity: "88.00",
                    price: "2510.00")
                #expect(try await desk.submit(order)["status"] != .text("denied"))
                let filled = try await eventually {
                    try await desk.position("READY-STRATEGIST", "ETH-USD") == "\(number * 88).00"
                }
                #expect(filled)
            }
            let armed = try await arm(desk, account: "READY-STRATEGIST", symbol: "ETH-USD", at: "2400.00")
            #expect(armed["quantity"] == .text("968.00"))
            try await desk.play([("ETH-USD", ["2300.00"])])
            #expect(try await eventually { try await desk.position("READY-STRATEGIST", "ETH-USD") == nil })
            let id = try #require(armed["exit_client_order_id"].text)
            #expect(try await exit(desk, id).quantity == 968)
            #expect(try await desk.dropCopy(id).contains("replaced"))
            #expect(try await desk.get("/readyz/positions?account=READY-STRATEGIST").body["open_orders"] == .integer(0))
        }
    }

    @Test func `stop-ignored leaves the position open until it is cleared`() async throws {
        try await withDesk(faults: ["stop-ignored"]) { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            let armed = try await arm(desk, at: "125.00")
            try await desk.play([("SOL-USD", ["120.00"])])
            #expect(try await desk.reached("SOL-USD", "120.00"))
            let sequence = try #require(try await desk.quote("SOL-USD")["sequence"].integer)
            #expect(try await eventually { try await desk.quote("SOL-USD")["sequence"].integer ?? 0 > sequence + 20 })
            #expect(try await stop(desk, armed)["status"] == .text("armed"))
            #expect(try await desk.position("READY-HUNTER", "SOL-USD") == "1.00")
            _ = try await desk.faults.clear("stop-ignored")
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
        }
    }

    @Test func `a stop follows its position, and is disarmed when that is closed otherwise`() async throws {
        try await withDesk { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            let armed = try await arm(desk, at: "110.00")
            _ = try await desk.submit(TestOrder(id: "more", quantity: "2.00", price: "131.00"))
            #expect(try await stop(desk, armed)["quantity"] == .text("3.00"))
            _ = try await desk.submit(TestOrder(id: "flat", side: "sell", quantity: "3.00", price: "127.00"))
            #expect(try await stop(desk, armed)["status"] == .text("disarmed"))
            // A new position of the same kind does not wake it.
            _ = try await desk.submit(TestOrder(id: "new", price: "131.00"))
            try await desk.play([("SOL-USD", ["100.00"])])
            #expect(try await desk.reached("SOL-USD", "100.00"))
            #expect(try await desk.position("READY-HUNTER", "SOL-USD") == "1.00")
        }
    }

    @Test func `a stop is taken back once, and another account's is untouched`() async throws {
        try await withDesk { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            _ = try await desk.submit(TestOrder(account: "READY-SNIPER", price: "131.00"))
            let first = try await arm(desk, at: "125.00")
            let other = try await arm(desk, account: "READY-SNIPER", at: "110.00")
            let id = try #require(first["stop_id"].text)
            let disarmed = try await desk.post("/readyz/stops/\(id)/disarm")
            #expect(disarmed.status == 200)
            #expect(disarmed.body["status"] == .text("disarmed"))
            #expect(try await desk.post("/readyz/stops/\(id)/disarm").body == disarmed.body)
            #expect(try await stop(desk, other)["status"] == .text("armed"))
            try await desk.play([("SOL-USD", ["120.00"])])
            #expect(try await desk.reached("SOL-USD", "120.00"))
            #expect(try await desk.position("READY-HUNTER", "SOL-USD") == "1.00")
            let second = try await arm(desk, at: "110.00")
            let listed = try await desk.get("/readyz/stops?account=READY-HUNTER").body["stops"].items
            #expect(listed.map { $0["stop_id"] } == [second["stop_id"], first["stop_id"]], "newest first")
        }
    }

    @Test func `the exit takes the place of whatever else would close the position`() async throws {
        try await withDesk { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            _ = try await desk.submit(TestOrder(id: "profit", side: "sell", price: "135.00"))
            let high = try await arm(desk, at: "125.00")
            let low = try await arm(desk, at: "120.00")
            try await desk.play([("SOL-USD", ["115.00", "140.00"])])
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
            #expect(try await desk.reached("SOL-USD", "140.00"))
            #expect(try await desk.position("READY-HUNTER", "SOL-USD") == nil, "not short by now")
            #expect(try await desk.dropCopy("profit").last == "cancelled")
            #expect(try await stop(desk, high)["status"] == .text("triggered"))
            #expect(try await stop(desk, low)["status"] == .text("disarmed"))
        }
    }

    @Test func `a venue that rejects the exit gets another one with the next tick`() async throws {
        try await withDesk { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            let armed = try await arm(desk, at: "125.00")
            _ = try await desk.faults.set("venue-rejects")
            try await desk.play([("SOL-USD", ["120.00"])])
            let first = try #require(armed["exit_client_order_id"].text)
            #expect(try await eventually { try await desk.dropCopy(first) == ["new", "rejected"] })
            _ = try await desk.faults.clear("venue-rejects")
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
            let last = try #require(try await stop(desk, armed)["exit_client_order_id"].text)
            #expect(last.hasPrefix(first + "-"))
            #expect(try await exit(desk, last).quantity == 1)
        }
    }

    @Test func `while the kill switch is engaged no exit leaves; it leaves with the first tick after`() async throws {
        try await withDesk { desk async throws in
            _ = try await desk.submit(TestOrder(price: "131.00"))
            let armed = try await arm(desk, at: "125.00")
            let token = desk.record.token
            _ = try await desk.post("/readyz/killswitch", #"{"action":"engage","by":"t"}"#, token: token)
            try await desk.play([("SOL-USD", ["120.00"])])
            #expect(try await desk.reached("SOL-USD", "120.00"))
            #expect(try await stop(desk, armed)["status"] == .text("armed"))
            #expect(try await desk.dropCopy(armed["exit_client_order_id"].text ?? "").isEmpty)
            _ = try await desk.post("/readyz/killswitch", #"{"action":"release","by":"t"}"#, token: token)
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
        }
    }

    @Test func `armed stops survive a restart, ended ones do not come back`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        var kept = JSONNode.null
        try await serving(home) { desk async throws in
            _ = try await desk.submit(TestOrder(quantity: "2.00", price: "131.00"))
            kept = try await arm(desk, at: "125.00")
            let gone = try #require(try await arm(desk, at: "124.00")["stop_id"].text)
            _ = try await desk.post("/readyz/stops/\(gone)/disarm")
        }
        try await serving(home) { desk async throws in
            #expect(try await desk.get("/readyz/stops?account=READY-HUNTER").body["stops"].items == [kept])
            try await desk.play([("SOL-USD", ["120.00"])])
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == nil })
            #expect(try await exit(desk, kept["exit_client_order_id"].text).quantity == 2)
        }
        try await serving(home) { desk async throws in
            #expect(try await desk.get("/readyz/stops?account=READY-HUNTER").body["stops"].items.isEmpty)
        }
        // What the desk cannot have written stops the next start: a forgotten stop would be worse.
        try "{}".write(toFile: home.path + "/stops.json", atomically: true, encoding: .utf8)
        await #expect(throws: HomeError.self) { try await DeskServer.start(home: home) }
    }

    private static let senseless: [(body: String, code: String)] = [
        (#"{"account":"READY-HUNTER","symbol":"SOL-USD","stop_price":"125.00"}"#, "no_position"),
        (#"{"account":"STRAT-MOMENTUM","symbol":"SOL-USD","stop_price":"125.00"}"#, "unknown_account"),
        (#"{"account":"READY-HUNTER","symbol":"DOGE","stop_price":"125.00"}"#, "unknown_symbol"),
        (#"{"account":"READY-HUNTER","symbol":"SOL-USD","stop_price":"125.005"}"#, "invalid_price"),
        (#"{"account":"READY-HUNTER","symbol":"SOL-USD","stop_price":"-1"}"#, "invalid_price"),
        (#"{"account":"READY-HUNTER","symbol":"SOL-USD","stop_price":125}"#, "malformed_json"),
        (#"{"account":"READY-HUNTER","symbol":"SOL-USD"}"#, "missing_field"), ("", "malformed_json"),
    ]

    @Test func `a stop that makes no sense is a 400 with a code`() async throws {
        try await withDesk { desk async throws in
            for (body, code) in Self.senseless {
                let answer = try await desk.post("/readyz/stops", body)
                #expect(answer.status == 400)
                #expect(answer.body["error"]["code"] == .text(code), "\(body)")
            }
            #expect(try await desk.get("/readyz/stops").status == 400)
            #expect(try await desk.get("/readyz/stops?account=READY-HUNTER").body["stops"].items.isEmpty)
            let unknown = try await desk.post("/readyz/stops/none/disarm")
            #expect(unknown.status == 404)
            #expect(unknown.body["error"]["code"] == .text("unknown_stop"))
        }
    }
}
