package import Readiness

/// `risk.decision.latency`: the 99th percentile of a pre-trade decision is inside the limit.
///
/// The same small, acceptable order is decided again and again, one after the other over one kept connection; nothing
/// is routed. An acceptance that tried no rule is no decision, and its time is no decision's. The figure is what a caller
/// waits, with the way there and back, and without load of ours.
package struct DecisionLatency: Check {
    /// What was measured.
    package struct Observation: Codable, Sendable {
        /// The order that was decided on.
        package var order: OrderRequest
        /// The times.
        package var series: LatencySeries
        /// The first answer that was not an acceptance; sampling ended with it.
        package var wrong: RiskDecision?
        /// The fewest rules that an acceptance named as tried; nil without an acceptance.
        package var fewestRules: Int?
        /// The order and the samples.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.decision.latency", title: "The p99 of a pre-trade decision is inside its limit",
        question: "Does risk decide quickly enough?", severity: .high, grade: .exercised,
        requires: ["smoke.data.ticking", "smoke.killswitch.released"], locks: [.machineQuiet],
        hooks: [.marketData, .riskEvaluate], criteria: [limitKey] + HostNoise.criteriaKeys, controls: ["A2.1", "A8.1"],
        faults: ["slow-risk"], softLimit: .seconds(10), hardLimit: .seconds(60), estimate: .milliseconds(300))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Takes the planned samples, or stops once no further one could change the outcome.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let symbol = try await probes.market.snapshot().value.cheapest()
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent) else {
            throw ProbeError(.nonsense, at: .surface, "\(symbol.symbol) leaves no price below the market")
        }
        let order = OrderRequest(
            clientOrderID: context.token + "-evaluate", account: probes.accounts.account(of: SmokeTier.name),
            symbol: symbol.symbol, side: .buy, quantity: symbol.lot, price: DecimalValue(price))
        var wrong: RiskDecision?
        var fewestRules: Int?
        func note(_ decision: RiskDecision) {
            guard decision.isAccepted else {
                wrong = decision
                return
            }
            fewestRules = min(fewestRules ?? .max, decision.rules.count)
        }
        var transcript = ""
        for _ in 0..<Self.warmUp where wrong == nil {
            let answer = try await probes.risk.evaluate(order)
            transcript = answer.transcript
            note(answer.value)
        }
        let sampler = LatencySampler(context, limitKey: Self.limitKey)
        let series = try await sampler.series { done throws(ProbeError) in
            // A denial is another path through the engine: its time says nothing about acceptances.
            guard wrong == nil, fewestRules != 0 else { return nil }
            let answer = try await probes.risk.evaluate(order)
            if done.isMultiple(of: 10) { context.reporter.progress(done, of: sampler.planned, unit: "samples") }
            note(answer.value)
            guard wrong == nil, fewestRules != 0 else {
                transcript = answer.transcript
                return nil
            }
            return answer.elapsed
        }
        context.reporter.progress(series.nanoseconds.count, of: sampler.planned, unit: "samples")
        var text = EvidenceText(transcript)
        text.add(series.evidenceText)
        let evidence = try await context.evidence.record(text.text, as: .samples, grade: .exercised)
        return Observation(
            order: order, series: series, wrong: wrong, fewestRules: fewestRules, evidence: evidence)
    }

    /// The p99 against the limit; a denial is a finding, and so is an acceptance that tried no rule.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey] else { return .missing(Self.limitKey) }
        let absent = HostNoise.criteriaKeys.filter { criteria[$0] == nil }
        guard absent.isEmpty else { return .missing(all: absent) }
        var judgement = Judgement()
        if let measurement = observation.series.measurement(
            "decision_time", .p99, below: limit, criteria: criteria, from: observation.evidence)
        {
            judgement.measurements.append(measurement)
        }
        if let median = observation.series.median("decision_time.p50", from: observation.evidence) {
            judgement.measurements.append(median)
        }
        if let fewest = observation.fewestRules {
            judgement.measurements.append(
                Measurement(
                    "rules_tried_for_acceptance", unit: "1", DecimalValue(fewest),
                    Criterion(definition: .greaterOrEqual, "1"), from: observation.evidence))
            if fewest == 0 { judgement.findings.append(.noRule(observation.order)) }
        }
        if let wrong = observation.wrong { judgement.findings.append(.decisionWrong(wrong, observation.order)) }
        return judgement
    }

    /// Find what the decision waits for.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement) where judgement.isOnlyImplausible:
            return .distrustClock(judgement.seen, verify: definition.id)
        case .judged(_, let judgement) where judgement.isOnlyUncertain:
            return .measureAgain(judgement.seen, verify: definition.id)
        case .judged(let observation, let judgement) where observation.wrong != nil:
            return Remediation(
                summary: "Let the smallest order be acceptable again",
                cause: "The smallest order far from the market was put to the risk engine: \(judgement.seen).",
                steps: [
                    .init("See the limits in force: one of them leaves no room.", command: runbook.limits),
                    .init("See whether the kill switch was engaged meanwhile.", command: runbook.killSwitch),
                    .init("See whether market data went stale meanwhile.", command: runbook.marketData),
                ],
                verify: [definition.id])
        case .judged(let observation, let judgement) where observation.fewestRules == 0:
            return Remediation(
                summary: "Let the risk engine try its rules before it accepts",
                cause: "The smallest order far from the market was put to the risk engine: \(judgement.seen). Whoever "
                    + "tries nothing accepts everything.",
                steps: [
                    .init("See which limits the process says that it enforces.", command: runbook.limits),
                    .init("Read the log for how the order was decided.", command: runbook.log),
                    .init(
                        "If rules are switched off by configuration, correct it and start the target anew.",
                        command: runbook.restart),
                ],
                verify: ["smoke.risk.denies", definition.id])
        case .judged(_, let judgement):
            return Remediation(
                summary: "Find what the risk decision waits for",
                cause: "Decisions were timed one after the other, without load: \(judgement.seen). When the median is "
                    + "slow too, every decision waits for something: a lock, a query, a call over the network.",
                steps: [
                    .init("Read the log for what the process does beside deciding.", command: runbook.log),
                    .init("See whether the process itself is starved or busy.", command: runbook.status),
                    .init("After a change, start the target anew and measure again.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let limitKey = "performance.max_risk_decision_ms"
    private static let warmUp = 3
}

extension Finding {
    fileprivate static func noRule(_ order: OrderRequest) -> Finding {
        Finding(
            kind: "no-rule-tried", severity: .high, subject: "decision",
            message: "a buy of \(order.quantity) \(order.symbol) at \(order.price) would be accepted without any rule "
                + "being tried: that is no decision")
    }

    fileprivate static func decisionWrong(_ decision: RiskDecision, _ order: OrderRequest) -> Finding {
        Finding(
            kind: "decision-wrong", severity: .high, subject: "decision",
            message:
                "a buy of \(order.quantity) \(order.symbol) at \(order.price), the smallest there is, would be denied: "
                + (decision.reasonCode ?? "no reason given").shortened())
    }
}
