import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct KillSwitchEffectiveTests {
    private let target = FakeTarget()

    private func check(_ target: FakeTarget) -> KillSwitchEffective { KillSwitchEffective(target.probes, after: []) }

    private func trial(
        _ mode: Mode = .standard, _ change: (inout FakeVenue.Behaviour) -> Void = { _ in }
    ) async -> CheckTrial {
        target.venue.change(change)
        return await target.run(check(target), mode: mode)
    }

    private func isEngaged() async throws -> Bool { try await target.killSwitch.state().value.isEngaged }

    @Test func `a switch that cancels, denies and survives a restart passes, and is released`() async throws {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.kinds == [])
        #expect(trial.measurement("cancel_time")?.n == 4)
        #expect(trial.measurement("orders_cancelled")?.value == "4")
        #expect(trial.measurement("restart_time")?.value == "1000")
        #expect(target.control.restarts == 1)
        #expect(try await isEngaged() == false)
        #expect(target.venue.left.isEmpty)
        try await target.undo()
    }

    @Test func `orders rest on the two largest tiers' accounts in thorough, and more of them`() async {
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(Set(target.venue.submitted.map(\.account)) == ["READY-HUNTER", "READY-STRATEGIST"])
        #expect(trial.measurement("cancel_time")?.n == 10)
    }

    @Test func `orders and switch are registered before anything happens, the switch last so that it is undone first`()
        async
    {
        _ = await trial()
        #expect(
            target.effects.all.map(\.compensation) == [
                .cancelOrders(account: "READY-SNIPER", prefix: "hp-test-"),
                .cancelOrders(account: "READY-HUNTER", prefix: "hp-test-"), .releaseKillSwitch,
            ])
        #expect(target.effects.all.last?.effectClass == .disruptive)
        #expect(target.journal.all.firstIndex { $0.hasPrefix("submit") } == 3)
    }

    @Test func `trap 16: a switch that only sets a flag leaves orders at the venue, and fails`() async throws {
        let trial = await trial { $0.keepsWorkingWhenStopped = true }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["orders-left-working"])
        #expect(trial.sentence.contains("4 of 4"))
        #expect(trial.measurement("cancel_time") == nil)
        // What a screen shows first of a red check is a number that was missed.
        let first = trial.judgement.measurements.first { $0.result == .fail }
        #expect(first?.name == "orders_cancelled" && first?.value == "0" && first?.criterion?.fail == "4")
        #expect(target.venue.left.isEmpty)
        #expect(try await isEngaged() == false)
    }

    @Test(arguments: [(true, false), (false, true), (true, true)])
    func `an order is gone when the venue cancelled it and the account lists it no more, both`(
        isHidden: Bool, isListed: Bool
    ) async throws {
        let check = check(target)
        var observation = try await check.collect(in: target.context())
        if isHidden { observation.drill?.resting[1].cancelled = nil }
        observation.drill?.resting[1].stillWorks = isListed
        let judgement = check.judge(observation, by: target.criteria.criteria)
        let gone = judgement.measurements.first { $0.name == "orders_cancelled" }
        #expect(gone?.value == "3" && gone?.result == .fail)
        #expect(judgement.findings.contains { $0.kind == "orders-left-working" })
    }

    @Test func `the limits themselves are in time, a nanosecond more is not`() async throws {
        let check = check(target)
        let observation = try await check.collect(in: target.context())
        let criteria = target.criteria.criteria
        func outcome(cancel: Duration, restart: Duration) -> Outcome {
            var observation = observation
            observation.drill?.resting[1].cancelled = cancel
            observation.drill?.restart?.time = restart
            return check.judge(observation, by: criteria).outcome(requiring: .exercised)
        }
        #expect(outcome(cancel: .seconds(1), restart: .seconds(10)).word == .pass)
        #expect(outcome(cancel: .seconds(1) + .nanoseconds(1), restart: .seconds(10)) == .fail(.criterion))
        #expect(outcome(cancel: .seconds(1), restart: .seconds(10) + .nanoseconds(1)) == .fail(.criterion))
    }

    @Test func `new orders while it is engaged, and after the restart, must be denied for it`() async {
        let trial = await trial { $0.acceptsWhenStopped = true }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.first == "order-accepted-while-engaged")
        #expect(trial.measurement("orders_denied_while_engaged")?.value == "0")
        let other = FakeTarget()
        other.venue.change { $0.reasons = ["kill_switch": "max_open_orders"] }
        #expect(await other.run(check(other)).kinds == ["wrong-reason", "wrong-reason"])
        let leaking = FakeTarget()
        leaking.venue.change { $0.sendsBeforeDenying = ["kill_switch"] }
        let left = await leaking.run(check(leaking))
        #expect(left.outcome == .fail(.criterion))
        #expect(left.kinds.first == "left-gateway")
    }

    @Test func `a restart that puts another configuration in force fails, and says only that`() async {
        let (venue, discovery) = (target.venue, target.discovery)
        target.control.follow {
            venue.restart()
            discovery.reconfigure("another")
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("configurations_in_force")?.value == "2")
        #expect(trial.kinds == ["configuration-changed-at-restart"])
    }

    @Test func `a switch that is lost at the restart fails, and says only that`() async {
        let (venue, killSwitch) = (target.venue, target.killSwitch)
        target.control.follow {
            venue.restart()
            venue.stop(false)
            killSwitch.answer(KillSwitchState(isEngaged: false, by: nil))
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("switch_states_as_set")?.value == "2")
        #expect(trial.kinds == ["kill-switch-lost-at-restart"])
    }

    @Test func `a switch that forgets who engaged it fails`() async {
        let (venue, killSwitch) = (target.venue, target.killSwitch)
        target.control.follow {
            venue.restart()
            killSwitch.answer(KillSwitchState(isEngaged: true, by: "unknown"))
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["kill-switch-holder-lost"])
    }

    @Test func `the same life after a restart shows nothing of what survives one`() async {
        target.control.change { $0.keepsLife = true }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["not-restarted"])
        #expect(trial.measurement("restarts_into_a_new_process")?.value == "0")
    }

    /// What the target's clock of the fakes shows, microseconds since 1970.
    private static let now: Int64 = 1_700_000_000_000_000

    @Test(
        arguments: [
            // The start of the life before, an earlier one, one before the drill; a stamp cut to whole seconds, and later ones.
            (-86_400_000_000, Outcome.Word.fail), (-90_000_000_000, .fail), (-1_000_001, .fail), (-999_000, .pass),
            (0, .pass), (1, .pass), (60_000_000, .pass),
        ] as [(Int64, Outcome.Word)])
    func `a new boot id with a start of before the restart is no new life`(start: Int64, word: Outcome.Word) async {
        target.control.change { $0.startedAt = { Self.now + ($0 == 1 ? -86_400_000_000 : start) } }
        let trial = await trial()
        #expect(trial.outcome.word == word)
        #expect(trial.kinds == (word == .pass ? [] : ["start-before-restart"]))
        #expect(trial.measurement("restarts_into_a_new_process")?.value == (word == .pass ? "1" : "0"))
    }

    @Test(arguments: [3600, -3600])
    func `a start told by the target's own wrong clock, or by the right one, is a start all the same`(
        offset: Int
    ) async {
        for start in [0, Int64(offset) * 1_000_000] where start >= Int64(min(0, offset)) * 1_000_000 {
            let target = FakeTarget()
            target.targetClock.show([.init(offset: .seconds(offset))])
            target.control.change { $0.startedAt = { Self.now + ($0 == 1 ? -86_400_000_000 : start) } }
            #expect(await target.run(check(target)).outcome.word == .pass)
        }
    }

    @Test func `a clock that cannot be read leaves it unverified, and nothing is stopped`() async throws {
        target.targetClock.fail(ProbeError(.unreachable, at: .surface, "reset"))
        #expect(await trial().outcome == .unverified(.targetUnreachable))
        #expect(try await isEngaged() == false)
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `an observation of before the clock was read is judged by the two starts`() async throws {
        let check = check(target)
        var observation = try await check.collect(in: target.context())
        observation.drill?.restart?.clock = nil
        let criteria = target.criteria.criteria
        #expect(check.judge(observation, by: criteria).outcome(requiring: .exercised).word == .pass)
        let before = try #require(observation.drill?.restart?.before.startedAt)
        observation.drill?.restart?.after.startedAt = before
        #expect(check.judge(observation, by: criteria).findings.map(\.kind) == ["start-before-restart"])
    }

    @Test func `a target that does not come back fails, with its trouble`() async {
        target.control.change { $0.restartFailure = ProbeError(.unreachable, at: .surface, "connection refused") }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["not-back-after-restart"])
        #expect(trial.sentence.contains("connection refused"))
    }

    @Test func `a switch that cannot be engaged leaves orders and fails`() async {
        target.killSwitch.ignore()
        let trial = await trial()
        #expect(trial.outcome.word == .fail)
        #expect(trial.kinds.contains("not-engaged"))
        #expect(trial.kinds.contains("orders-left-working"))
        #expect(trial.kinds.contains("order-accepted-while-engaged"))
    }

    @Test func `somebody's engaged switch is left alone, and nothing is placed`() async throws {
        target.killSwitch.answer(KillSwitchState(isEngaged: true, by: "night-desk"))
        let trial = await trial()
        #expect(trial.outcome == .unverified(.badAnswer))
        #expect(trial.sentence.contains("night-desk"))
        #expect(target.venue.submitted.isEmpty)
        #expect(try await isEngaged())
    }

    @Test func `a cancel that does not pass while it is engaged fails`() async throws {
        let trial = await trial {
            $0.keepsWorkingWhenStopped = true
            $0.ignoresCancels = true
        }
        #expect(trial.kinds.contains("cancel-blocked"))
    }

    @Test func `a drop copy that lags is waited for, one with gaps proves nothing`() async {
        #expect(await trial { $0.lag = 3 }.outcome.word == .pass)
        let gaps = FakeTarget()
        gaps.venue.change { $0.hasGaps = true }
        #expect(await gaps.run(check(gaps)).outcome == .unverified(.gradeBelowRequired))
    }

    @Test func `an observation goes through JSON and is judged again`() async throws {
        let check = check(target)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(KillSwitchEffective.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `a process that cannot be asked for leaves it unverified, and nothing is stopped`(
        met: ProbeError.Meeting, reason: UnverifiedReason
    ) async throws {
        target.control.change { $0.failure = ProbeError(met, at: .surface, "no") }
        #expect(await trial().outcome == .unverified(reason))
        #expect(try await isEngaged() == false)
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a body that dies while it is engaged leaves the release to the undo`() async throws {
        target.control.change { $0.restartFailure = ProbeError(.notOffered, at: .surface, "no such command") }
        #expect(await trial().outcome == .unverified(.hookMissing))
        #expect(try await isEngaged())
        try await target.undo()
        #expect(try await isEngaged() == false)
        #expect(target.venue.left.isEmpty)
    }
}
