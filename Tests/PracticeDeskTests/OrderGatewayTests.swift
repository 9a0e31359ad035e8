import Foundation
import PracticeDesk
import Testing

struct OrderGatewayTests {
    @Test func `a buy three percent below rests at the venue and is cancelled`() async throws {
        try await withDesk { desk async throws in
            let receipt = try await desk.submit(TestOrder(price: "125.13"))
            #expect(receipt["status"] == .text("accepted"))
            let stamps = try ["received_ns", "risk_ns", "sent_ns", "acknowledged_ns"].map {
                try #require(Int64(receipt["stamps"][$0].text ?? ""))
            }
            #expect(stamps == stamps.sorted())
            let id = try #require(receipt["order_id"].text)
            let working = try await desk.get("/readyz/orders?account=READY-HUNTER&status=working").body["orders"].items
            #expect(working.map { $0["order_id"].text } == [id])
            #expect(try await desk.get("/readyz/positions?account=READY-HUNTER").body["open_orders"] == .integer(1))
            let cancelled = try await desk.post("/readyz/orders/\(id)/cancel").body
            #expect(cancelled == .object(["order_id": .text(id), "status": .text("cancelled")]))
            #expect(try await desk.post("/readyz/orders/\(id)/cancel").body["status"] == .text("cancelled"))
            #expect(try await desk.dropCopy("hp-1") == ["new", "acknowledged", "cancel", "cancelled"])
            #expect(try await desk.get("/readyz/positions?account=READY-HUNTER").body["open_orders"] == .integer(0))
        }
    }

