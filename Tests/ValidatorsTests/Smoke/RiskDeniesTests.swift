import Readiness
import TestSupport
import Testing
import Validators

struct RiskDeniesTests {
    private let target = FakeTarget()

    private func trial(_ criteria: Criteria? = nil) async -> CheckTrial {
        await target.run(RiskDenies(target.probes), criteria: criteria)
    }

    @Test func `a denial for the right reason passes on exercised evidence`() async {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.judgement.grade == .exercised)
    }

    @Test func `the order is ten times the sniper's limit, far below the market`() async {
        _ = await trial()
        #expect(target.venue.submitted.map(\.quantity) == ["1000"])
        #expect(target.venue.submitted.map(\.price) == ["0.3880"])
        #expect(target.venue.submitted.map(\.account) == ["READY-SNIPER"])
    }

    @Test func `an accepted order fails, and what takes it back is registered`() async {
        let scope = "sniper"
        target.venue.change { behaviour in
            behaviour.ignored = Set(behaviour.limits.keys.filter { $0.scope == scope })
        }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["order-not-denied"])
        #expect(trial.sentence.contains("limits.yaml:10"))
        #expect(target.journal.all.first?.hasPrefix("register") == true)
        #expect(target.venue.left == ["hp-test-1.1"])
        #expect(
            target.effects.all.map(\.compensation) == [.cancelOrders(account: "READY-SNIPER", prefix: "hp-test-")])
    }

    @Test func `a denial for another limit is the wrong reason`() async {
        target.venue.change { $0.ignored = [.init("sniper", "max_order_quantity")] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.finding("wrong-reason")))
        #expect(trial.sentence.contains("max_position_quantity"))
    }

    @Test func `a rejection by the venue and a fill are no denials`() async {
        target.venue.change { behaviour in
            behaviour.ignored = Set(behaviour.limits.keys)
            behaviour.rejects = true
        }
        #expect(await trial().outcome == .fail(.criterion))
        target.venue.change { behaviour in
            behaviour.rejects = false
            behaviour.fills = true
        }
        let filled = await target.run(RiskDenies(target.probes), token: "hp-again")
        #expect(filled.outcome == .fail(.criterion))
        #expect(target.venue.count(of: .rejected) == 1)
        #expect(target.venue.count(of: .filled) == 1)
    }

    @Test func `it does not read the drop copy`() async {
        target.venue.change { $0.dropCopyFailure = ProbeError(.notOffered, at: .surface, "404") }
        #expect(await trial().outcome.word == .pass)
    }

    @Test func `without a declared limit there is nothing to break, and nothing is submitted`() async {
        let trial = await trial(Criteria())
        #expect(trial.outcome == .error(.configuration))
        #expect(trial.judgement.missingCriteria == ["limits.sniper.max_order_quantity"])
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `a target that goes away is unverified`() async {
        target.venue.change { $0.submitFailure = (1, ProbeError(.unreachable, at: .surface, "reset")) }
        #expect(await trial().outcome == .unverified(.targetUnreachable))
    }
}
