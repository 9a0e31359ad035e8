import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct StopEnforcedTests {
    private let target = FakeTarget()

    private func trial(
        _ mode: Mode = .standard, _ change: (inout FakeStops.Behaviour) -> Void = { _ in }
    ) async -> CheckTrial {
        target.stops.change(change)
        return await target.run(StopEnforced(target.probes), mode: mode)
    }

    @Test func `stops that close in time pass, on a path and on a gap`() async throws {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.kinds == [])
        #expect(trial.measurement("exit_time.long.path")?.criterion?.fail == "1000")
        #expect(trial.measurement("exit_time.long.gap") != nil)
        #expect(trial.measurement("exit_quantity.long.gap")?.value == "1")
        #expect(trial.measurement("exit_time.short.path") == nil)
        #expect(target.held("ADA-USD") == "0")
        #expect(target.feed.isMarketsOwn)
        try await target.undo()
        #expect(target.stops.armed == 0)
    }

    @Test func `thorough tries a short position too`() async {
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("exit_time.short.path") != nil)
        #expect(trial.measurement("exit_time.short.gap") != nil)
    }

    @Test func `everything is registered before the first order, the position first so that it is undone last`() async {
        _ = await trial()
        let journal = target.journal.all
        let mark = DropCopyMark(sequence: 40, bootID: "boot-1")
        let first = journal.firstIndex { $0.hasPrefix("submit") }
        #expect(first == 4)
        #expect(
            target.effects.all.map(\.compensation) == [
                .restorePosition(account: "READY-SNIPER", symbol: "ADA-USD", quantity: "0", since: mark),
                .cancelOrders(account: "READY-SNIPER", prefix: "hp-test-"),
                .disarmStops(account: "READY-SNIPER", symbol: "ADA-USD"), .restoreFeed,
            ])
    }

    @Test func `a stop that nobody looks at fails, and position, stop and feed are taken back`() async throws {
        let trial = await trial { $0.isIgnored = true }
        #expect(trial.outcome == .fail(.criterion))
        // What a screen shows first of a red check is a number that was missed.
        let missed = trial.judgement.measurements.first { $0.result == .fail }
        #expect(missed?.name == "exit_quantity.long.path" && missed?.value == "0" && missed?.criterion?.fail == "1")
        #expect(trial.kinds == ["stop-ignored"])
        #expect(trial.sentence.contains("nothing of the 1 ADA-USD was closed"))
        #expect(target.held("ADA-USD") == "1")
        #expect(!target.feed.isMarketsOwn)
        try await target.undo()
        #expect(target.held("ADA-USD") == "0")
        #expect(target.stops.armed == 0)
        #expect(target.feed.isMarketsOwn)
    }

    @Test(arguments: [(980, Outcome.Word.pass), (1020, .fail)])
    func `an exit just inside the limit is in time, a late one is told with its time`(
        milliseconds: Int, word: Outcome.Word
    ) async {
        let trial = await trial { $0.delay = .milliseconds(milliseconds) }
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == [])
        if word == .fail { #expect(trial.outcome == .fail(.criterion)) }
    }

    @Test func `the limit itself is in time, a nanosecond more is not`() async throws {
        let check = StopEnforced(target.probes)
        var observation = try await check.collect(in: target.context())
        let criteria = target.criteria.criteria
        observation.trials[0].exitTime = .milliseconds(1000)
        #expect(check.judge(observation, by: criteria).outcome(requiring: .exercised).word == .pass)
        observation.trials[0].exitTime = .milliseconds(1000) + .nanoseconds(1)
        #expect(check.judge(observation, by: criteria).outcome(requiring: .exercised) == .fail(.criterion))
    }

    @Test func `the wrong side, a part and too much are told, and nothing more is tried`() async throws {
        let turned = await trial { $0.turnsSide = true }
        #expect(turned.kinds == ["exit-wrong-side"])
        #expect(turned.measurement("exit_quantity.long.path")?.value == "-1")
        #expect(target.held("ADA-USD") == "2")
        try await target.undo()
        #expect(target.held("ADA-USD") == "0")
        for (share, kind) in [(Decimal(1) / 2, "exit-partial"), (2, "exit-oversized")] {
            let target = FakeTarget()
            target.stops.change { $0.quantity = { $0 * share } }
            let trial = await target.run(StopEnforced(target.probes))
            #expect(trial.outcome == .fail(.criterion))
            #expect(trial.kinds.first == kind)
            #expect(trial.judgement.measurements.count { $0.name.hasPrefix("exit_quantity") } == 1)
            try await target.undo()
            #expect(target.held("ADA-USD") == "0")
        }
    }

    @Test func `a stop that closes before the price is there, and a price that cannot be, fail`() async {
        let hasty = await trial { $0.isHasty = true }
        #expect(hasty.kinds.contains("stop-early"))
        #expect(hasty.measurement("exits_before_the_price")?.result == .fail)
        let target = FakeTarget()
        target.stops.change { $0.price = { $0 * 11 / 10 } }
        #expect(await target.run(StopEnforced(target.probes)).kinds == ["exit-price", "exit-price"])
        let low = FakeTarget()
        low.stops.change { $0.price = { $0 / 2 } }
        #expect(await low.run(StopEnforced(low.probes)).kinds == ["exit-price", "exit-price"])
    }

    @Test func `a stop that is not armed, or not told as triggered, fails`() async {
        let unarmed = await trial { $0.armedAs = .disarmed }
        #expect(unarmed.outcome == .fail(.criterion))
        #expect(unarmed.kinds == ["stop-not-armed"])
        let target = FakeTarget()
        target.stops.change { $0.after = .disarmed }
        let trial = await target.run(StopEnforced(target.probes))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["stop-state", "stop-state"])
        #expect(trial.measurement("stops_not_told_as_triggered")?.value == "2")
    }

    @Test func `a drop copy that does not say which way proves no exit`() async {
        target.venue.change { $0.hidesSides = true }
        #expect(await trial().outcome == .unverified(.gradeBelowRequired))
    }

    @Test func `a target that takes no short sale is tried with long positions only`() async {
        target.venue.change { $0.deniesShort = "no_short_sale" }
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("exit_time.long.gap") != nil)
        #expect(!trial.judgement.measurements.contains { $0.name.contains(".short.") })
        #expect(
            target.reporter.all.count { $0.contains("no short position could be opened: denied: no_short_sale") } == 2)
    }

    @Test func `a position that is told flat though its fill stands is not taken for undone`() async {
        _ = await trial { $0.isIgnored = true }
        target.books.change {
            $0.shows = { state, _ in
                var flat = state
                flat.positions = []
                return flat
            }
        }
        let error = await #expect(throws: ProbeError.self) { try await target.undo() }
        #expect(error?.description.contains("1 ADA-USD are not accounted for") == true)
        #expect(target.held("ADA-USD") == "1")
    }

    @Test func `a position that cannot be opened leaves it unverified`() async {
        target.venue.change { $0.deniesAll = "max_order_quantity" }
        let trial = await trial()
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains("max_order_quantity"))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `stops or scripts that cannot be had leave it unverified`(met: ProbeError.Meeting, reason: UnverifiedReason)
        async throws
    {
        #expect(await trial { $0.failure = ProbeError(met, at: .surface, "no") }.outcome == .unverified(reason))
        let target = FakeTarget()
        target.feed.change { $0.playFailure = ProbeError(met, at: .surface, "no") }
        #expect(await target.run(StopEnforced(target.probes)).outcome == .unverified(reason))
        try await target.undo()
        #expect(target.held("ADA-USD") == "0")
        #expect(target.stops.armed == 0)
    }

    @Test func `an observation goes through JSON and is judged again`() async throws {
        target.stops.change { $0.delay = .milliseconds(300) }
        let check = StopEnforced(target.probes)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(StopEnforced.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
        var stricter = CriteriaBuilder()
        stricter.thresholds["risk.max_stop_exit_ms"] = "200"
        #expect(check.judge(observation, by: stricter.criteria).outcome(requiring: .exercised) == .fail(.criterion))
    }

    @Test func `a cancelled body opens nothing`() async {
        let check = StopEnforced(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.venue.submitted.isEmpty)
    }
}
