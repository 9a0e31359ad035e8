import Foundation
import GRDB
import PracticeDesk
import Testing

/// Each fault bites where it should, is gone when it is cleared, and bites nowhere else.
struct FaultTests {
    /// What a desk looks like from outside, as far as any fault changes it and time does not.
    struct Look: Equatable, Sendable {
        var ready: JSONNode
        var killSwitch: JSONNode
        var hunterCollar: JSONNode
        var ordinary: JSONNode
        var sniperTooMuch: JSONNode
        var hunterOneLotOver: JSONNode
        var hunterFarOver: JSONNode
        var outsideCollar: JSONNode
        var roundTrip: [String]
        var deniedByNotional: [String]
        var ledgerIsThere: Bool
        var indexes: [String]
        var revision: String?
    }

    private func look(at desk: TestDesk) async throws -> Look {
        let id = UUID().uuidString
        let submitted = try await desk.submit(TestOrder(id: id))
        if let order = submitted["order_id"].text { _ = try await desk.post("/readyz/orders/\(order)/cancel") }
        let costly = TestOrder(id: id + "n", symbol: "ETH-USD", quantity: "20.01", price: "2500.00")
        let denied = try await desk.submit(costly)
        let limits = try await desk.get("/readyz/risk/limits").body["limits"].items
        let collar = limits.first { $0["scope"].text == "hunter" && $0["name"].text == "price_collar_percent" }
        let cheap = TestOrder(symbol: "ADA-USD", quantity: "500.01", price: "0.3860")
        var far = cheap
        far.quantity = "900.00"
        // A reader of its own for each look, as schema changes are not seen by an old one.
        let (indexes, revision) = try await desk.readLedger { database in
            (
                try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL ORDER BY 1"),
                try String.fetchOne(database, sql: "SELECT max(revision) FROM schema_revision")
            )
        }
        return Look(
            ready: try await desk.get("/readyz").body["ready"],
            killSwitch: try await desk.get("/readyz/killswitch").body["engaged"],
            hunterCollar: .array([collar?["value"] ?? .null, collar?["source"] ?? .null]),
            ordinary: try await desk.evaluate(TestOrder())["reason_code"],
            sniperTooMuch: try await desk.evaluate(TestOrder(account: "READY-SNIPER", quantity: "1000.00"))[
                "reason_code"],
            hunterOneLotOver: try await desk.evaluate(cheap)["reason_code"],
            hunterFarOver: try await desk.evaluate(far)["reason_code"],
            outsideCollar: try await desk.evaluate(TestOrder(price: "120.00"))["reason_code"],
            roundTrip: [submitted["status"].text ?? "?"] + (try await desk.dropCopy(id)),
            deniedByNotional: [denied["reason_code"].text ?? "?"] + (try await desk.dropCopy(id + "n")),
            ledgerIsThere: FileManager.default.fileExists(atPath: try DeskRecord.read(home: desk.home).ledger.path),
            indexes: indexes, revision: revision)
    }

    private let healthy = Look(
        ready: .bool(true), killSwitch: .bool(false), hunterCollar: .array([.text("5.00"), .text("limits.yaml:22")]),
        ordinary: .null, sniperTooMuch: .text("max_order_quantity"), hunterOneLotOver: .text("max_order_quantity"),
        hunterFarOver: .text("max_order_quantity"), outsideCollar: .text("price_collar"),
        roundTrip: ["accepted", "new", "acknowledged", "cancel", "cancelled"], deniedByNotional: ["max_order_notional"],
        ledgerIsThere: true,
        indexes: [
            "fills_by_order", "fills_by_symbol_time", "orders_by_account_time",
            "orders_by_client_order_id",
        ],
        revision: "0003")

