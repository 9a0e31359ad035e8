import Engine
import Readiness
import Synchronization
import Testing

/// A target that ends while a check works on it, whatever that check makes of the silence.
struct LostTargetTests {
    /// Answers as told, in order; the last answer stays.
    private final class ScriptedReachability: ReachabilityProbe {
        private let answers: Mutex<[Bool]>
        private let asked = Mutex(0)

        init(_ answers: [Bool]) { self.answers = Mutex(answers) }

        var looks: Int { asked.withLock { $0 } }

        func isReachable(_ endpoint: Endpoint) async -> Bool {
            asked.withLock { $0 += 1 }
            return answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    /// Ready at the first look, refused at each that follows.
    private func health() -> ScriptedCheck {
        let looks = Mutex(0)
        return ScriptedCheck.running("smoke.health.ready", hooks: [.discovery]) { (context) async throws(ProbeError) in
            let look = looks.withLock { value -> Int in
                value += 1
                return value
            }
            if look > 1 { throw ProbeError(.unreachable, at: .surface, "refused") }
            let evidence = try await context.evidence.record("ready", as: .observation, grade: .observed)
            return .init(value: 1, evidence: evidence)
        }
    }

    /// Restarts the target and judges by itself that it did not come back.
    private func drill(value: Int = 0, changing effect: EffectDescription? = nil) -> ScriptedCheck {
        ScriptedCheck.running(
            "test.a.drill", requires: ["smoke.health.ready"], locks: [.targetProcess], hooks: [.control],
            effects: .disruptive
        ) { (context) async throws(ProbeError) in
            if let effect { try await context.effects.register(effect) }
            let evidence = try await context.evidence.record("restarted", as: .orderTrace, grade: .exercised)
            return .init(value: value, evidence: evidence)
        }
    }

    private func later() -> ScriptedCheck {
        ScriptedCheck.valued("test.b.later", after: ["test.a.drill"], hooks: [.orderSubmit])
    }

    @Test func `a target that ends in a drill that judges so itself is red in a further round`() async throws {
        let run = try TestRun([health(), drill(), later()], reachability: FixedReachability(isThere: false))
        let summary = try await run.finish()
        #expect(summary["test.a.drill"]?.reason == "criterion")
        #expect(summary["smoke.health.ready"]?.reason == "unreachable")
        #expect(summary["smoke.health.ready"]?.earlier.map(\.outcome) == [.pass])
        #expect(summary["test.b.later"]?.outcome == .blocked)
        #expect(summary["test.b.later"]?.rootCause == "smoke.health.ready")
        #expect(summary.rounds == 2 && summary.roundReason == "target_lost")
        #expect(summary.decision.verdict == .noGo)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `a drill that is red on a target that is there opens no round`() async throws {
        let reachability = ScriptedReachability([true])
        let run = try TestRun([health(), drill(), later()], reachability: reachability)
        let summary = try await run.finish()
        #expect(summary.rounds == 1 && reachability.looks == 1)
        #expect(summary["test.b.later"]?.outcome == .pass)
        #expect(summary["smoke.health.ready"]?.outcome == .pass)
    }

    @Test func `a drill that is green asks nothing more`() async throws {
        let reachability = ScriptedReachability([true])
        let summary = try await TestRun([health(), drill(value: 1), later()], reachability: reachability).finish()
        #expect(summary.decision.verdict == .go)
        #expect(reachability.looks == 0)
    }

    @Test func `a target that is gone when a change is to be taken back is red, though the check was green`()
        async throws
    {
        let compensator = RecordingCompensator { (_) async throws(ProbeError) in
            throw ProbeError(.unreachable, at: .surface, "refused")
        }
        let run = try TestRun(
            [health(), drill(value: 1, changing: .order("x")), later()],
            reachability: FixedReachability(isThere: false), compensator: compensator)
        let summary = try await run.finish()
        #expect(summary["test.a.drill"]?.outcome == .pass)
        #expect(summary["smoke.health.ready"]?.outcome == .fail)
        #expect(summary["test.b.later"]?.outcome == .blocked)
        #expect(summary.roundReason == "target_lost")
        #expect(summary.decision.reasons.map(\.rule) == [.unwaivedFail, .targetDisturbed, .requiredBlocked])
        #expect(summary.decision.reasons[1].check == "test.a.drill")
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }

    @Test func `a target that was there after the check is looked at again when taking back fails`() async throws {
        let reachability = ScriptedReachability([true, false])
        let compensator = RecordingCompensator { (_) async throws(ProbeError) in
            throw ProbeError(.unreachable, at: .surface, "refused")
        }
        let run = try TestRun(
            [health(), drill(changing: .order("x")), later()], reachability: reachability, compensator: compensator)
        let summary = try await run.finish()
        #expect(reachability.looks == 2)
        #expect(summary["smoke.health.ready"]?.outcome == .fail)
        #expect(summary["test.b.later"]?.outcome == .blocked)
        #expect(try LogVerifier.verify(path: run.log.path).summary == summary)
    }
}
