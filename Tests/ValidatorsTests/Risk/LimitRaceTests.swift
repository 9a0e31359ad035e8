import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct LimitRaceTests {
    private let target = FakeTarget()

    private func trial(
        _ mode: Mode = .standard, _ change: (inout FakeVenue.Behaviour) -> Void = { _ in }
    ) async -> CheckTrial {
        target.venue.change(change)
        return await target.run(LimitRace(target.probes), mode: mode)
    }

    @Test func `limits that hold pass, filled to the brim and not beyond`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        // Two orders of 100 fit under 200, five under five.
        #expect(trial.measurement("max_position_quantity.sniper")?.value == "200")
        #expect(trial.measurement("max_open_orders.sniper")?.value == "5")
        #expect(trial.measurement("max_open_orders.sniper")?.n == 10)
        #expect(trial.measurement("max_open_orders.sniper")?.criterion?.source == "limits.yaml:14")
        #expect(target.burst.bursts == 20)
        #expect(target.venue.submitted.count == 320)
        #expect(Set(target.venue.submitted.map(\.clientOrderID)).count == 320)
        #expect(target.venue.left.isEmpty)
        #expect(target.reporter.all.last == "20 of 20 rounds")
    }

    @Test func `thorough sends a thousand rounds of sixty-four`() async {
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(target.burst.bursts == 1000)
        #expect(target.venue.submitted.count == 64_000)
    }

    @Test func `trap 14: a limit that holds for each order and not under race fails, and it ends there`() async {
        let orderly = FakeTarget()
        orderly.venue.change { $0.races = true }
        #expect(await orderly.run(LimitEnforced(orderly.probes)).outcome.word == .pass)
        let trial = await trial { $0.races = true }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-breached"])
        #expect(trial.measurement("max_position_quantity.sniper")?.value == "1600")
        #expect(target.burst.bursts == 1)
    }

    @Test func `one order too many is a breach, one less is none`() async {
        #expect(await trial { $0.limits[.init("sniper", "max_open_orders")] = "6" }.kinds == ["limit-breached"])
        let tighter = FakeTarget()
        tighter.venue.change { $0.limits[.init("sniper", "max_open_orders")] = "4" }
        let trial = await tighter.run(LimitRace(tighter.probes))
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("max_open_orders.sniper")?.value == "4")
    }

    @Test func `the reason of a denial counts`() async {
        let trial = await trial { $0.reasons = ["max_open_orders": "max_order_quantity"] }
        #expect(trial.outcome == .fail(.finding("wrong-reason")))
    }

    @Test func `a denied order that left is found in the drop copy`() async {
        let trial = await trial { $0.sendsBeforeDenying = ["max_position_quantity"] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.contains("left-gateway"))
    }

    @Test func `a fill far from the market is told`() async {
        #expect(await trial { $0.fills = true }.kinds.contains("order-filled"))
    }

    @Test func `a venue that denies or rejects everything shows nothing of a race`() async {
        #expect(await trial { $0.deniesAll = "max_open_orders" }.outcome == .fail(.finding("wrong-reason")))
        let rejecting = FakeTarget()
        rejecting.venue.change { $0.rejects = true }
        let trial = await rejecting.run(LimitRace(rejecting.probes))
        #expect(trial.outcome == .fail(.finding("order-rejected")))
    }

    @Test func `denied for the right reason alone is unverified, with the limit named`() async {
        let trial = await trial { $0.limits[.init("sniper", "max_position_quantity")] = "50.00" }
        #expect(trial.outcome == .unverified(.gradeBelowRequired))
        #expect(trial.remediation?.cause.contains("not one was accepted for max_position_quantity") == true)
    }

    @Test func `a drop copy that lags is waited for, one with gaps or without our cancels proves nothing`() async {
        #expect(await trial { $0.lag = 3 }.outcome.word == .pass)
        for (gaps, omitted) in [(true, []), (false, [.cancelled])] as [(Bool, Set<DropCopy.Event.Kind>)] {
            let target = FakeTarget()
            target.venue.change {
                $0.hasGaps = gaps
                $0.omitted = omitted
            }
            #expect(await target.run(LimitRace(target.probes)).outcome == .unverified(.gradeBelowRequired))
        }
    }

    @Test func `a drop copy that says another number than the answers is told`() async {
        #expect(await trial { $0.omitted = [.acknowledged] }.outcome == .fail(.finding("answers-differ")))
    }

    @Test func `what the account holds and what works already counts`() async {
        target.books.open(
            AccountState(
                account: "READY-SNIPER", positions: [.init(symbol: "ADA-USD", quantity: "100", averagePrice: "0.4")],
                cash: "0", realizedResult: "0", feesPaid: "0", openOrders: 1))
        target.venue.rest("other", account: "READY-SNIPER", symbol: "BTC-USD", quantity: "0.01")
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("max_position_quantity.sniper")?.value == "200")
        #expect(trial.measurement("max_open_orders.sniper")?.value == "5")
        #expect(target.venue.left == ["other"])
    }

    @Test func `an account without room for one more open order is left to itself`() async {
        for count in 1...5 {
            target.venue.rest("other\(count)", account: "READY-SNIPER", symbol: "BTC-USD", quantity: "0.01")
        }
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("max_open_orders.sniper") == nil)
        #expect(trial.measurement("max_open_orders.hunter")?.value == "10")
        #expect(target.venue.left.count == 5)
    }

    @Test func `limits that nothing can break together are told as not tried`() async {
        var criteria = CriteriaBuilder()
        for scope in ["sniper", "hunter", "strategist"] { criteria.set(scope, "max_open_orders", to: "16") }
        let target = FakeTarget(criteria)
        let trial = await target.run(LimitRace(target.probes))
        #expect(trial.outcome == .warn(.band))
        #expect(trial.kinds == ["limit-unreachable"])
    }

    @Test func `an observation goes through JSON and is judged again under another policy`() async throws {
        let check = LimitRace(target.probes)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(LimitRace.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
        var stricter = CriteriaBuilder()
        stricter.set("sniper", "max_open_orders", to: "4")
        #expect(
            check.judge(observation, by: stricter.criteria).outcome(requiring: .exercised) == .fail(.criterion))
    }

    @Test func `answers that are missing make no sense`() async {
        target.burst.lose(1)
        #expect(await trial().outcome == .unverified(.badAnswer))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `a burst that cannot be sent is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.burst.fail(ProbeError(met, at: .surface, "no"))
        #expect(await trial().outcome == .unverified(reason))
    }

    @Test func `a tier without a limit is an error of configuration, and nothing is sent`() async {
        var criteria = CriteriaBuilder()
        criteria.limits.removeAll { $0.scope == "hunter" && $0.name == "max_open_orders" }
        let trial = await target.run(LimitRace(target.probes), criteria: criteria.criteria)
        #expect(trial.outcome == .error(.configuration))
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `what is left when the target dies midway is taken back`() async throws {
        let trial = await trial { $0.cancelFailure = ProbeError(.unreachable, at: .surface, "reset") }
        #expect(trial.outcome == .unverified(.targetUnreachable))
        #expect(!target.venue.left.isEmpty)
        target.venue.change { $0.cancelFailure = nil }
        try await target.undo()
        #expect(target.venue.left.isEmpty)
    }
}
