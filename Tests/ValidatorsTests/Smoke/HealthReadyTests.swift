import Readiness
import TestSupport
import Testing
import Validators

struct HealthReadyTests {
    private let target = FakeTarget()

    private func trial(_ criteria: Criteria? = nil) async -> CheckTrial {
        await target.run(HealthReady(target.probes), criteria: criteria)
    }

    @Test func `a ready target passes at the required grade, and its identity is in the evidence`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .observed)
        #expect(target.evidence.all.first?.text.contains("0123abc") == true)
    }

    @Test func `a well-formed "not ready" fails by criterion, and nobody asks for an identity`() async {
        target.discovery.answer(ReadinessAnswer(isReady: false, reason: "warming up", capabilities: ["identity"]))
        target.discovery.failIdentity(ProbeError(.nonsense, at: .surface, "503"))
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.contains("not-ready"))
        #expect(trial.sentence.contains("warming up"))
    }

    @Test(arguments: [(500, Outcome.Word.pass), (501, .fail)])
    func `an answer at the limit is in time, one millisecond later it is not`(milliseconds: Int, word: Outcome.Word)
        async
    {
        let ready = ReadinessAnswer(isReady: true, reason: nil, capabilities: Capability.allCases.map(\.rawValue))
        target.discovery.answer(ready, after: .milliseconds(milliseconds))
        #expect(await trial().outcome.word == word)
    }

    @Test func `a capability that is expected and not offered fails, with the place that expects it`() async {
        let offered = Capability.allCases.map(\.rawValue).filter { $0 != "orders.stream" }
        target.discovery.answer(ReadinessAnswer(isReady: true, reason: nil, capabilities: offered + ["something.else"]))
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["capability-missing"])
        #expect(trial.measurement("capabilities_missing")?.value == "1")
        #expect(trial.judgement.findings.first?.location?.file == "criteria.yaml")
    }

    @Test func `a target that offers no identity is not asked for one`() async {
        let offered = Capability.allCases.map(\.rawValue).filter { $0 != "identity" }
        target.discovery.answer(ReadinessAnswer(isReady: true, reason: nil, capabilities: offered))
        _ = await trial()
        #expect(target.discovery.calls == 1)
    }

    @Test func `a ready answer that also says why not is only a warning`() async {
        let all = Capability.allCases.map(\.rawValue)
        target.discovery.answer(ReadinessAnswer(isReady: true, reason: "draining", capabilities: all))
        #expect(await trial().outcome == .warn(.band))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.fail(.unreachable)), (.unauthorised, .fail(.badAnswer)),
        (.notOffered, .fail(.badAnswer)), (.nonsense, .fail(.badAnswer)),
    ])
    func `its subject is reachability, so an endpoint that is gone is a fail`(met: ProbeError.Meeting, outcome: Outcome)
        async
    {
        target.discovery.fail(ProbeError(met, at: .surface, "no"))
        let trial = await trial()
        #expect(trial.outcome == outcome)
        #expect(trial.remediation?.steps.contains { $0.command != nil } == true)
    }

    @Test func `an identity that is offered and then fails is a bad answer`() async {
        target.discovery.failIdentity(ProbeError(.nonsense, at: .surface, "html"))
        #expect(await trial().outcome == .fail(.badAnswer))
    }

    @Test func `our own trouble is an error, a cancel is a cancel without advice`() async {
        target.discovery.fail(ProbeError(ourSide: "no descriptors left"))
        #expect(await trial().outcome == .error(.tool))
        target.discovery.fail(.cancelled)
        let trial = await trial()
        #expect(trial.outcome == .cancelled)
        #expect(trial.remediation == nil)
    }

    @Test func `a million made-up capabilities do not become a million findings`() async {
        var builder = CriteriaBuilder()
        builder.lists["smoke.expected_capabilities"] = (0..<1000).map { "c\($0)" }
        let trial = await trial(builder.criteria)
        #expect(trial.judgement.findings.count == 41)
        #expect(trial.measurement("capabilities_missing")?.value == "1000")
    }
}
