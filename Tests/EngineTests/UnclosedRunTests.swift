import Engine
import Readiness
import Testing

/// The verdict on a log that ends before `run.finished`: a run that was killed.
struct UnclosedRunTests {
    private func events(bar: Severity = .low) async throws -> [ValidationEvent] {
        let run = try TestRun(
            [
                ScriptedCheck.valued("test.a.one"), ScriptedCheck.valued("test.b.two", 0, severity: .medium),
                ScriptedCheck.valued("test.c.three", after: ["test.b.two"]),
            ], width: 1, policy: GatePolicy(version: "test", failOnSeverity: bar, digest: "none"))
        _ = try await run.finish()
        return await run.events { _ in false }
    }

    private func decide(_ events: some Sequence<ValidationEvent>) -> GateDecision {
        Gate.decide(unclosed: RunSummary(folding: events))
    }

    @Test func `what was red when the run was killed is a no-go, at every place it may have been cut`() async throws {
        let events = try await events()
        let red = try #require(
            events.firstIndex { $0.check == "test.b.two" && $0.body.kind == .checkFinished })
        for end in 1..<events.count {
            let decision = decide(events[..<end])
            #expect(decision.verdict == (end > red ? .noGo : .hold), "cut before event \(end + 1)")
            #expect(decision.reasons.contains(VerdictReason(.logIncomplete)))
            #expect(decision.reasons.contains(VerdictReason(.unwaivedFail, "test.b.two")) == (end > red))
        }
    }

    @Test func `the gate's own words are not needed for that`() async throws {
        let events = try await events().filter { $0.body.kind != .gateChanged && $0.body.kind != .runFinished }
        #expect(decide(events).verdict == .noGo)
    }

    @Test func `a fail below the bar that the log names holds for being cut off alone`() async throws {
        let events = try await events(bar: .high).dropLast()
        let decision = decide(events)
        #expect(decision.verdict == .hold)
        #expect(decision.reasons.map(\.rule) == [.logIncomplete, .failBelowBar])
    }

    @Test func `all green and cut off holds`() async throws {
        let run = try TestRun([ScriptedCheck.valued("test.a.one")])
        #expect(try await run.finish().decision.verdict == .go)
        let decision = decide(await run.events { _ in false }.dropLast())
        #expect(decision.verdict == .hold)
        #expect(decision.reasons == [VerdictReason(.logIncomplete)])
    }

    @Test func `a decision takes the place of the gate's last word, and never of a closed run's`() async throws {
        let events = try await events()
        let decision = GateDecision(verdict: .hold, reasons: [], coverage: Coverage(required: 0, verified: 0))
        var unclosed = RunSummary(folding: events.dropLast())
        unclosed.decide(decision)
        #expect(unclosed.decision == decision)
        var closed = RunSummary(folding: events)
        closed.decide(decision)
        #expect(closed.decision.verdict == .noGo)
    }
}
