import Readiness
import TestSupport
import Testing
import Validators

struct KillSwitchReleasedTests {
    private let target = FakeTarget()

    private func trial() async -> CheckTrial { await target.run(KillSwitchReleased(target.probes)) }

    @Test func `a released switch passes`() async {
        #expect(await trial().outcome.word == .pass)
    }

    @Test func `an engaged switch fails and says who engaged it`() async {
        target.killSwitch.answer(KillSwitchState(isEngaged: true, by: "risk desk"))
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.sentence.contains("risk desk"))
        #expect(trial.remediation?.steps.contains { $0.command == "desk killswitch release" && $0.undo != nil } == true)
    }

    @Test func `an engaged switch that names nobody is engaged all the same`() async {
        target.killSwitch.answer(KillSwitchState(isEngaged: true, by: nil))
        #expect(await trial().outcome == .fail(.criterion))
    }

    @Test func `a released switch that names who engaged it contradicts itself, and is not green`() async {
        target.killSwitch.answer(KillSwitchState(isEngaged: false, by: "somebody"))
        #expect(await trial().outcome == .fail(.finding("contradictory-answer")))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `what cannot be asked is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.killSwitch.fail(ProbeError(met, at: .surface, "no"))
        let trial = await trial()
        #expect(trial.outcome == .unverified(reason))
        #expect(trial.remediation?.verify == ["smoke.health.ready", "smoke.killswitch.released"])
    }

    @Test func `commands of ours name the target of a profile`() async {
        var probes = target.probes
        probes.runbook.targetOption = " --target desk.yaml"
        target.killSwitch.fail(ProbeError(.notOffered, at: .surface, "no"))
        let commands = await target.run(KillSwitchReleased(probes)).remediation?.steps.compactMap(\.command) ?? []
        #expect(commands.contains("holdpoint explain smoke.killswitch.released --target desk.yaml"), "\(commands)")
    }

    @Test func `a cancelled body is cancelled`() async {
        target.killSwitch.fail(.cancelled)
        #expect(await trial().outcome == .cancelled)
    }
}
