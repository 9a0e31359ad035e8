import Readiness
import TestSupport
import Testing
import Validators

struct PoolCapacityTests {
    private let target = FakeTarget()

    private func trial(
        mode: Mode = .standard, noise: HostNoise = HostNoise(pressure: "0", steal: "0"),
        _ change: (inout FakePool.Behaviour) -> Void = { _ in }
    ) async -> CheckTrial {
        var target = target
        target.noise = FakeNoise(noise)
        target.pool.change(change)
        return await target.run(PoolCapacity(target.probes), mode: mode)
    }

    @Test func `a sound pool passes, filled again and again, and is left as it was`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
        #expect(trial.measurement("check_out")?.n == 299)
        // 0.05 ms, and the grain of the third largest of 299.
        #expect(trial.measurement("check_out_inside")?.value == "0.050147")
        #expect(trial.measurement("times_in_full_use")?.value == "38")
        #expect(target.pool.mostHeld == 8)
        #expect(target.pool.held.isEmpty)
        #expect(target.reporter.all.last == "299 of 299 samples")
    }

    @Test func `the effect is registered before a session is taken, with what gives it back`() async {
        _ = await trial()
        #expect(target.journal.all.first == "register sessions hp-test-… of the pool")
        #expect(target.effects.all.map(\.compensation) == [.returnSessions(prefix: "hp-test-")])
        #expect(target.journal.all.dropFirst().allSatisfy { $0.contains(" hp-test-") })
    }

    @Test func `without a registered undo no session is taken`() async {
        var target = target
        target.effects = FakeEffects(failing: ProbeError(ourSide: "disk full"))
        #expect(await target.run(PoolCapacity(target.probes)).outcome == .error(.tool))
        #expect(target.pool.checkOuts == 0)
    }

    @Test func `thorough takes 2995 samples`() async {
        #expect(await trial(mode: .thorough).measurement("check_out")?.n == 2995)
    }

    @Test(arguments: [1, 2, 299, 300, 500])
    func `a pool of any size is filled whole at least once, and emptied`(size: Int) async {
        let trial = await trial { $0.size = size }
        #expect(trial.outcome.word == .pass)
        #expect(target.pool.mostHeld == size)
        #expect(target.pool.held.isEmpty)
    }

    // MARK: - Times

    @Test(arguments: [(49.699999, Outcome.Word.pass), (49.7, .fail), (400, .fail)])
    func `a p99 below the limit passes, at the limit it fails`(milliseconds: Double, word: Outcome.Word) async {
        // The way there and back takes 0.3 ms; a p99 of 299 is the third largest.
        let times = Array(repeating: milliseconds, count: 3) + [49]
        #expect(await trial { $0.milliseconds = times }.outcome.word == word)
        #expect(target.pool.held.isEmpty)
    }

    @Test(arguments: [(2, Outcome.Word.pass), (3, .fail)])
    func `two slow check-outs of 299 are within a p99, three are not`(slow: Int, word: Outcome.Word) async {
        let trial = await trial { $0.milliseconds = Array(repeating: 100, count: slow) + [0.05] }
        #expect(trial.outcome.word == word)
        #expect(trial.measurement("check_out")?.n == (slow == 2 ? 299 : 5))
    }

    @Test func `a slow pool is given back at once and not filled further`() async {
        let trial = await trial { $0.milliseconds = [400] }
        #expect(trial.outcome == .fail(.criterion))
        #expect(target.pool.checkOuts == 5)
        #expect(target.pool.held.isEmpty)
    }

    @Test func `a busy host excuses a near miss and withholds no green`() async {
        let busy = HostNoise(pressure: "21", steal: nil)
        #expect(await trial(noise: busy) { $0.milliseconds = [60] }.outcome == .unverified(.noisyHost))
        #expect(await trial(noise: busy) { $0.milliseconds = [120] }.outcome == .fail(.criterion))
        #expect(await trial(noise: busy) { $0.milliseconds = [0.05] }.outcome.word == .pass)
    }

    // MARK: - Times that the target tells

    /// Milliseconds as a hook tells them that measures nothing, by turns, and what is seen in them.
    private static let unmeasured: [(turns: [Double], seen: String)] = [
        ([3], "is 3.00 ms in each of 299 samples: variance 0, no timer grain"),
        ([0.011], "is 11.0 µs in each of 299 samples: variance 0, no timer grain"),
        ([2, 3, 4], "moves in whole steps of 1.00 ms in all 299 samples: no timer grain"),
        ([2.000003, 3.000003], "shows only 2 different times in 299 samples: no timer grain"),
    ]

    private func trial(telling turns: [Double]) async -> CheckTrial {
        await trial {
            $0.milliseconds = (0..<299).map { turns[$0 % turns.count] }
            $0.hasMeasuredWay = true
        }
    }

    @Test(arguments: unmeasured)
    func `trap 6: a hook that tells a constant or quantised time is implausible, and it says what was seen`(
        turns: [Double], seen: String
    ) async {
        let trial = await trial(telling: turns)
        #expect(trial.outcome == .unverified(.implausible))
        #expect(trial.sentence == "check_out_inside " + seen)
        #expect(trial.measurement("check_out")?.result == .pass)
        #expect(trial.remediation?.cause.contains(seen) == true)
        #expect(trial.remediation?.steps.first?.command == "desk pool")
        #expect(target.pool.held.isEmpty)
    }

    @Test(arguments: [
        [0], [0.002], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 7], [0.003, 0.004, 0.005], [0.3, 0.4, 0.5], [1.1, 1.2, 1.3],
    ])
    func `a target whose clock is coarser than its pool is quick is believed`(turns: [Double]) async {
        let trial = await trial(telling: turns)
        #expect(trial.outcome.word == .pass, "\(trial.sentence)")
    }

    @Test func `when our own clock has no grain, the advice is about our host`() async {
        let trial = await trial { $0.milliseconds = Array(repeating: 0.2, count: 299) }
        #expect(trial.measurement("check_out")?.result == .implausible)
        #expect(trial.measurement("check_out_inside")?.result == .implausible)
        let alone = await self.trial { $0.milliseconds = [0] }
        #expect(alone.sentence == "check_out is 300 µs in each of 299 samples: variance 0, no timer grain")
        #expect(alone.remediation?.steps.first?.command?.contains("clocksource") == true)
    }

    @Test func `constant times beyond the limit are a proven miss all the same`() async {
        let late = Array(repeating: 3.0, count: 296) + [80, 80, 80]
        #expect(await trial { $0.milliseconds = late }.outcome == .fail(.criterion))
    }

    // MARK: - At full use, and after it

    @Test func `somebody who waits at full use fails`() async {
        let trial = await trial { $0.waiting = 1 }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("waiting_at_full_use")?.value == "1")
    }

    @Test(arguments: [-1, 1])
    func `a pool that counts one off at full use fails`(off: Int) async {
        let trial = await trial {
            $0.shows = { state in
                var state = state
                if state.inUse == state.size { state.inUse += off }
                return state
            }
        }
        #expect(trial.outcome.word == .fail)
        #expect(target.pool.held.isEmpty)
    }

    @Test func `sessions that do not come back fail by that kind, with their number`() async {
        let trial = await trial { $0.leaks = { _ in true } }
        #expect(trial.outcome == .fail(.criterion))
        let missed = trial.judgement.measurements.first { $0.result == .fail }
        #expect(missed?.name == "leaked_sessions" && missed?.criterion?.fail == "0")
        #expect(trial.kinds == ["sessions-leaked"])
        #expect(trial.measurement("leaked_sessions")?.value == "8")
        #expect(trial.sentence.contains("8 of 8"))
        #expect(trial.remediation?.steps.first?.command == "desk pool")
        // Eight, and the one beyond them that was refused.
        #expect(target.pool.checkOuts == 9)
    }

    @Test(arguments: [1, 20, 304])
    func `one session that does not come back is seen, from the first to the last return`(number: Int) async {
        let trial = await trial { $0.leaks = { $0 == number } }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["sessions-leaked"])
        #expect(trial.measurement("leaked_sessions")?.value == "1")
    }

    @Test func `sessions that come back a little later are waited for`() async {
        #expect(await trial { $0.lag = 3 }.outcome.word == .pass)
    }

    @Test func `one leaked session of a pool that others use is seen`() async {
        let trial = await trial {
            $0.size = 3
            $0.others = { _ in ["app-1", "app-2"] }
            $0.leaks = { _ in true }
        }
        #expect(trial.kinds == ["sessions-leaked"])
        #expect(trial.measurement("leaked_sessions")?.value == "1")
    }

    @Test func `a session that is refused below capacity fails by that kind`() async {
        let trial = await trial { $0.capacity = 5 }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["pool-exhausted"])
        #expect(trial.measurement("free_when_refused")?.value == "3")
        #expect(trial.sentence.contains("while 5 of 8 were in use"))
        #expect(target.pool.held.isEmpty)
    }

    @Test func `a pool that is full before we come fails, and is not touched`() async {
        let trial = await trial { $0.unnamed = 8 }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["pool-exhausted"])
        #expect(trial.measurement("free_before")?.value == "0")
        #expect(target.pool.checkOuts == 0)
    }

    @Test func `returns of what was not held fail`() async {
        let trial = await trial { $0.forgets = true }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["session-lost"])
    }

    // MARK: - Where it ends

    @Test(arguments: [1, 8, 300])
    func `a pool that gives out more than its size fails, and everything goes back`(size: Int) async {
        let trial = await trial {
            $0.size = size
            $0.capacity = .max
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["pool-unbounded"])
        #expect(trial.measurement("sessions_beyond_size")?.value == "1")
        #expect(trial.sentence.contains("with all \(size) sessions in use another was given out"))
        #expect(trial.remediation?.summary.contains("upper bound") == true)
        #expect(target.pool.mostHeld == size + 1)
        #expect(target.pool.held.isEmpty)
    }

    @Test func `a pool without an end that tells no more than its size is found out by what we hold`() async {
        let trial = await trial {
            $0.capacity = .max
            $0.shows = { PoolState(size: $0.size, inUse: min($0.size, $0.inUse), waiting: 0) }
        }
        #expect(trial.kinds == ["pool-unbounded"])
        #expect(target.pool.held.isEmpty)
    }

    @Test func `a pool without an end is found out though others use it too`() async {
        let trial = await trial {
            $0.capacity = .max
            $0.others = { _ in ["app-1", "app-2"] }
            $0.unnamed = 1
        }
        #expect(trial.kinds == ["pool-unbounded"])
        #expect(target.pool.held.isEmpty)
    }

    @Test func `one session more is asked for once, and its refusal is kept as evidence`() async {
        let trial = await trial()
        #expect(trial.measurement("sessions_beyond_size")?.value == "0")
        #expect(target.pool.checkOuts == 299 + 5 + 1)
        #expect(target.evidence.all.first?.text.contains("asked for at full use: refused") == true)
    }

    @Test func `where the end was never met nothing is said about full use`() async throws {
        let check = PoolCapacity(target.probes)
        var observation = try await check.collect(in: target.context())
        observation.beyond = nil
        let criteria = target.criteria.criteria
        #expect(check.judge(observation, by: criteria).outcome(requiring: .exercised) == .unverified(.noSamples))
        observation.mostWaiting = 1
        #expect(check.judge(observation, by: criteria).outcome(requiring: .exercised) == .fail(.criterion))
    }

    // MARK: - Others in the pool

    @Test func `what others hold is left to them, and full use is reached all the same`() async {
        let trial = await trial {
            $0.others = { _ in ["app-1", "app-2"] }
            $0.unnamed = 1
        }
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("in_use_before")?.value == "3")
        #expect(target.pool.mostHeld == 5)
    }

    @Test func `others who come and go by name are no leak and no refusal`() async {
        let trial = await trial {
            $0.others = { changes in (0..<(changes / 7) % 3).map { "app-\($0)" } }
        }
        #expect(trial.outcome.word == .pass)
        #expect(target.pool.held.isEmpty)
    }

    // MARK: - Trouble

    // The first two calls look at the pool, eight take a session each, one looks, one asks for a ninth, eight give back,
    // two look again.
    @Test(arguments: [(1, 0), (2, 0), (3, 1), (11, 8), (12, 8), (13, 7), (21, 0), (23, 1)])
    func `a target that goes away midway is unverified, and the undo gives back what is held`(
        at: Int, held: Int
    ) async throws {
        let trial = await trial { $0.failure = (at, ProbeError(.unreachable, at: .surface, "reset")) }
        #expect(trial.outcome == .unverified(.targetUnreachable))
        #expect(target.pool.held.count == held)
        #expect(target.effects.all.count == 1)
        target.pool.change { $0.failure = nil }
        try await target.undo()
        #expect(target.pool.held.isEmpty)
    }

    @Test(arguments: [
        (ProbeError.Meeting.notOffered, UnverifiedReason.hookMissing), (.nonsense, .badAnswer),
        (.unauthorised, .credentialMissing),
    ])
    func `a pool that cannot be asked is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        #expect(await trial { $0.failure = (1, ProbeError(met, at: .surface, "no")) }.outcome == .unverified(reason))
    }

    @Test(arguments: [
        PoolState(size: 0, inUse: 0, waiting: 0), .init(size: 8, inUse: -1, waiting: 0),
        .init(size: 8, inUse: 0, waiting: -1), .init(size: 10_001, inUse: 0, waiting: 0),
    ])
    func `a state that no pool is in makes no sense`(state: PoolState) async {
        #expect(await trial { $0.shows = { _ in state } }.outcome == .unverified(.badAnswer))
        #expect(target.pool.checkOuts == 0)
    }

    @Test func `a session that was had before it was asked for makes no sense`() async {
        #expect(await trial { $0.milliseconds = [-1] }.outcome == .unverified(.badAnswer))
    }

    @Test func `a cancelled body takes no session`() async {
        let check = PoolCapacity(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.pool.checkOuts == 0)
    }

    @Test func `a pool that was never full says nothing about full use`() async throws {
        let check = PoolCapacity(target.probes)
        var observation = try await check.collect(in: target.context())
        observation.fullLooks = 0
        let judgement = check.judge(observation, by: target.criteria.criteria)
        #expect(judgement.outcome(requiring: .exercised) == .unverified(.noSamples))
    }

    @Test func `it comes after every other check`() {
        let all = ValidatorRegistry.all(target.probes).flatMap(\.checks).map(\.definition)
        let last = all.first { $0.id == "database.pool.capacity" }
        #expect(Set(last?.after ?? []) == Set(all.map(\.id)).subtracting(["database.pool.capacity"]))
    }
}
