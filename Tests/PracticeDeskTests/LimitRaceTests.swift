import Foundation
import PracticeDesk
import Testing

struct LimitRaceTests {
    /// Sixteen orders of 60 ADA each on connections of their own, all open before the first byte is sent; 200 is the
    /// sniper's most: three fit.
    private func race(_ desk: TestDesk, _ round: Int) async throws -> Int {
        let port = desk.port
        let answers = try await blocking {
            let clients = try (0..<16).map { _ in try RawClient(port: port) }
            defer { for client in clients { client.close() } }
            for (number, client) in clients.enumerated() {
                let body = TestOrder(
                    id: "race-\(round)-\(number)", account: "READY-SNIPER", symbol: "ADA-USD", quantity: "60.00",
                    price: "0.3860"
                ).json
                client.send(
                    "POST /readyz/orders HTTP/1.1\r\nhost: desk\r\nconnection: close\r\n"
                        + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
            }
            return try clients.map { try TestDesk.answer($0.readToEnd()).body }
        }
        for answer in answers where answer["status"].text == "accepted" {
            _ = try await desk.post("/readyz/orders/\(answer["order_id"].text ?? "")/cancel")
        }
        return answers.filter { $0["status"].text == "accepted" }.count
    }

    @Test func `orders released together never jointly breach a limit, but under limit-race they do`() async throws {
        try await withDesk { desk async throws in
            for round in 1...5 { #expect(try await race(desk, round) == 3) }
            _ = try await desk.faults.set("limit-race")
            for round in 6...10 { #expect(try await race(desk, round) > 3) }
            // One after the other they are decided as ever.
            for number in 1...4 {
                let order = TestOrder(
                    id: "one-\(number)", account: "READY-SNIPER", symbol: "ADA-USD", quantity: "60.00", price: "0.3860")
                #expect(try await desk.submit(order)["status"].text == (number < 4 ? "accepted" : "denied"))
            }
            #expect(try await desk.evaluate(TestOrder(quantity: "500.01"))["decision"] == .text("deny"))
            let same = TestOrder(id: "one-1", account: "READY-SNIPER", symbol: "ADA-USD", quantity: "60.00")
            #expect(try await desk.submit(same)["status"] == .text("accepted"), "the first answer again")
            _ = try await desk.faults.clear("limit-race")
            for number in 1...3 {
                let orders = try await desk.get("/readyz/orders?account=READY-SNIPER&status=working").body["orders"]
                #expect(orders.items.count == 4 - number)
                _ = try await desk.post("/readyz/orders/\(orders.items.first?["order_id"].text ?? "")/cancel")
            }
            for round in 11...15 { #expect(try await race(desk, round) == 3) }
        }
    }

    @Test func `sixty-four connections at once are all served`() async throws {
        try await withDesk { desk async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let order = TestOrder(id: "hp-\(number)", symbol: "ADA-USD", price: "0.3860")
                        return try await desk.post("/readyz/orders", order.json).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 64))
        }
    }
}
