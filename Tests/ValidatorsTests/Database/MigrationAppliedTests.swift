import Readiness
import TestSupport
import Testing
import Validators

struct MigrationAppliedTests {
    private let target = FakeTarget()

    private func trial(applied: [String], head: String = "0003") async -> CheckTrial {
        target.ledger.change {
            $0.applied = applied
            $0.description.expectedHead = head
        }
        return await target.run(MigrationApplied(target.probes))
    }

    @Test func `the head as the newest revision passes`() async {
        let trial = await trial(applied: ["0001", "0002", "0003"])
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .observed)
    }

    @Test func `a pending migration fails and names both revisions`() async {
        let trial = await trial(applied: ["0001", "0002"])
        #expect(trial.isFail(with: "migration-pending"))
        #expect(trial.sentence.contains("0002"))
        #expect(trial.sentence.contains("0003"))
        #expect(trial.remediation?.steps.contains { $0.undo != nil } == true)
    }

    @Test func `no applied revision at all is pending too`() async {
        let trial = await trial(applied: [])
        #expect(trial.isFail(with: "migration-pending"))
        #expect(trial.sentence.contains("none at all"))
    }

    @Test func `a database that is ahead of the build is another thing than a pending migration`() async {
        #expect(await trial(applied: ["0001", "0002", "0003", "0004"]).isFail(with: "migration-ahead"))
    }

    @Test func `a revision that only looks like the head is not it`() async {
        #expect(await trial(applied: ["3"]).isFail(with: "migration-pending"))
        #expect(await trial(applied: ["0003 "]).isFail(with: "migration-pending"))
    }

    @Test func `a target that names no head proves nothing`() async {
        #expect(await trial(applied: [""], head: "").isFail(with: "head-unknown"))
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.nonsense, .badAnswer),
    ])
    func `a revision table that cannot be read is unverified`(met: ProbeError.Meeting, reason: UnverifiedReason) async {
        target.ledger.change { $0.askFailure = ProbeError(met, at: .ledger, "no such table") }
        #expect(await target.run(MigrationApplied(target.probes)).outcome == .unverified(reason))
        #expect(target.ledger.open == 0)
    }
}

extension CheckTrial {
    /// Whether the criterion was missed, and a finding says how.
    fileprivate func isFail(with kind: String) -> Bool {
        outcome == .fail(.criterion) && judgement.findings.contains { $0.kind == kind }
    }
}
