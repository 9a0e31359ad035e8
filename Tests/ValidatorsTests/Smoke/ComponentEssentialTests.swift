import Readiness
import TestSupport
import Testing
import Validators

struct ComponentEssentialTests {
    private let target = FakeTarget()

    private func trial(_ criteria: Criteria? = nil) async -> CheckTrial {
        await target.run(ComponentEssential(target.probes), criteria: criteria)
    }

    /// One component behaves differently; the others work.
    private func show(_ name: String, _ change: @escaping @Sendable (ComponentState, Int) -> [ComponentState]) {
        target.components.show { look in
            ComponentState.working(look).flatMap { $0.name == name ? change($0, look) : [$0] }
        }
    }

    private func stands(_ name: String, at events: Int64, until look: Int = .max) {
        show(name) { state, now in
            [ComponentState(name: state.name, state: state.state, events: now >= look ? events + 1 : events)]
        }
    }

    @Test func `components at work pass, and are watched no longer than it takes`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("components_at_work")?.value == "6")
        #expect(target.components.looks == 2)
    }

    // Looks are 100 ms apart, two heartbeats are 2 s.
    @Test(arguments: [(20, Outcome.Word.pass), (21, .fail)])
    func `a count that rises within two heartbeats is work, one look later it is not`(look: Int, word: Outcome.Word)
        async
    {
        stands("risk", at: 12, until: look)
        #expect(await trial().outcome.word == word)
        #expect(target.components.looks == 21)
    }

    @Test func `a component that died in a living process is found, though it says that it runs`() async {
        stands("state_machine", at: 812)
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["component-idle"])
        #expect(trial.measurement("components_at_work")?.value == "5")
        #expect(trial.sentence.contains("state_machine") && trial.sentence.contains("812"))
    }

    @Test func `a component that never worked is idle`() async {
        stands("gateway", at: 0)
        let trial = await trial()
        #expect(trial.kinds == ["component-idle"])
        #expect(trial.sentence.contains("since the start"))
    }

    @Test func `a component that says anything but running is not waited for`() async {
        show("gateway") { state, _ in [ComponentState(name: state.name, state: "halted", events: 5)] }
        let trial = await trial()
        #expect(trial.kinds == ["component-not-running"])
        #expect(trial.sentence.contains("halted"))
        #expect(target.components.looks == 2)
    }

    @Test func `a component that stops while we watch is found`() async {
        show("gateway") { state, look in
            [ComponentState(name: state.name, state: look == 0 ? "running" : "failed", events: state.events)]
        }
        #expect(await trial().kinds == ["component-not-running"])
    }

    @Test func `a missing component fails, with the place that expects it`() async {
        show("repositories") { _, _ in [] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["component-missing"])
        #expect(trial.judgement.findings.first?.location?.file == "criteria.yaml")
    }

    @Test func `a component that is told twice, and a count that falls, are contradictions`() async {
        show("risk") { state, _ in [state, state] }
        #expect(await trial().kinds == ["component-ambiguous"])
        show("risk") { state, look in [ComponentState(name: state.name, state: "running", events: 900 - Int64(look))] }
        #expect(await trial().kinds == ["component-restarted"])
    }

    @Test func `a component that appears late, and idle, has done no work`() async {
        show("risk") { state, look in
            look == 0 ? [] : [ComponentState(name: state.name, state: "running", events: 0)]
        }
        #expect(await trial().kinds == ["component-idle"])
    }

    @Test func `a component that nobody calls essential may be what it likes`() async {
        target.components.show {
            ComponentState.working($0) + [ComponentState(name: "report_writer", state: "stopped", events: 0)]
        }
        #expect(await trial().outcome.word == .pass)
    }

    @Test func `nothing expected is nothing measured, not a pass`() async {
        var builder = CriteriaBuilder()
        builder.lists["smoke.essential_components"] = []
        let trial = await trial(builder.criteria)
        #expect(trial.outcome == .unverified(.noSamples))
        #expect(trial.remediation?.cause.contains("smoke.essential_components") == true)
    }

    @Test func `judged again by another list, a short watch proves no idleness`() async throws {
        let check = ComponentEssential(target.probes)
        let seen = try await check.collect(in: target.context())
        func word(watched: Duration, events: Int64) -> Outcome.Word {
            let states = [ComponentState(name: "report_writer", state: "running", events: events)]
            var builder = CriteriaBuilder()
            builder.lists["smoke.essential_components"] = ["report_writer"]
            var observation = seen
            (observation.first, observation.last, observation.watched) = (states, states, watched)
            return check.judge(observation, by: builder.criteria).outcome(requiring: .observed).word
        }
        #expect(word(watched: .milliseconds(100), events: 7) == .pass)
        #expect(word(watched: .milliseconds(100), events: 0) == .fail)
        #expect(word(watched: .seconds(2), events: 7) == .fail)
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, Outcome.unverified(.targetUnreachable)),
        (.notOffered, .unverified(.hookMissing)), (.nonsense, .unverified(.badAnswer)), (.ourSide, .error(.tool)),
    ])
    func `a target that stops answering leaves it unverified`(met: ProbeError.Meeting, outcome: Outcome) async {
        let error = met == .ourSide ? ProbeError(ourSide: "bug") : ProbeError(met, at: .surface, "no")
        target.components.fail(error, at: 1)
        #expect(await trial().outcome == outcome)
    }

    @Test func `a cancelled watch ends at once`() async {
        stands("risk", at: 5)
        let check = ComponentEssential(target.probes)
        let task = Task { [target] in
            withUnsafeCurrentTask { $0?.cancel() }
            return await target.run(check)
        }
        #expect(await task.value.outcome == .cancelled)
        #expect(target.components.looks == 1)
    }
}
