import Engine
import Readiness
import Synchronization
import Testing

struct RetryTests {
    private let ours = ProbeError(ourSide: "no socket to be had")
    private let reset = ProbeError(.unreachable, at: .surface, "connection reset", isTransient: true)

    private func finish(
        _ checks: [any Check], compensator: RecordingCompensator = RecordingCompensator()
    ) async throws -> (run: TestRun, summary: RunSummary, events: [ValidationEvent]) {
        let run = try TestRun(checks, clock: HastyClock(), compensator: compensator)
        let summary = try await run.finish()
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
        return (run, summary, await run.events { _ in false })
    }

    @Test func `a check that breaks on our side once passes as flaky, and says what happened first`() async throws {
        let (_, summary, events) = try await finish([ScriptedCheck.stumbling("test.a.b", over: [ours])])
        let record = try #require(summary["test.a.b"])
        #expect(record.outcome == .warn && record.reason == "flaky")
        #expect(record.attempts == 2 && record.result?.attempts == 2)
        #expect(record.result?.message.contains("no socket to be had") == true)
        #expect(
            record.superseded == [
                AttemptFinished(
                    attempt: 1, outcome: .error, reason: "tool", message: "no socket to be had", nextInMs: 200)
            ])
        #expect(summary.decision.verdict == .goWithConditions)
        let starts = events.compactMap { event -> Int? in
            if case .checkStarted(let start) = event.body { start.attempt } else { nil }
        }
        #expect(starts == [1, 2])
    }

    @Test func `only what the last attempt kept counts, and all of it is in the log`() async throws {
        let (_, summary, events) = try await finish([ScriptedCheck.stumbling("test.a.b", over: [ours])])
        let record = try #require(summary["test.a.b"])
        #expect(record.evidence.map(\.id) == ["r1.c1.a2.e1", "r1.c1.a2.e2"])
        #expect(record.measurements.map(\.evidence.id) == ["r1.c1.a2.e1"])
        let kept = events.compactMap { event -> String? in
            if case .checkEvidence(let evidence) = event.body { evidence.id } else { nil }
        }
        #expect(kept == ["r1.c1.e1", "r1.c1.a2.e1", "r1.c1.a2.e2"])
    }

    @Test func `trouble that the transport calls transient is tried again, but no third time`() async throws {
        let (_, summary, _) = try await finish([
            ScriptedCheck.stumbling("test.a.once", over: [reset]),
            ScriptedCheck.stumbling("test.b.twice", over: [reset, reset]),
        ])
        #expect(summary["test.a.once"]?.reason == "flaky")
        #expect(summary["test.b.twice"]?.outcome == .unverified)
        #expect(summary["test.b.twice"]?.reason == "target_unreachable")
        #expect(summary["test.b.twice"]?.result?.attempts == 2)
    }

    @Test func `a body that stops unasked is a bug of ours and tried again`() async throws {
        let (_, summary, _) = try await finish([ScriptedCheck.stumbling("test.a.b", over: [.cancelled])])
        #expect(summary["test.a.b"]?.reason == "flaky")
        #expect(summary["test.a.b"]?.superseded.map(\.reason) == ["bug"])
    }

    @Test func `a fail, nonsense, silence and a missing criterion are never tried again`() async throws {
        var unjudged = JudgedCheck(ScriptedCheck.valued("test.d.unjudged"))
        unjudged.judgement = .missing("a.b")
        let (_, summary, events) = try await finish([
            ScriptedCheck.valued("test.a.fails", 0),
            ScriptedCheck.stumbling("test.b.nonsense", over: [ProbeError(.nonsense, at: .surface, "html")]),
            ScriptedCheck.stumbling("test.c.silent", over: [ProbeError(.unreachable, at: .ledger, "silent")]),
            unjudged,
            ScriptedCheck.stumbling("smoke.health.ready", over: [reset]),
        ])
        #expect(summary["test.a.fails"]?.outcome == .fail)
        #expect(summary["test.b.nonsense"]?.reason == "bad_answer")
        #expect(summary["test.c.silent"]?.reason == "target_unreachable")
        #expect(summary["test.d.unjudged"]?.reason == "configuration")
        // Where reachability is the subject, being reset is evidence against it.
        #expect(summary["smoke.health.ready"]?.reason == "unreachable")
        #expect(!events.contains { $0.body.kind == .checkAttemptFinished })
        #expect(summary.checks.allSatisfy { $0.attempts == 1 })
    }

    @Test func `what an attempt changed is undone before the next one starts`() async throws {
        let (run, summary, events) = try await finish([
            ScriptedCheck.stumbling("test.a.b", over: [ours], changing: .order("x"))
        ])
        #expect(summary["test.a.b"]?.reason == "flaky")
        #expect(run.compensator.performed == [.order("x"), .order("x")])
        let kinds = events.map(\.body.kind).filter {
            [.checkStarted, .effectRegistered, .effectUndone, .checkAttemptFinished, .checkFinished].contains($0)
        }
        let attempt: [EventBody.Kind] = [.checkStarted, .effectRegistered, .effectUndone]
        #expect(kinds == attempt + [.checkAttemptFinished] + attempt + [.checkFinished])
    }

    @Test func `a target that was left disturbed is not tried on again`() async throws {
        let compensator = RecordingCompensator { (_) async throws(ProbeError) in
            throw ProbeError(.nonsense, at: .surface, "html")
        }
        let (_, summary, _) = try await finish(
            [ScriptedCheck.stumbling("test.a.b", over: [ours], changing: .order("x"))], compensator: compensator)
        #expect(summary["test.a.b"]?.outcome == .error)
        #expect(summary["test.a.b"]?.attempts == 1)
        #expect(summary.decision.verdict == .noGo)
    }

    @Test func `a check that is cancelled between two attempts is cancelled, and there is no second one`() async throws
    {
        let clock = ManualClock()
        let run = try TestRun([ScriptedCheck.stumbling("test.a.b", over: [ours])], clock: clock)
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .checkAttemptFinished }
        run.engine.send(.cancel("test.a.b"))
        let summary = try await ended
        #expect(summary["test.a.b"]?.outcome == .cancelled)
        #expect(summary["test.a.b"]?.result?.attempts == 1)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `a run that is being ended tries nothing again`() async throws {
        let clock = ManualClock()
        let run = try TestRun(
            [
                ScriptedCheck.running("test.a.b") { (context) async throws(ProbeError) in
                    do throws(ProbeError) { try await context.clock.sleep(for: .seconds(100)) } catch {
                        throw ProbeError(ourSide: "interrupted")
                    }
                    return .init(value: 1)
                }
            ], clock: clock)
        async let ended = run.finish()
        _ = await run.events { $0.body.kind == .checkStarted }
        run.engine.signal(15)
        let summary = try await ended
        #expect(summary["test.a.b"]?.outcome == .cancelled)
        #expect(summary["test.a.b"]?.attempts == 1)
    }

    @Test func `each attempt has a token of its own`() async throws {
        let tokens = Mutex<[String]>([])
        let (_, _, _) = try await finish([
            ScriptedCheck.running("test.a.b") { (context) async throws(ProbeError) in
                tokens.withLock { $0.append(context.token) }
                throw ProbeError(ourSide: "x")
            }
        ])
        #expect(Set(tokens.withLock { $0 }).count == 2)
    }
}

/// A check whose judgement is given.
struct JudgedCheck: Check {
    var check: ScriptedCheck
    var judgement = Judgement()

    init(_ check: ScriptedCheck) { self.check = check }

    var definition: CheckDefinition { check.definition }
    func collect(in context: CollectContext) async throws(ProbeError) -> ScriptedCheck.Observation {
        try await check.collect(in: context)
    }
    func judge(_ observation: ScriptedCheck.Observation, by criteria: Criteria) -> Judgement { judgement }
    func remediation(for trouble: Trouble<ScriptedCheck.Observation>) -> Remediation? { nil }
}
