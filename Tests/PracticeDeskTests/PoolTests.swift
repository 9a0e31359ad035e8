import Foundation
import GRDB
import PracticeDesk
import Testing

struct PoolTests {
    private static func body(_ holder: String) -> String { "{\"holder\":\"\(holder)\"}" }

    private func checkOut(_ holder: String, at desk: TestDesk) async throws -> JSONNode {
        try await desk.post("/readyz/pool/checkout", Self.body(holder), token: desk.record.token).body["held"]
    }

    private func giveBack(_ holder: String, at desk: TestDesk) async throws -> JSONNode {
        try await desk.post("/readyz/pool/return", Self.body(holder), token: desk.record.token).body["returned"]
    }

    private func inUse(_ desk: TestDesk) async throws -> Int64? {
        try await desk.get("/readyz/pool").body["in_use"].integer
    }

    @Test func `eight sessions are handed out under names, the ninth waits in vain, and all come back`() async throws {
        try await withDesk { desk async throws in
            #expect(
                try await desk.get("/readyz/pool").body
                    == .object([
                        "size": .integer(8), "in_use": .integer(0), "waiting": .integer(0), "holders": .array([]),
                    ]))
            for number in 1...8 { #expect(try await checkOut("hp-\(number)", at: desk) == .bool(true)) }
            let full = try await desk.get("/readyz/pool").body
            #expect(full["in_use"] == .integer(8))
            #expect(full["holders"].items.compactMap(\.text) == (1...8).map { "hp-\($0)" })
            let late = try await desk.post("/readyz/pool/checkout", Self.body("hp-9"), token: desk.record.token)
            #expect(late.status == 200)
            #expect(late.body["held"] == .bool(false))
            #expect(try #require(late.body["waited_ns"].integer) >= 250_000_000)
            #expect(try await giveBack("hp-9", at: desk) == .bool(false))
            for number in 1...8 { #expect(try await giveBack("hp-\(number)", at: desk) == .bool(true)) }
            #expect(try await giveBack("hp-1", at: desk) == .bool(false))
            #expect(try await inUse(desk) == 0)
            #expect(try await checkOut("hp-9", at: desk) == .bool(true))
        }
    }

    @Test func `times of the pool are finer than a microsecond`() async throws {
        try await withDesk { desk async throws in
            var waited: [Int64] = []
            for number in 1...8 {
                let answer = try await desk.post(
                    "/readyz/pool/checkout", Self.body("hp-\(number)"), token: desk.record.token)
                waited.append(try #require(answer.body["waited_ns"].integer))
            }
            #expect(waited.allSatisfy { $0 > 0 })
            #expect(waited.contains { $0 % 1000 != 0 }, "\(waited)")
        }
    }

    @Test func `a name holds one session`() async throws {
        try await withDesk { desk async throws in
            #expect(try await checkOut("hp-1", at: desk) == .bool(true))
            let again = try await desk.post("/readyz/pool/checkout", Self.body("hp-1"), token: desk.record.token)
            #expect(again.status == 409)
            #expect(again.body["error"]["code"] == .text("already_held"))
            #expect(try await inUse(desk) == 1)
        }
    }

    @Test(arguments: ["{}", "{\"holder\":\"\"}", "{\"holder\":\"a b\"}", "{\"holder\":7}", "[]", "", "\u{0}"])
    func `what is no name is refused`(body: String) async throws {
        try await withDesk { desk async throws in
            for path in ["checkout", "return"] {
                let answer = try await desk.post("/readyz/pool/\(path)", body, token: desk.record.token)
                #expect(answer.status == 400)
                #expect(["invalid_holder", "malformed_json"].contains(answer.body["error"]["code"].text))
            }
            let long = Self.body(String(repeating: "a", count: 65))
            #expect(try await desk.post("/readyz/pool/checkout", long, token: desk.record.token).status == 400)
            #expect(try await inUse(desk) == 0)
        }
    }

    @Test func `sessions are for those who have the token`() async throws {
        try await withDesk { desk async throws in
            #expect(try await desk.post("/readyz/pool/checkout", Self.body("hp-1")).status == 401)
            #expect(try await desk.post("/readyz/pool/return", Self.body("hp-1"), token: "x").status == 401)
            #expect(try await inUse(desk) == 0)
        }
    }

    @Test func `pool-leak loses what is returned, until it is cleared`() async throws {
        try await withDesk { desk async throws in
            #expect(try await checkOut("hp-1", at: desk) == .bool(true))
            _ = try await desk.faults.set("pool-leak")
            #expect(try await giveBack("hp-1", at: desk) == .bool(true))
            let leaked = try await desk.get("/readyz/pool").body
            #expect(leaked["in_use"] == .integer(1))
            #expect(leaked["holders"] == .array([]))
            for number in 1...7 { #expect(try await checkOut("hp-\(number)", at: desk) == .bool(true)) }
            #expect(try await checkOut("hp-8", at: desk) == .bool(false))
            _ = try await desk.faults.clear("pool-leak")
            #expect(try await inUse(desk) == 7)
            #expect(try await checkOut("hp-8", at: desk) == .bool(true))
        }
    }

    @Test func `a desk stops with sessions out and somebody waiting`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home) { desk async throws in
            for number in 1...8 { #expect(try await checkOut("hp-\(number)", at: desk) == .bool(true)) }
        }
        // Closed, all of them: the last one to close folds the write-ahead log in.
        #expect(!FileManager.default.fileExists(atPath: home.path + "/ledger.sqlite-wal"))
    }

    /// Serves with a patience that no slow machine runs out of, or a hold that it soon does.
    private func withPool(
        patience: Duration = .seconds(60), longestHold: Duration = .seconds(60), _ body: (TestDesk) async throws -> Void
    ) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        var options = DeskOptions(seed: 7)
        options.poolPatience = patience
        options.longestPoolHold = longestHold
        let server = try await DeskServer.start(home: home, options: options)
        do {
            try await body(TestDesk(server: server, home: home))
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    @Test func `who waits longest is served first, and may not ask twice`() async throws {
        try await withPool { desk async throws in
            func waiting(_ count: Int64) async throws -> Bool {
                try await eventually { try await desk.get("/readyz/pool").body["waiting"].integer == count }
            }
            for number in 1...8 { #expect(try await checkOut("hp-\(number)", at: desk) == .bool(true)) }
            try await withThrowingTaskGroup(of: String.self) { group async throws in
                for (number, name) in ["first", "second", "third"].enumerated() {
                    group.addTask { try await checkOut(name, at: desk) == .bool(true) ? name : "\(name), in vain" }
                    #expect(try await waiting(Int64(number) + 1))
                }
                #expect(
                    try await desk.post("/readyz/pool/checkout", Self.body("second"), token: desk.record.token).status
                        == 409)
                for (number, name) in ["first", "second", "third"].enumerated() {
                    #expect(try await giveBack("hp-\(number + 1)", at: desk) == .bool(true))
                    #expect(try await group.next() == name)
                    let state = try await desk.get("/readyz/pool").body
                    #expect(state["waiting"] == .integer(2 - Int64(number)))
                    #expect(state["in_use"] == .integer(8))
                    #expect(state["holders"].items.contains(.text(name)))
                }
            }
        }
    }

    @Test func `what somebody keeps for too long is taken back`() async throws {
        try await withPool(longestHold: .milliseconds(200)) { desk async throws in
            #expect(try await checkOut("hp-1", at: desk) == .bool(true))
            #expect(try await eventually { try await inUse(desk) == 0 })
            #expect(try await giveBack("hp-1", at: desk) == .bool(false))
        }
    }

    @Test func `a ledger that does not answer costs no session`() async throws {
        try await withDesk { desk async throws in
            // What a session is tried with is gone: it must not be handed out.
            let path = desk.home.path + "/ledger.sqlite"
            func rename(_ table: String, to name: String) async throws {
                try await blocking {
                    let queue = try DatabaseQueue(path: path)
                    try queue.write { try $0.execute(sql: "ALTER TABLE \(table) RENAME TO \(name)") }
                    try queue.close()
                }
            }
            try await rename("schema_revision", to: "elsewhere")
            let answer = try await desk.post("/readyz/pool/checkout", Self.body("hp-1"), token: desk.record.token)
            #expect(answer.status == 503)
            #expect(answer.body["error"]["code"] == .text("ledger_unavailable"))
            #expect(try await inUse(desk) == 0)
            try await rename("elsewhere", to: "schema_revision")
            #expect(try await checkOut("hp-1", at: desk) == .bool(true))
        }
    }
}
