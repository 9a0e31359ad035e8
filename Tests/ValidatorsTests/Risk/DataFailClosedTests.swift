import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct DataFailClosedTests {
    private let target = FakeTarget()

    private func trial(
        _ mode: Mode = .standard, _ change: (inout FakeVenue.Behaviour) -> Void = { _ in }
    ) async -> CheckTrial {
        target.venue.change(change)
        return await target.run(DataFailClosed(target.probes), mode: mode)
    }

    @Test func `denials in time and no burst pass, confirmed under the fault`() async throws {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .confirmed)
        #expect(trial.measurement("time_to_denial")?.value == "1500")
        #expect(target.feed.isMarketsOwn)
        #expect(target.venue.left.isEmpty)
        #expect(target.venue.count(of: .denied) == 6)
        try await target.undo()
    }

    @Test func `thorough tries every symbol while the feed is cut`() async {
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(target.venue.count(of: .denied) == 12)
        #expect(Set(target.venue.submitted.map(\.symbol)).count == 6)
    }

    @Test(arguments: [(Duration.milliseconds(900), Outcome.Word.pass), (.milliseconds(1200), .fail)])
    func `thorough gives a symbol that ticked later the whole limit, and no more`(
        younger: Duration, word: Outcome.Word
    ) async {
        target.feed.change { $0.younger = ["XRP-USD": younger] }
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == (word == .pass ? [] : ["order-not-denied"]))
    }

    @Test func `orders that are accepted on old prices fail, and the feed is given back`() async throws {
        let trial = await trial { $0.failsOpen = true }
        #expect(trial.outcome == .fail(.finding("fails-open")))
        #expect(trial.kinds == ["fails-open"])
        #expect(trial.measurement("time_to_denial") == nil)
        #expect(target.feed.isMarketsOwn)
        #expect(target.venue.left.isEmpty)
    }

    @Test(arguments: [("1500", Outcome.Word.pass), ("1499", .fail)] as [(DecimalValue, Outcome.Word)])
    func `a denial at the limit is in time, a millisecond later is not`(limit: DecimalValue, word: Outcome.Word) async {
        var criteria = CriteriaBuilder()
        criteria.thresholds["risk.max_fail_closed_ms"] = limit
        let trial = await target.run(DataFailClosed(target.probes), criteria: criteria.criteria)
        #expect(trial.outcome.word == word)
        if word == .fail { #expect(trial.outcome == .fail(.criterion)) }
    }

    @Test func `orders that wait in a queue and leave on recovery are found`() async {
        let trial = await trial { $0.queuesStale = true }
        #expect(trial.outcome == .fail(.finding("burst-on-recovery")))
        #expect(trial.sentence.contains("12 messages"))
    }

    @Test func `denied orders that leave at once, and another reason, are found`() async {
        #expect(
            await trial { $0.sendsBeforeDenying = ["stale_market_data"] }.outcome == .fail(.finding("left-gateway")))
        let other = FakeTarget()
        other.venue.change { $0.reasons = ["stale_market_data": "kill_switch"] }
        #expect(await other.run(DataFailClosed(other.probes)).outcome == .fail(.finding("wrong-reason")))
    }

    @Test func `a denial that does not hold, and no recovery, are found`() async throws {
        let check = DataFailClosed(target.probes)
        var observation = try await check.collect(in: target.context())
        let criteria = target.criteria.criteria
        observation.outage?.whileCut[2].state.status = .accepted
        #expect(
            check.judge(observation, by: criteria).outcome(requiring: .exercised)
                == .fail(.finding("order-not-denied")))
        observation = try await check.collect(in: target.context(token: "hp-again"))
        observation.outage?.afterwards = []
        #expect(
            check.judge(observation, by: criteria).outcome(requiring: .exercised) == .fail(.finding("not-recovered")))
    }

    @Test func `a feed that does not come back leaves it unverified, and the undo says so`() async {
        target.feed.change { $0.ignoresRestore = true }
        let trial = await trial()
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains("does not tick after its feed was restored"))
        await #expect(throws: ProbeError.self) { try await target.undo() }
    }

    @Test func `a cut that cuts nothing looks like a target that fails open`() async {
        target.feed.change { $0.ignoresCut = true }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("fails-open")))
        // What has to be mended is the decision, not the drop copy.
        #expect(trial.remediation?.summary != "Let the drop copy show every order")
        #expect(trial.remediation?.summary.isEmpty == false)
    }

    @Test func `a drop copy with gaps proves nothing about a burst`() async {
        let trial = await trial { $0.hasGaps = true }
        #expect(trial.outcome == .unverified(.gradeBelowRequired))
        #expect(trial.remediation?.summary == "Let the drop copy show every order")
    }

    @Test func `everything is registered before the feed is cut`() async {
        _ = await trial()
        #expect(
            target.effects.all.map(\.compensation) == [
                .cancelOrders(account: "READY-SNIPER", prefix: "hp-test-"), .restoreFeed,
            ])
        #expect(target.journal.all.firstIndex { $0.hasPrefix("submit") } == 2)
    }

    @Test func `an observation goes through JSON and is judged again`() async throws {
        let check = DataFailClosed(target.probes)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(DataFailClosed.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .confirmed).word == .pass)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `a feed that cannot be cut is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.feed.change { $0.cutFailure = ProbeError(met, at: .surface, "no") }
        #expect(await trial().outcome == .unverified(reason))
        #expect(target.venue.submitted.isEmpty)
    }
}
