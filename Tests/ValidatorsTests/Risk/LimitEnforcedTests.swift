import Readiness
import TestSupport
import Testing
import Validators

struct LimitEnforcedTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout FakeVenue.Behaviour) -> Void = { _ in }) async -> CheckTrial {
        target.venue.change(change)
        return await target.run(LimitEnforced(target.probes))
    }

    private static let names = [
        "max_order_quantity", "max_order_notional", "price_collar_percent", "max_position_quantity", "max_open_orders",
    ]
    private static let tiers = ["sniper", "hunter", "strategist"]
    private static let all = tiers.flatMap { tier in names.map { FakeVenue.Key(tier, $0) } }

    // MARK: - A venue that is right

    @Test func `exact limits pass: fifteen measured numbers beside fifteen declared ones, with their places`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.kinds == [])
        let criteria = CriteriaBuilder()
        for (index, limit) in criteria.limits.enumerated() where limit.name != "max_correlation" {
            let measurement = trial.measurement("\(limit.name).\(limit.scope)")
            #expect(measurement?.value == limit.value)
            #expect(measurement?.criterion?.op == .equal)
            #expect(measurement?.criterion?.source == "limits.yaml:\(10 + index)")
        }
        #expect(trial.judgement.grade == .exercised)
    }

    @Test func `it leaves nothing behind, and asks no more than a bisection needs`() async {
        _ = await trial()
        #expect(target.venue.left.isEmpty)
        #expect(target.venue.submitted.count < 350)
        #expect(Set(target.venue.submitted.map(\.clientOrderID)).count == target.venue.submitted.count)
        #expect(target.venue.submitted.allSatisfy { $0.clientOrderID.hasPrefix("hp-test-") })
    }

    @Test func `each tier's effect is registered before its first order, and the log hears of fifteen limits`() async {
        _ = await trial()
        #expect(target.effects.all.count == 3)
        #expect(target.effects.all.allSatisfy { $0.effectClass == .writePaper })
        let journal = target.journal.all
        for number in 1...3 {
            let registered = journal.firstIndex {
                $0.hasPrefix("register") && $0.contains(Self.tiers[number - 1].uppercased())
            }
            let first = journal.firstIndex { $0.hasPrefix("submit hp-test-\(number).") }
            #expect(registered != nil && first != nil && registered! < first!)
        }
        #expect(target.reporter.all.last == "15 of 15 limits")
    }

    @Test func `no order is priced where it could trade`() async {
        _ = await trial()
        let bids = Dictionary(uniqueKeysWithValues: SymbolState.desk.map { ($0.symbol, $0.bid) })
        #expect(target.venue.submitted.allSatisfy { $0.price < bids[$0.symbol]! })
    }

    @Test func `the notional is tried at a price that makes it a whole number of lots`() async {
        _ = await trial()
        let orders = target.venue.submitted.filter { $0.price == "125" }
        #expect(orders.contains { $0.account == "READY-SNIPER" && $0.quantity == "80" })
        #expect(orders.contains { $0.account == "READY-HUNTER" && $0.quantity == "400" })
        #expect(orders.contains { $0.account == "READY-STRATEGIST" && $0.quantity == "2000" })
    }

    // MARK: - Limits that are off

    @Test(arguments: [
        ("max_order_quantity", "500.01" as DecimalValue, "1 step of 0.01 above"),
        ("max_order_quantity", "499.99", "1 step of 0.01 below"),
        ("max_order_quantity", "500.07", "7 steps of 0.01 above"),
        ("max_order_notional", "50001.25", "1 step of 1.25 above"),
        ("max_order_notional", "49998.75", "1 step of 1.25 below"),
        ("price_collar_percent", "5.0004", "1 step of 0.0004 above"),
        ("price_collar_percent", "4.9996", "1 step of 0.0004 below"),
        ("price_collar_percent", "7.00", "5000 steps of 0.0004 above"),
        ("max_position_quantity", "1000.01", "1 step of 0.01 above"),
        ("max_position_quantity", "999.99", "1 step of 0.01 below"),
        ("max_position_quantity", "600.00", "40000 steps of 0.01 below"),
        ("max_open_orders", "11", "1 step of 1 above"), ("max_open_orders", "9", "1 step of 1 below"),
    ])
    func `a limit that is off is measured to the step`(name: String, enforced: DecimalValue, words: String) async {
        let trial = await trial { $0.limits[.init("hunter", name)] = enforced }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-differs"])
        #expect(trial.measurement("\(name).hunter")?.value == enforced)
        #expect(trial.judgement.measurements.count { $0.result == .fail } == 1)
        #expect(trial.sentence.contains(words))
        #expect(trial.judgement.findings.first?.fingerprint == "limit-differs/hunter.\(name)")
    }

    @Test(arguments: names)
    func `a limit that denies what just reaches it is one step too low`(name: String) async {
        let trial = await trial { $0.exclusive = [.init("strategist", name)] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-differs"])
        #expect(trial.sentence.contains("1 step of"))
        #expect(trial.sentence.contains("below"))
    }

    @Test(arguments: names)
    func `a limit that is not enforced at all is told as that`(name: String) async {
        let trial = await trial { $0.ignored = [.init("hunter", name)] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-not-enforced"])
        #expect(target.venue.left.isEmpty)
    }

    @Test func `open orders without a limit are tried up to twice what is declared, and not one less`() async {
        let trial = await trial { $0.ignored = [.init("hunter", "max_open_orders")] }
        #expect(trial.measurement("max_open_orders.hunter")?.value == "20")
    }

    @Test func `a venue that denies nothing has no limit at all`() async {
        let trial = await trial { $0.ignored = Set(Self.all) }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == Array(repeating: "limit-not-enforced", count: 15))
    }

    @Test func `a venue that denies everything lets nothing be measured but that`() async {
        let trial = await trial { $0.deniesAll = "kill_switch" }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("max_order_quantity.hunter")?.value == "0")
        #expect(trial.kinds.contains("wrong-reason"))
        #expect(trial.judgement.findings.contains { $0.message.contains("nothing was accepted, down to") })
    }

    // MARK: - Denials that are wrong

    @Test func `trap 15: an order that is denied after it left the gateway fails, and that is the reason`() async {
        let trial = await trial { $0.sendsBeforeDenying = ["max_order_notional"] }
        #expect(trial.outcome == .fail(.finding("left-gateway")))
        #expect(trial.kinds == ["left-gateway", "left-gateway", "left-gateway"])
        #expect(trial.judgement.measurements.allSatisfy { $0.result == .pass })
        #expect(trial.remediation?.steps.contains { $0.command == "desk dropcopy" } == true)
    }

    @Test func `a denial with another limit's reason is wrong`() async {
        let trial = await trial { $0.reasons = ["price_collar": "max_order_quantity"] }
        #expect(trial.outcome == .fail(.finding("wrong-reason")))
        #expect(trial.kinds == ["wrong-reason", "wrong-reason", "wrong-reason"])
        #expect(trial.sentence.contains("should be price_collar"))
    }

    @Test func `orders that cannot be taken back are told`() async {
        let trial = await trial {
            $0.ignoresCancels = true
            // So that the orders that stay do not stand in each other's way.
            $0.ignored = Set(Self.all.filter { $0.name == "max_open_orders" || $0.name == "max_position_quantity" })
        }
        #expect(trial.outcome.word == .fail)
        #expect(trial.kinds.contains("order-stuck"))
    }

    @Test func `orders that are filled cannot be taken back`() async {
        #expect(await trial { $0.fills = true }.kinds.contains("order-stuck"))
    }

    // MARK: - Evidence that is too weak

    @Test func `a drop copy that shows none of our orders proves nothing about denied ones`() async {
        let kinds: Set<DropCopy.Event.Kind> = [.new, .acknowledged, .cancel, .cancelled]
        let trial = await trial { $0.omitted = kinds }
        #expect(trial.outcome == .unverified(.gradeBelowRequired))
        #expect(trial.remediation?.cause.contains("sniper, hunter, strategist") == true)
    }

    @Test func `a drop copy with gaps proves nothing either`() async {
        #expect(await trial { $0.hasGaps = true }.outcome == .unverified(.gradeBelowRequired))
    }

    @Test func `a message that a drop copy repeats counts once, and is no gap`() async {
        #expect(await trial { $0.repeatsMessages = true }.outcome.word == .pass)
    }

    @Test func `a drop copy that lags is waited for`() async {
        #expect(await trial { $0.lag = 4 }.outcome.word == .pass)
    }

    // MARK: - Other accounts, other policies

    @Test func `orders of others on the account are counted and left alone`() async {
        for symbol in ["ADA-USD", "XRP-USD"] {
            target.venue.rest("other-\(symbol)", account: "READY-HUNTER", symbol: symbol, quantity: "300")
        }
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(target.venue.left == ["other-ADA-USD", "other-XRP-USD"])
    }

    @Test func `an account that is full already leaves the limits untried, which is no green`() async {
        for number in 0..<5 {
            target.venue.rest("other-\(number)", account: "READY-SNIPER", symbol: "BTC-USD", quantity: "0.01")
        }
        let trial = await trial()
        #expect(trial.outcome == .unverified(.gradeBelowRequired))
        #expect(trial.kinds.contains("limit-unreachable"))
    }

    @Test func `a limit between two steps is tried on both sides of it`() async {
        var criteria = CriteriaBuilder()
        criteria.set("hunter", "max_order_quantity", to: "500.005")
        let target = FakeTarget(criteria)
        let trial = await target.run(LimitEnforced(target.probes))
        #expect(trial.outcome.word == .pass)
        let measurement = trial.measurement("max_order_quantity.hunter")
        #expect(measurement?.value == "500")
        #expect(measurement?.criterion?.op == .lessOrEqual)
        #expect(target.evidence.all.contains { $0.text.contains("nearest below and above") })
    }

    @Test func `a limit between two steps that is one step too low still differs`() async {
        var criteria = CriteriaBuilder()
        criteria.set("hunter", "max_order_quantity", to: "500.005")
        let target = FakeTarget(criteria)
        target.venue.change { $0.limits[.init("hunter", "max_order_quantity")] = "499.99" }
        let trial = await target.run(LimitEnforced(target.probes))
        #expect(trial.outcome == .fail(.finding("limit-differs")))
    }

    @Test func `a collar is tried where it is a whole number of ticks, whatever else is finer or rounder`() async {
        // 5 % of 20.48 is 102.4 ticks, and one tick of it a round 0.048828125 %.
        let odd = SymbolState.sample("ODD-USD", reference: "20.48")
        let link = SymbolState.desk.filter { $0.symbol == "LINK-USD" }
        let target = FakeTarget(market: [odd] + link)
        let trial = await target.run(LimitEnforced(target.probes))
        let measurement = trial.measurement("price_collar_percent.hunter")
        #expect(measurement?.value == "5")
        #expect(measurement?.criterion?.op == .equal)
    }

    @Test func `a position that a few orders cannot reach is told as not tried`() async {
        var criteria = CriteriaBuilder()
        criteria.set("sniper", "max_position_quantity", to: "100000.00")
        let target = FakeTarget(criteria)
        let trial = await target.run(LimitEnforced(target.probes))
        #expect(trial.outcome == .warn(.band))
        #expect(trial.kinds == ["limit-unreachable"])
        #expect(trial.measurement("max_position_quantity.sniper") == nil)
    }

    @Test func `a market without sol still has a price for the notional`() async {
        let market = SymbolState.desk.filter { $0.symbol != "SOL-USD" }
        let target = FakeTarget(market: market)
        let trial = await target.run(LimitEnforced(target.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("max_order_notional.hunter")?.criterion?.op == .lessOrEqual)
    }

    @Test func `an observation is judged again under another policy`() async throws {
        let check = LimitEnforced(target.probes)
        let observation = try await check.collect(in: target.context())
        var stricter = CriteriaBuilder()
        stricter.set("hunter", "max_order_quantity", to: "499.00")
        let judgement = check.judge(observation, by: stricter.criteria)
        #expect(judgement.outcome(requiring: .exercised) == .fail(.criterion))
        #expect(judgement.findings.first?.message.contains("100 steps of 0.01 above") == true)
    }

    // MARK: - Trouble

    @Test func `a tier without all five limits is an error of configuration, and nothing is submitted`() async {
        var criteria = CriteriaBuilder()
        criteria.limits.removeAll { $0.scope == "hunter" && $0.name == "max_open_orders" }
        let trial = await target.run(LimitEnforced(target.probes), criteria: criteria.criteria)
        #expect(trial.outcome == .error(.configuration))
        #expect(trial.judgement.missingCriteria == ["limits.hunter.max_open_orders"])
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a target that dies midway is unverified, and what takes back what rests is registered`() async {
        // The 66th order comes while the base of a position rests.
        let trial = await trial { $0.submitFailure = (66, ProbeError(.unreachable, at: .surface, "reset")) }
        #expect(trial.outcome == .unverified(.targetUnreachable))
        #expect(!target.venue.left.isEmpty && target.venue.left.allSatisfy { $0.hasPrefix("hp-test-") })
        #expect(
            target.effects.all.map(\.compensation).allSatisfy {
                if case .cancelOrders(_, "hp-test-") = $0 { true } else { false }
            })
    }

    @Test func `a venue that rejects what was to rest beneath others leaves it unverified`() async {
        #expect(await trial { $0.rejects = true }.outcome == .unverified(.badAnswer))
    }

    @Test func `a cancelled body submits nothing more`() async {
        let check = LimitEnforced(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.venue.submitted.isEmpty)
    }
}
