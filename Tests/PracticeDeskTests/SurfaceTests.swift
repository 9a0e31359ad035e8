import Foundation
import PracticeDesk
import Testing

struct SurfaceTests {
    @Test func `a ready desk tells its capabilities, clock and instances`() async throws {
        try await withDesk { desk async throws in
            let answer = try await desk.get("/readyz")
            #expect(answer.status == 200)
            #expect(answer.body["ready"] == .bool(true))
            #expect(answer.body["reason"] == .null)
            #expect(answer.body["capabilities"]["risk.evaluate"] == .text("1"))
            #expect(answer.body["instances"].items.first?["address"].text == desk.record.address)
            let told = try #require(Int64(answer.body["clock"]["now_ns"].text ?? ""))
            #expect(abs(told / 1_000_000_000 - Int64(Date().timeIntervalSince1970)) < 60)
        }
    }

    @Test func `identity tells the limits as loaded, and proves which desk it is`() async throws {
        try await withDesk { desk async throws in
            let file = try Data(contentsOf: URL(fileURLWithPath: desk.home.path + "/limits.yaml"))
            let digest = try await sha256(file)
            let loaded = try await desk.get("/readyz/identity").body
            #expect(loaded["config_sha256"].text == digest)
            #expect(loaded["environment"].text == "practice")
            #expect(loaded["build_id"].text?.count == 64)
            #expect(
                loaded.keys == [
                    "git_commit", "dirty", "build_id", "config_sha256", "environment", "account_id", "instance",
                    "started_at",
                ])
            // An edit of the file changes nothing in the process that has loaded it.
            try "changed".write(toFile: desk.home.path + "/limits.yaml", atomically: true, encoding: .utf8)
            #expect(try await desk.get("/readyz/identity").body["config_sha256"].text == digest)

            let token = try #require(desk.record.token)
            let proof = try await sha256(Data("\(token):0a1b2c3d".utf8))
            #expect(try await desk.get("/readyz/identity/proof?nonce=0a1b2c3d").body["proof"].text == proof)
            #expect(try await desk.get("/readyz/identity/proof?nonce=xyz").status == 400)
        }
    }

    @Test func `market data ticks for every symbol, and a second look is later`() async throws {
        try await withDesk { desk async throws in
            let first = try await desk.get("/readyz/marketdata").body["symbols"].items
            #expect(first.count == 6)
            #expect(first[2]["reference_price"] == .text("129.00"))
            #expect(first[4]["tick_size"] == .text("0.0001"))
            let moved = try await eventually {
                let now = try await desk.get("/readyz/marketdata").body["symbols"].items
                return zip(first, now).allSatisfy { ($0["sequence"].integer ?? 0) + 1 < ($1["sequence"].integer ?? 0) }
            }
            #expect(moved)
        }
    }

    @Test func `limits in force are those of the file, as decimal text with their line`() async throws {
        try await withDesk { desk async throws in
            let limits = try await desk.get("/readyz/risk/limits").body["limits"].items
            #expect(limits.count == 18)
            let hunter = try #require(
                limits.first { $0["scope"].text == "hunter" && $0["name"].text == "max_order_quantity" })
            #expect(hunter["value"] == .text("500.00"))
            #expect(hunter["source"] == .text("limits.yaml:20"))
            #expect(hunter["inclusive"] == .bool(true))
            #expect(hunter["unit"] == .text("1"))
        }
    }

    @Test(arguments: [
        ("GET", "/", 404), ("GET", "/nothing", 404), ("GET", "/readyz/nothing", 404), ("GET", "/desk", 404),
        ("POST", "/readyz", 405), ("DELETE", "/readyz/orders", 405), ("GET", "/readyz/risk/evaluate", 405),
        ("GET", "/readyz/positions", 400), ("GET", "/readyz/positions?account=NOBODY", 400),
        ("GET", "/readyz/orders?account=READY-HUNTER&status=lost", 400), ("GET", "/dropcopy?after=x", 400),
        ("GET", "/dropcopy?limit=0", 400), ("GET", "/dropcopy?limit=2001", 400), ("GET", "/dropcopy?after=-2", 400),
        ("POST", "/readyz/orders/none/cancel", 404), ("POST", "/readyz/orders/none/replace", 404),
    ])
    func `what is not there or not so is a 4xx with a code`(method: String, target: String, status: Int) async throws {
        try await withDesk { desk async throws in
            let answer = try await desk.call(method, target)
            #expect(answer.status == status)
            #expect(answer.body["error"]["code"].text?.isEmpty == false)
        }
    }
}
