import FoundationEssentials
import Readiness
import TestSupport
import Testing
import Validators

struct CorrelationLimitedTests {
    private let target = FakeTarget()

    private func trial(_ mode: Mode = .standard) async -> CheckTrial {
        await target.run(CorrelationLimited(target.probes), mode: mode)
    }

    private func answering(
        _ shows: @escaping @Sendable (CorrelationRequest, CorrelationDecision) -> CorrelationDecision
    ) async -> CheckTrial {
        // A target of its own each time: a client id is only good once.
        let target = FakeTarget()
        target.correlation.show(shows)
        return await target.run(CorrelationLimited(target.probes))
    }

    @Test func `right answers and right orders pass, and everything can be taken back`() async throws {
        let trial = await trial()
        #expect(trial.outcome.word == .pass)
        #expect(trial.kinds == [])
        #expect(trial.measurement("pairs_of_series_decided_wrongly")?.n == 19)
        #expect(trial.measurement("orders_decided_wrongly")?.n == 3)
        #expect(target.feed.isMarketsOwn)
        #expect(target.held("BTC-USD") == "0.01")
        try await target.undo()
        #expect(target.held("BTC-USD") == "0")
        #expect(target.venue.left.isEmpty)
    }

    @Test func `the two finest symbols are used, and everything is registered before the first order`() async {
        _ = await trial()
        let mark = DropCopyMark(sequence: 40, bootID: "boot-1")
        #expect(
            target.effects.all.map(\.compensation) == [
                .restorePosition(account: "READY-SNIPER", symbol: "BTC-USD", quantity: "0", since: mark),
                .restorePosition(account: "READY-SNIPER", symbol: "ETH-USD", quantity: "0", since: mark),
                .cancelOrders(account: "READY-SNIPER", prefix: "hp-test-"), .restoreFeed,
            ])
        #expect(target.journal.all.firstIndex { $0.hasPrefix("submit") } == 4)
        #expect(target.venue.submitted.map(\.symbol) == ["BTC-USD", "ETH-USD", "ETH-USD", "ETH-USD"])
    }

    @Test func `thorough asks about fifty and more`() async {
        let trial = await trial(.thorough)
        #expect(trial.outcome.word == .pass)
        #expect(trial.measurement("pairs_of_series_decided_wrongly").map { $0.n >= 50 } == true)
    }

    @Test func `an engine that does not look at what is held fails, though it answers rightly`() async {
        target.venue.change { $0.ignoresCorrelation = true }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["order-not-denied", "order-not-denied"])
        #expect(trial.measurement("pairs_of_series_decided_wrongly")?.value == "0")
        #expect(trial.measurement("orders_decided_wrongly")?.value == "2")
    }

    @Test func `answers that accept everything fail`() async {
        let trial = await answering { _, right in
            var wrong = right
            wrong.isAccepted = true
            wrong.reasonCode = nil
            return wrong
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(Set(trial.kinds) == ["correlation-not-limited", "unknown-accepted"])
        #expect(trial.sentence.contains("returns (") && trial.sentence.contains("answered coefficient"))
        // Three over a limit, the same series, and ten that have no coefficient.
        #expect(trial.measurement("pairs_of_series_decided_wrongly")?.value == "14")
    }

    @Test func `answers that deny everything, and that limit either sign, fail`() async {
        let all = await answering { _, right in
            CorrelationDecision(
                isAccepted: false, coefficient: right.coefficient, reasonCode: right.reasonCode ?? "max_correlation")
        }
        #expect(all.kinds.allSatisfy { $0 == "correlation-denied" } && !all.kinds.isEmpty)
        let both = await answering { _, right in
            guard let coefficient = right.coefficient, coefficient < "-0.9" else { return right }
            return CorrelationDecision(isAccepted: false, coefficient: coefficient, reasonCode: "max_correlation")
        }
        #expect(both.kinds == ["correlation-denied"])
        #expect(both.sentence.contains("-1"))
    }

    @Test(arguments: [("0.0000000009", Outcome.Word.pass), ("0.0000000011", .fail)] as [(DecimalValue, Outcome.Word)])
    func `a coefficient may be off by rounding, and no more`(off: DecimalValue, word: Outcome.Word) async {
        let trial = await answering { _, right in
            var wrong = right
            wrong.coefficient = right.coefficient.map { DecimalValue($0.decimal + off.decimal) }
            return wrong
        }
        #expect(trial.outcome.word == word)
        if word == .fail { #expect(trial.outcome == .fail(.criterion)) }
    }

    @Test func `the reason counts, and so does a coefficient where there is none`() async {
        let reason = await answering { _, right in
            var wrong = right
            if right.reasonCode == "correlation_unknown" { wrong.reasonCode = "max_correlation" }
            return wrong
        }
        #expect(Set(reason.kinds) == ["wrong-reason"])
        let invented = await answering { _, right in
            var wrong = right
            if right.coefficient == nil { wrong.coefficient = "0" }
            return wrong
        }
        #expect(Set(invented.kinds) == ["wrong-reason"])
    }

    @Test func `a denied order that left is found in the drop copy`() async {
        target.venue.change { $0.sendsBeforeDenying = ["max_correlation"] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds.contains("left-gateway"))
        #expect(trial.measurement("orders_decided_wrongly")?.result == .fail)
    }

    @Test func `another reason for an order is wrong`() async {
        target.venue.change { $0.reasons = ["correlation_unknown": "max_correlation"] }
        let trial = await trial()
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["wrong-reason"])
    }

    @Test func `a drop copy with gaps proves nothing`() async {
        target.venue.change { $0.hasGaps = true }
        #expect(await trial().outcome == .unverified(.gradeBelowRequired))
    }

    @Test func `a tier without the limit is an error of configuration that names it`() async {
        var criteria = CriteriaBuilder()
        criteria.limits.removeAll { $0.scope == "hunter" && $0.name == "max_correlation" }
        let trial = await target.run(CorrelationLimited(target.probes), criteria: criteria.criteria)
        #expect(trial.outcome == .error(.configuration))
        #expect(trial.judgement.missingCriteria == ["limits.hunter.max_correlation"])
        #expect(target.venue.submitted.isEmpty)
    }

    @Test func `an observation goes through JSON and is judged again under another policy`() async throws {
        let check = CorrelationLimited(target.probes)
        let data = try JSONEncoder().encode(try await check.collect(in: target.context()))
        let observation = try JSONDecoder().decode(CorrelationLimited.Observation.self, from: data)
        #expect(check.judge(observation, by: target.criteria.criteria).outcome(requiring: .exercised).word == .pass)
        var other = CriteriaBuilder()
        other.set("sniper", "max_correlation", to: "1.00")
        let judgement = check.judge(observation, by: other.criteria)
        #expect(judgement.outcome(requiring: .exercised) == .fail(.criterion))
        #expect(judgement.findings.contains { $0.kind == "order-denied" })
    }

    @Test(arguments: [
        (ProbeError.Meeting.unreachable, UnverifiedReason.targetUnreachable), (.unauthorised, .credentialMissing),
        (.notOffered, .hookMissing), (.nonsense, .badAnswer),
    ])
    func `questions or scripts that cannot be had leave it unverified`(
        met: ProbeError.Meeting, reason: UnverifiedReason
    ) async throws {
        target.correlation.fail(ProbeError(met, at: .surface, "no"))
        #expect(await trial().outcome == .unverified(reason))
        #expect(target.venue.submitted.isEmpty)
        let scriptless = FakeTarget()
        scriptless.feed.change { $0.playFailure = ProbeError(met, at: .surface, "no") }
        #expect(await scriptless.run(CorrelationLimited(scriptless.probes)).outcome == .unverified(reason))
        try await scriptless.undo()
        #expect(scriptless.held("BTC-USD") == "0")
    }
}
