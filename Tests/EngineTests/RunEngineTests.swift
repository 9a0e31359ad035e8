import Engine
import Glibc
import Readiness
import Synchronization
import Testing

struct RunEngineTests {
    @Test func `a run of green checks ends with go and every announced check finished once`() async throws {
        let run = try TestRun([
            ScriptedCheck.valued("test.a.one"), ScriptedCheck.valued("test.b.two", requires: ["test.a.one"]),
        ])
        let summary = try await run.finish()
        #expect(summary.decision.verdict == .go)
        #expect(summary.missing == 0)
        #expect(summary.counts[.pass] == 2)
        #expect(summary.decision.coverage == Coverage(required: 2, verified: 2))
        let verified = try LogVerifier.verify(path: run.log.path)
        #expect(verified.summary == summary)
    }

    @Test func `a red check is a no-go and blocks what requires it, with the root cause`() async throws {
        let run = try TestRun([
            ScriptedCheck.valued("test.a.one", 0), ScriptedCheck.valued("test.b.two", requires: ["test.a.one"]),
            ScriptedCheck.valued("test.c.three", requires: ["test.b.two"]), ScriptedCheck.valued("test.d.four"),
        ])
        let summary = try await run.finish()
        #expect(summary.decision.verdict == .noGo)
        #expect(summary["test.a.one"]?.outcome == .fail)
        #expect(summary["test.b.two"]?.outcome == .blocked)
        #expect(summary["test.c.three"]?.blockedBy == "test.b.two")
        #expect(summary["test.c.three"]?.rootCause == "test.a.one")
        #expect(summary["test.d.four"]?.outcome == .pass)
        #expect(summary.blockers == ["test.a.one"])
    }

    @Test func `a check that observed nothing is unverified and holds`() async throws {
        let summary = try await TestRun([ScriptedCheck.valued("test.a.one", nil)]).finish()
        #expect(summary["test.a.one"]?.outcome == .unverified)
        #expect(summary["test.a.one"]?.reason == "no_samples")
        #expect(summary.decision.verdict == .hold)
    }