    /// The healthy look with what this fault changes in it.
    private func expected(_ fault: Fault) -> Look {
        var look = healthy
        switch fault {
        case .notReady: look.ready = .bool(false)
        case .feedSilent:
            let stale = JSONNode.text("stale_market_data")
            (look.ordinary, look.sniperTooMuch, look.hunterOneLotOver) = (stale, stale, stale)
            (look.hunterFarOver, look.outsideCollar) = (stale, stale)
            (look.roundTrip, look.deniedByNotional) = (["denied"], ["stale_market_data"])
        case .killSwitchEngaged:
            let stopped = JSONNode.text("kill_switch")
            look.killSwitch = .bool(true)
            (look.ordinary, look.sniperTooMuch, look.hunterOneLotOver) = (stopped, stopped, stopped)
            (look.hunterFarOver, look.outsideCollar) = (stopped, stopped)
            (look.roundTrip, look.deniedByNotional) = (["denied"], ["kill_switch"])
        case .venueRejects: look.roundTrip = ["rejected", "new", "rejected"]
        case .riskOff:
            (look.sniperTooMuch, look.hunterOneLotOver, look.hunterFarOver, look.outsideCollar) = (
                .null, .null, .null, .null
            )
            look.deniedByNotional = ["?"]
        case .limitNotLoaded:
            look.hunterCollar = .array([.text("10.00"), .text("default")])
            look.outsideCollar = .null
        case .limitOffByOne: look.hunterOneLotOver = .null
        case .denyAfterSend:
            look.deniedByNotional = ["max_order_notional", "new", "acknowledged"]
        case .slowRisk: break
        case .databaseMissing: look.ledgerIsThere = false
        case .indexDropped: look.indexes.removeFirst()
        case .migrationPending: look.revision = "0002"
        case .duplicateIndex:
            look.indexes = ["fills_by_order", "fills_by_symbol_time", "orders_by_account"] + look.indexes.suffix(2)
        // What the others change is no part of this look; their own tests see it.
        case .lostFill, .logSilent, .clockSkew, .staleInstance, .componentDead, .limitRace, .stopIgnored, .kellyOverbet,
            .correlationIgnored, .riskFailsOpen, .killSwitchFlagOnly, .poolLeak, .floatMoney, .orphanFill, .twoHeads,
            .danglingParent:
            break
        }
        return look
    }

    /// Whether a look is what the fault should make of the desk.
    private func matches(_ look: Look, _ fault: Fault) -> Bool {
        var seen = look
        let wanted = expected(fault)
        switch fault {
        case .riskOff:
            // The costly order now goes to the venue, and how it fills there is the market's business.
            guard seen.deniedByNotional.count > 1 else { return false }
            seen.deniedByNotional = wanted.deniedByNotional
        case .denyAfterSend:
            // Sent and acknowledged, then filled in part or whole by a market at its price, or cancelled.
            guard seen.deniedByNotional.starts(with: wanted.deniedByNotional), seen.deniedByNotional.count > 3 else {
                return false
            }
            seen.deniedByNotional = wanted.deniedByNotional
        default: break
        }
        return seen == wanted
    }

    @Test(arguments: Fault.allCases.filter { $0 != .staleInstance })
    func `a fault bites, bites nothing else, and is gone when cleared`(fault: Fault) async throws {
        try await withDesk { desk async throws in
            #expect(try await look(at: desk) == healthy)
            let set = try await desk.faults.set(fault.rawValue)
            #expect(set.filter(\.active).map(\.name) == [fault.rawValue])
            if fault == .feedSilent {
                // Data is stale only some seconds after the last tick, and each symbol has a last tick of its own.
                let stale = try await eventually {
                    let symbols = try await desk.get("/readyz/marketdata").body["symbols"].items
                    return symbols.allSatisfy { ($0["age_ms"].integer ?? 0) >= RiskEngine.staleAfter }
                }
                #expect(stale)
            }
            let broken = try await look(at: desk)
            #expect(matches(broken, fault), "\(broken)")
            let cleared = try await desk.faults.clear(fault.rawValue)
            #expect(cleared.allSatisfy { !$0.active })
            if fault == .feedSilent {
                let fresh = try await eventually {
                    let symbols = try await desk.get("/readyz/marketdata").body["symbols"].items
                    return symbols.allSatisfy { ($0["age_ms"].integer ?? .max) < 1000 }
                }
                #expect(fresh)
            }
            #expect(try await look(at: desk) == healthy)
        }
    }