    @Test func `a marketable order fills against the book and moves position and cash exactly`() async throws {
        try await withDesk { desk async throws in
            let receipt = try await desk.submit(TestOrder(quantity: "2.00", price: "131.00"))
            #expect(receipt["status"] == .text("filled"))
            let fills = try await desk.get("/dropcopy?after=0").body["events"].items.filter {
                $0["kind"].text == "fill" && $0["account"].text == "READY-HUNTER"
            }
            var cost = Decimal(0)
            var fees = Decimal(0)
            for fill in fills {
                let price = try #require(Decimal(string: fill["price"].text ?? ""))
                let quantity = try #require(Decimal(string: fill["quantity"].text ?? ""))
                cost += price * quantity
                fees += price * quantity * 5 / 10_000
            }
            let after = try await desk.get("/readyz/positions?account=READY-HUNTER").body
            #expect(after["positions"].items.map { $0["quantity"].text } == ["2.00"])
            let cash = try #require(Decimal(string: after["cash"].text ?? ""))
            // Fees are rounded up to a millionth, once a fill.
            let rounding = 1_000_000 - cost - fees - cash
            #expect(rounding >= 0 && rounding < Decimal(fills.count) / 1_000_000)
            // And flat again.
            #expect(
                try await desk.submit(TestOrder(id: "hp-2", side: "sell", quantity: "2.00", price: "127.00"))["status"]
                    == .text("filled"))
            #expect(try await desk.get("/readyz/positions?account=READY-HUNTER").body["positions"].items.isEmpty)
        }
    }

    @Test func `the same client order id gives the same answer and no second order`() async throws {
        try await withDesk { desk async throws in
            let order = TestOrder(id: "hp-same")
            let answers = try await withThrowingTaskGroup(of: JSONNode.self) { group in
                for _ in 0..<8 { group.addTask { try await desk.submit(order) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.compactMap { $0["order_id"].text }).count == 1)
            #expect(answers.allSatisfy { $0 == answers[0] })
            #expect(try await desk.dropCopy("hp-same") == ["new", "acknowledged"])
            // A denial is kept as well, and another account has ids of its own.
            let denied = TestOrder(id: "hp-denied", quantity: "500.01", price: "129.00")
            #expect(try await desk.submit(denied) == (try await desk.submit(denied)))
            var other = order
            other.account = "READY-SNIPER"
            #expect(try await desk.submit(other)["order_id"] != answers[0]["order_id"])
        }
    }

    @Test func `an order that risk denies leaves nothing in the drop copy`() async throws {
        try await withDesk { desk async throws in
            let receipt = try await desk.submit(
                TestOrder(account: "READY-SNIPER", quantity: "1000.00", price: "129.00"))
            #expect(receipt["status"] == .text("denied"))
            #expect(receipt["reason_code"] == .text("max_order_quantity"))
            #expect(receipt["stamps"]["sent_ns"] == .null)
            #expect(receipt["stamps"]["acknowledged_ns"] == .null)
            #expect(try await desk.dropCopy("hp-1").isEmpty)
            let id = try #require(receipt["order_id"].text)
            #expect(try await desk.post("/readyz/orders/\(id)/cancel").body["status"] == .text("denied"))
            #expect(try await desk.dropCopy("hp-1").isEmpty)
        }
    }

    @Test func `a replace passes risk again, and a denied one leaves the order as it was`() async throws {
        try await withDesk { desk async throws in
            let id = try #require(try await desk.submit(TestOrder(quantity: "2.00"))["order_id"].text)
            let path = "/readyz/orders/\(id)"
            let replaced = try await desk.post("\(path)/replace", #"{"quantity":"3.00","price":"124.50"}"#).body
            #expect(replaced["status"] == .text("accepted"))
            let denied = try await desk.post("\(path)/replace", #"{"quantity":"500.01","price":"124.50"}"#).body
            #expect(denied["status"] == .text("denied"))
            #expect(denied["reason_code"] == .text("max_order_quantity"))
            let working = try await desk.get("/readyz/orders?account=READY-HUNTER&status=working").body["orders"].items
            #expect(working.map { $0["quantity"].text } == ["3.00"])
            #expect(working.map { $0["price"].text } == ["124.50"])
            #expect(try await desk.dropCopy("hp-1") == ["new", "acknowledged", "replace", "replaced"])
            #expect(
                try await desk.post("\(path)/replace", #"{"quantity":"3.00","price":"131.00"}"#).body["status"]
                    == .text("filled"))
            let late = try await desk.post("\(path)/replace", #"{"quantity":"4.00","price":"124.00"}"#)
            #expect(late.status == 409)
            #expect(late.body["error"]["code"] == .text("order_not_working"))
        }
    }

    @Test func `a replace at the limit of open orders counts the order once`() async throws {
        try await withDesk { desk async throws in
            var last: String?
            for number in 1...5 {
                let order = TestOrder(id: "hp-\(number)", account: "READY-SNIPER", quantity: "1.00")
                let receipt = try await desk.submit(order)
                #expect(receipt["status"] == .text("accepted"))
                last = receipt["order_id"].text
            }
            let sixth = try await desk.submit(TestOrder(id: "hp-6", account: "READY-SNIPER"))
            #expect(sixth["reason_code"] == .text("max_open_orders"))
            let id = try #require(last)
            let replaced = try await desk.post("/readyz/orders/\(id)/replace", #"{"quantity":"2.00","price":"125.00"}"#)
            #expect(replaced.body["status"] == .text("accepted"))
        }
    }

    @Test func `orders that fit one by one but not together never both pass`() async throws {
        try await withDesk { desk async throws in
            // Ten at once of 60 each against a position limit of 200: three fit.
            let answers = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        let order = TestOrder(
                            id: "hp-race-\(number)", account: "READY-SNIPER", symbol: "ADA-USD", quantity: "60.00",
                            price: "0.3860")
                        return try await desk.submit(order)["status"].text
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == "accepted" }.count == 3)
            #expect(answers.filter { $0 == "denied" }.count == 7)
        }
    }

    @Test func `evaluate decides like submit and keeps nothing`() async throws {
        try await withDesk { desk async throws in
            let accepted = try await desk.evaluate(TestOrder(quantity: "500.00", price: "100.00"))
            #expect(accepted["decision"] == .text("deny"))
            #expect(accepted["reason_code"] == .text("price_collar"))
            let fine = try await desk.evaluate(TestOrder())
            #expect(fine["decision"] == .text("accept"))
            #expect(fine["reason_code"] == .null)
            #expect((fine["elapsed_ns"].integer ?? 0) > 0)
            #expect(try await desk.get("/readyz/orders?account=READY-HUNTER").body["orders"].items.isEmpty)
            #expect(try await desk.dropCopy("hp-1").isEmpty)
        }
    }

    @Test func `the drop copy is read on from where one left off`() async throws {
        try await withDesk { desk async throws in
            let start = try #require(try await desk.get("/dropcopy?after=-1").body["last"].integer)
            for number in 1...3 { _ = try await desk.submit(TestOrder(id: "hp-\(number)")) }
            var seen: [Int64] = []
            var after = start
            while true {
                let page = try await desk.get("/dropcopy?after=\(after)&limit=2").body
                seen += page["events"].items.compactMap { $0["seq"].integer }
                after = seen.last ?? after
                if page["events"].items.isEmpty || after == page["last"].integer { break }
            }
            #expect(seen == Array(start + 1...after))
            #expect(seen.count >= 6)
        }
    }

    @Test(arguments: [
        (#""account":"READY-HUNTER""#, #""account":"MM-1""#, "unknown_account"),
        (#""account":"READY-HUNTER""#, #""account":"STRAT-MOMENTUM""#, "unknown_account"),
        (#""symbol":"SOL-USD""#, #""symbol":"DOGE-USD""#, "unknown_symbol"),
        (#""side":"buy""#, #""side":"hold""#, "unknown_side"),
        (#""type":"limit""#, #""type":"market""#, "unknown_type"),
        (#""time_in_force":"gtc""#, #""time_in_force":"fok""#, "unknown_time_in_force"),
        (#""quantity":"1.00""#, #""quantity":"1.005""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":"0""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":"-1""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":"NaN""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":"1e3""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":"1000000000.01""#, "invalid_quantity"),
        (#""quantity":"1.00""#, #""quantity":1.00"#, "malformed_json"),
        (#""price":"125.00""#, #""price":"125.005""#, "invalid_price"),
        (#""price":"125.00""#, #""price":"12abc""#, "invalid_price"), (#","price":"125.00""#, "", "missing_field"),
        (#""client_order_id":"hp-1""#, #""client_order_id":"a b""#, "invalid_client_order_id"),
        (#""client_order_id":"hp-1","#, "", "missing_field"), ("{", "[", "malformed_json"), ("}", "", "malformed_json"),
    ])
    func `a malformed order is a 400 with a code and leaves nothing`(
        old: String, new: String, code: String
    ) async throws {
        try await withDesk { desk async throws in
            let body = TestOrder().json.replacingOccurrences(of: old, with: new)
            #expect(body != TestOrder().json)
            let answer = try await desk.post("/readyz/orders", body)
            #expect(answer.status == 400)
            #expect(answer.body["error"]["code"] == .text(code))
            #expect(try await desk.get("/readyz/orders?account=READY-HUNTER").body["orders"].items.isEmpty)
        }
    }
}