    @Test func `a body that overruns is an error of ours, and the run ends`() async throws {
        let clock = ManualClock()
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.slow", hardLimit: .seconds(10)) { (context) async throws(ProbeError) in
                    try await context.clock.sleep(for: .seconds(1000))
                    return .init(value: 1)
                }
            ], clock: clock)
        async let ended = run.finish()
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        #expect(summary["test.a.slow"]?.outcome == .error)
        #expect(summary["test.a.slow"]?.reason == "checker_timeout")
        #expect(summary["test.a.slow"]?.isSlow == true)
        #expect(summary.decision.verdict == .hold)
    }

    @Test func `a body that will not stop is left behind and reported`() async throws {
        let clock = ManualClock()
        let release = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.stuck", hardLimit: .seconds(1), grace: .seconds(1)) { _ in
                    await withCheckedContinuation { continuation in release.withLock { $0 = continuation } }
                    return .init(value: 1)
                }
            ], clock: clock)
        async let ended = run.finish()
        while await run.engineIsOpen(clock, step: .milliseconds(500)) {}
        let summary = try await ended
        #expect(summary["test.a.stuck"]?.reason == "checker_timeout")
        #expect(summary["test.a.stuck"]?.result?.message.contains("left behind") == true)
        release.withLock { $0 }?.resume()
    }

    @Test func `a check may not register more than its definition says`() async throws {
        let run = try TestRun([
            ScriptedCheck.running("test.a.sly", effects: .read) { (context) async throws(ProbeError) in
                try await context.effects.register(EffectDescription(.load, "load", compensation: .restoreFeed))
                let evidence = try await context.evidence.record("x", as: .observation, grade: .exercised)
                return .init(value: 1, evidence: evidence)
            }
        ])
        #expect(try await run.finish()["test.a.sly"]?.outcome == .error)
    }

    @Test func `a target that dies midway is red in a further round, and blocks what had not started`() async throws {
        let health = Mutex(0)
        let run = try TestRun(
            [
                ScriptedCheck.running("smoke.health.ready", hooks: [.discovery]) { (context) async throws(ProbeError) in
                    let times = health.withLock { value -> Int in
                        value += 1
                        return value
                    }
                    if times > 1 { throw ProbeError(.unreachable, at: .surface, "refused") }
                    let evidence = try await context.evidence.record("ready", as: .observation, grade: .observed)
                    return .init(value: 1, evidence: evidence)
                },
                ScriptedCheck.running(
                    "test.a.first", requires: ["smoke.health.ready"], locks: [.paperAccount], hooks: [.orderSubmit]
                ) { (_) async throws(ProbeError) in throw ProbeError(.unreachable, at: .surface, "reset") },
                ScriptedCheck.valued(
                    "test.b.later", requires: ["smoke.health.ready"], locks: [.paperAccount], hooks: [.orderSubmit]),
                ScriptedCheck.valued("test.c.elsewhere"),
            ], reachability: FixedReachability(isThere: false))
        let summary = try await run.finish()
        #expect(summary["smoke.health.ready"]?.outcome == .fail)
        #expect(summary["smoke.health.ready"]?.earlier.map(\.outcome) == [.pass])
        #expect(summary["test.a.first"]?.reason == "target_unreachable")
        #expect(summary["test.a.first"]?.rootCause == "smoke.health.ready")
        #expect(summary["test.b.later"]?.outcome == .blocked)
        #expect(summary["test.c.elsewhere"]?.outcome == .pass)
        #expect(summary.rounds == 2)
        #expect(summary.roundReason == "target_lost")
        #expect(summary.missing == 0)
        #expect(summary.decision.verdict == .noGo)
        _ = try LogVerifier.verify(path: run.log.path)
    }

    @Test func `a rerun of a blocked check reruns its root cause and the path to it`() async throws {
        let value = Mutex(0)
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.root") { (context) async throws(ProbeError) in
                    let now = value.withLock { $0 }
                    let evidence = try await context.evidence.record("v\(now)", as: .observation, grade: .observed)
                    return .init(value: now, evidence: evidence)
                }, ScriptedCheck.valued("test.b.middle", requires: ["test.a.root"]),
                ScriptedCheck.valued("test.c.leaf", requires: ["test.b.middle"]), ScriptedCheck.valued("test.d.other"),
            ], closesWhenSettled: false)
        async let ended = run.finish()
        _ = await run.events { $0.gate?.verdict == .noGo && $0.gate?.reasons.count == 3 }
        value.withLock { $0 = 1 }
        run.engine.send(.rerun("test.c.leaf"))
        let events = await run.events { $0.gate?.verdict == .go }
        run.engine.send(.quit)
        let summary = try await ended
        let rounds = events.compactMap { event -> RoundStarted? in
            if case .roundStarted(let round) = event.body { round } else { nil }
        }
        #expect(rounds == [RoundStarted(checks: ["test.a.root", "test.b.middle", "test.c.leaf"], why: "operator")])
        #expect(summary.decision.verdict == .go)
        #expect(summary.rounds == 2)
        #expect(try LogVerifier.verify(path: run.log.path).summary.rounds == 2)
    }

    @Test func `quitting a run in progress cancels what runs and still closes the log`() async throws {
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.long") { (context) async throws(ProbeError) in
                    try await context.clock.sleep(for: .seconds(3600))
                    return .init(value: 1)
                }, ScriptedCheck.valued("test.b.after", requires: ["test.a.long"]),
            ], closesWhenSettled: false)
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .checkStarted }
        run.engine.send(.quit)
        let summary = try await ended
        #expect(summary["test.a.long"]?.outcome == .cancelled)
        #expect(summary["test.b.after"]?.outcome == .cancelled)
        #expect(summary.decision.verdict == .hold)
        _ = try LogVerifier.verify(path: run.log.path)
    }

    @Test func `a second signal does not wait for the grace of a stuck body`() async throws {
        let release = Mutex<CheckedContinuation<Void, Never>?>(nil)
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.stuck", grace: .seconds(3600)) { _ in
                    await withCheckedContinuation { continuation in release.withLock { $0 = continuation } }
                    return .init(value: 1)
                }
            ])
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .checkStarted }
        run.engine.signal(15)
        run.engine.signal(15)
        let summary = try await ended
        #expect(summary["test.a.stuck"]?.outcome == .error)
        #expect(summary.cancelling?.phase == "kill")
        release.withLock { $0 }?.resume()
    }

    @Test func `a full disk is a hold that names itself, and the file ends with a whole line`() async throws {
        let left = Mutex(3000)
        let run = try TestRun([ScriptedCheck.valued("test.a.one"), ScriptedCheck.valued("test.b.two")]) { file, bytes in
            let room = left.withLock { $0 }
            guard room > 0 else {
                errno = ENOSPC
                return -1
            }
            let count = min(room, bytes.count)
            left.withLock { $0 -= count }
            return write(file, bytes.baseAddress, count)
        }
        let summary = try await run.engine.run(opening: TestRun.opening, policy: TestRun.loaded)
        #expect(summary.decision.verdict == .hold)
        #expect(summary.decision.reasons.contains(VerdictReason(.logIncomplete)))
        #expect(run.log.trouble?.code == ENOSPC)
        await #expect(throws: LogTrouble.self) { try await run.log.close() }
        #expect {
            try LogVerifier.verify(path: run.log.path)
        } throws: {
            if case .incomplete? = $0 as? LogVerifier.Finding { true } else { false }
        }
    }

    @Test func `a disk that has room again loses no line`() async throws {
        let isFull = Mutex(true)
        let run = try TestRun([ScriptedCheck.valued("test.a.one")]) { file, bytes in
            if isFull.withLock({ $0 }) {
                errno = EFBIG
                return -1
            }
            return write(file, bytes.baseAddress, bytes.count)
        }
        let summary = try await run.engine.run(opening: TestRun.opening, policy: TestRun.loaded)
        #expect(summary.decision.verdict == .hold)
        isFull.withLock { $0 = false }
        try await run.log.close()
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }
}

extension TestRun {
    /// Moves the clock and yields until the run has ended.
    func engineIsOpen(_ clock: ManualClock, step: Duration) async -> Bool {
        if case .end = log.probe() { return false }
        clock.advance(by: step)
        // What the step woke has to come to its own end before the next one: one yield lets it start at most.
        for _ in 0..<20 { await Task.yield() }
        return true
    }
}

extension RunLog {
    enum Probe { case open, end }
    func probe() -> Probe { isFinished ? .end : .open }
}

extension ValidationEvent {
    var gate: GateDecision? { if case .gateChanged(let payload) = body { payload.decision } else { nil } }
}