    @Test(arguments: [Fault.notReady, .killSwitchEngaged, .databaseMissing, .indexDropped, .migrationPending, .riskOff])
    func `a fault can be set before the desk serves, and a clean stop leaves a whole home`(fault: Fault) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home, faults: [fault.rawValue]) { desk async throws in
            let broken = try await look(at: desk)
            #expect(matches(broken, fault), "\(broken)")
            #expect(desk.server.record.startLine.contains("ledger.sqlite"))
        }
        try await serving(home) { desk async throws in #expect(try await look(at: desk) == healthy) }
    }

    @Test func `a desk that is not ready says why and still tells its capabilities`() async throws {
        try await withDesk(faults: ["not-ready"]) { desk async throws in
            let answer = try await desk.get("/readyz")
            #expect(answer.status == 503)
            #expect(answer.body["reason"] == .text("warming up: waiting for order books"))
            #expect(answer.body["capabilities"]["risk.limits"] == .text("1"))
        }
    }

    @Test func `feed-silent stops every symbol, and nothing else makes them tick`() async throws {
        try await withDesk { desk async throws in
            func sequences() async throws -> [Int64] {
                try await desk.get("/readyz/marketdata").body["symbols"].items.compactMap { $0["sequence"].integer }
            }
            _ = try await desk.faults.set("feed-silent")
            let stopped = try await sequences()
            #expect(
                try await eventually {
                    let ages = try await desk.get("/readyz/marketdata").body["symbols"].items.compactMap {
                        $0["age_ms"].integer
                    }
                    return ages.allSatisfy { $0 > 1000 }
                })
            #expect(try await sequences() == stopped)
            _ = try await desk.faults.clear("feed-silent")
            #expect(try await eventually { zip(try await sequences(), stopped).allSatisfy { $0 > $1 } })
        }
    }

    @Test(arguments: ["/readyz/risk/evaluate", "/readyz/orders"])
    func `slow-risk delays both ways to a decision by its magnitude, and holds up nobody else`(path: String)
        async throws
    {
        // Long enough that the quick request below ends first on any machine, and short enough to wait for.
        try await withDesk(faults: ["slow-risk=10s"]) { desk async throws in
            try await withThrowingTaskGroup(of: String.self) { group async throws in
                group.addTask {
                    _ = try await desk.post(path, TestOrder().json)
                    return "slow"
                }
                group.addTask {
                    _ = try await desk.get("/readyz/risk/limits")
                    return "quick"
                }
                #expect(try await group.next() == "quick")
                #expect(try await group.next() == "slow")
            }
        }
    }

    @Test func `slow-risk shows in the time that a decision says it took`() async throws {
        try await withDesk(faults: ["slow-risk=40ms"]) { desk async throws in
            #expect(try #require(try await desk.evaluate(TestOrder())["elapsed_ns"].integer) >= 40_000_000)
        }
    }

    @Test func `limit-off-by-one takes a number of lots`() async throws {
        try await withDesk(faults: ["limit-off-by-one=7"]) { desk async throws in
            var order = TestOrder(symbol: "ADA-USD", quantity: "500.07", price: "0.3860")
            #expect(try await desk.submit(order)["status"] == .text("accepted"))
            order.quantity = "500.08"
            order.id = "hp-2"
            #expect(try await desk.submit(order)["reason_code"] == .text("max_order_quantity"))
        }
    }

    @Test func `deny-after-send leaves denials by other limits alone`() async throws {
        try await withDesk(faults: ["deny-after-send"]) { desk async throws in
            let quantity = TestOrder(id: "q", account: "READY-SNIPER", quantity: "1000.00")
            #expect(try await desk.submit(quantity)["reason_code"] == .text("max_order_quantity"))
            #expect(try await desk.dropCopy("q").isEmpty)
            let collar = TestOrder(id: "c", price: "120.00")
            #expect(try await desk.submit(collar)["reason_code"] == .text("price_collar"))
            #expect(try await desk.dropCopy("c").isEmpty)
            let notional = TestOrder(
                id: "n", account: "READY-SNIPER", symbol: "ETH-USD", quantity: "4.20", price: "2425.00")
            let receipt = try await desk.submit(notional)
            #expect(receipt["reason_code"] == .text("max_order_notional"))
            #expect(receipt["stamps"]["sent_ns"] == .null)
            #expect(try await desk.dropCopy("n") == ["new", "acknowledged", "cancel", "cancelled"])
        }
    }
}
