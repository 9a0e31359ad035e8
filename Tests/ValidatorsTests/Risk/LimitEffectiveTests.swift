import Readiness
import TestSupport
import Testing
import Validators

struct LimitEffectiveTests {
    private let target = FakeTarget()

    private func trial(_ change: (inout [EffectiveLimit]) -> Void = { _ in }) async -> CheckTrial {
        var limits = CriteriaBuilder().effective
        change(&limits)
        target.risk.report(limits)
        return await target.run(LimitEffective(target.probes))
    }

    @Test func `equal limits pass, one measurement each`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.measurements.count == 18)
        #expect(trial.measurement("price_collar_percent.hunter")?.unit == "%")
    }

    @Test func `equal is by value, not by spelling`() async {
        #expect(await trial { $0[0].value = "100" }.outcome.word == .pass)
    }

    @Test(arguments: ["100.01", "99.99", "100.00000000000000000000001"] as [DecimalValue])
    func `a limit that differs in its last digit fails`(value: DecimalValue) async {
        let trial = await trial { $0[0].value = value }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-differs"])
        #expect(trial.measurement("max_order_quantity.sniper")?.value == value)
    }

    @Test func `trap 13: a limit of the file that is not the process's fails, with both numbers and both places`()
        async
    {
        let trial = await trial {
            $0[7].value = "10.00"
            $0[7].source = "default"
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["limit-differs"])
        #expect(trial.measurement("price_collar_percent.hunter")?.value == "10.00")
        #expect(trial.measurement("price_collar_percent.hunter")?.criterion?.fail == "5.00")
        let finding = trial.judgement.findings.first
        #expect(finding?.message.contains("10.00, from default") == true)
        #expect(finding?.message.contains("5.00 at limits.yaml:17") == true)
        #expect(finding?.location == SourceLocation(file: "limits.yaml", line: 17))
    }

    @Test func `trap 13: a limit that the process lacks, and one that nobody declared, fail`() async {
        #expect(await trial { $0.removeLast() }.outcome == .fail(.finding("limit-missing")))
        let extra = EffectiveLimit(
            scope: "whale", name: "max_order_quantity", value: "1", isInclusive: true, source: "x")
        #expect(await trial { $0.append(extra) }.outcome == .fail(.finding("limit-extra")))
        #expect(await trial { $0 = [] }.outcome == .fail(.finding("limit-missing")))
    }

    @Test func `a limit that is listed twice counts with the number that differs`() async {
        let trial = await trial { limits in
            var second = limits[0]
            second.value = "1000.00"
            limits.append(second)
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.measurement("max_order_quantity.sniper")?.value == "1000.00")
        #expect(trial.kinds == ["limit-differs", "limit-ambiguous"])
    }

    @Test func `the right number that is denied itself is not the policy's limit`() async {
        #expect(await trial { $0[3].isInclusive = false }.outcome == .fail(.finding("limit-exclusive")))
    }

    @Test func `no declared limits are an error of configuration`() async {
        let trial = await target.run(LimitEffective(target.probes), criteria: Criteria())
        #expect(trial.outcome == .error(.configuration))
        #expect(trial.remediation?.steps.first?.command == "holdpoint config show")
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.notOffered, .hookMissing),
        (.nonsense, .badAnswer),
    ])
    func `limits that cannot be read are unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.risk.fail(ProbeError(met, at: .surface, "no"))
        #expect(await target.run(LimitEffective(target.probes)).outcome == .unverified(reason))
    }
}
