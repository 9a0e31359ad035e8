import Foundation
import PracticeDesk
import Testing

struct LogTests {
    private func lines(_ path: String) throws -> [JSONNode] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(JSONNode.self, from: Data($0.utf8))
        }
    }

    @Test func `the access log has every request, refused ones too`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home) { desk async throws in
            _ = try await desk.get("/readyz")
            _ = try await desk.get("/nothing?secret=1")
            _ = try await desk.post("/readyz/orders", "{}")
            _ = try await desk.get("/desk/faults")
            _ = try await desk.raw("GARBAGE\r\n\r\n")
            _ = try await desk.raw("POST /readyz/orders HTTP/1.1\r\ncontent-length: 70000\r\n\r\n")
            _ = try await desk.faults.list()
        }
        let seen = try lines(home.path + "/access.log")
        #expect(seen.allSatisfy { $0.keys == ["time", "method", "path", "status", "us"] })
        #expect(
            seen.map { "\($0["method"].text ?? "") \($0["path"].text ?? "") \($0["status"].integer ?? 0)" } == [
                "GET /readyz 200", "GET /nothing 404", "POST /readyz/orders 400", "GET /desk/faults 401", "- - 400",
                "POST /readyz/orders 413", "GET /desk/faults 200",
            ])
    }

    @Test func `the log has heartbeats in sequence and ties an order's lines together`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        var id: String?
        try await serving(home) { desk async throws in
            id = try await desk.submit(TestOrder())["order_id"].text
            let order = try #require(id)
            _ = try await desk.post("/readyz/orders/\(order)/cancel")
            _ = try await desk.submit(TestOrder(id: "hp-2", quantity: "500.01"))
            #expect(
                try await eventually {
                    try lines(home.path + "/desk.log").filter { $0["event"].text == "heartbeat" }.count >= 2
                })
        }
        let all = try lines(home.path + "/desk.log")
        #expect(Set(all.map { $0["boot_id"].text }).count == 1)
        #expect(all.allSatisfy { $0["ts"].text?.hasSuffix("Z") == true })
        let beats = all.filter { $0["event"].text == "heartbeat" }
        #expect(beats.compactMap { $0["seq"].integer } == (1...Int64(beats.count)).map(\.self))
        #expect(beats.allSatisfy { $0["state"].text == "serving" })
        let told = all.filter { $0["correlation_id"].text == id }.compactMap { $0["event"].text }
        #expect(told == ["order.accepted", "order.cancelled"])
        #expect(all.contains { $0["event"].text == "order.denied" && $0["reason"].text == "max_order_quantity" })
        #expect(all.last?["state"].text == "halted")
    }
}
