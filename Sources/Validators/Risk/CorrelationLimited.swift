import FoundationEssentials
package import Readiness

/// `risk.correlation.limited`: a position that would break the correlation limit is denied, and so is one whose
/// correlation cannot be told.
///
/// Two ways. The target is asked about made-up series, a hundredth to each side of every tier's limit and at every border
/// of the definition; an oracle in decimals knows the coefficient. Then the real thing: a small position is held, its
/// symbol and another are played together, still and apart, and an order is placed in the other.
///
/// What it cannot see: whether the target looks at more than the last 60 ticks, or at other things than their returns.
package struct CorrelationLimited: Check {
    /// What was asked, tried and answered.
    package struct Observation: Codable, Sendable {
        /// A pair of series with the answer.
        package struct Sample: Codable, Sendable {
            /// What the pair is made for.
            package var name: String
            /// The series.
            package var request: CorrelationRequest
            /// The answer.
            package var decision: CorrelationDecision
        }

        /// In the order in which they were asked.
        package var samples: [Sample]
        /// The orders, in the order in which they were placed.
        package var trials: [CorrelationTrial]
        /// The questions and answers; nil when the policy lacks a limit.
        package var questions: Evidence?
        /// The orders. Exercised only if each came while its script ran, and the drop copy shows the last one's end.
        package var conversation: Evidence?
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.correlation.limited", title: "A position too correlated with what is held is denied",
        question: "Does the risk engine limit correlated positions?", severity: .high, grade: .exercised,
        effects: .writePaper, requires: ["smoke.risk.denies", "smoke.flow.round-trip"],
        locks: [.paperAccount, .marketData],
        hooks: [
            .riskCorrelation, .marketData, .marketDataInject, .positions, .riskLimits, .orderSubmit, .orderCancel,
            .orderList, .dropCopy,
        ],
        criteria: [errorKey], controls: ["A2.4"], faults: ["correlation-ignored"], softLimit: .seconds(15),
        estimate: .seconds(4))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks first, then trades.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let (tiers, missing) = TierLimits.all(in: context.criteria)
        let limits = Self.limits(in: context.criteria)
        guard missing.isEmpty, Self.missing(in: context.criteria).isEmpty,
            let tier = tiers.first(where: { $0.scope == SmokeTier.name })
        else { return Observation(samples: [], trials: []) }
        let samples = try await ask(limits, in: context)
        var text = EvidenceText()
        for sample in samples { text.add(sample.line) }
        let questions = try await context.evidence.record(text.text, as: .samples, grade: .exercised)
        let market = try await probes.market.snapshot().value
        var exercise = try await CorrelationExercise(within: tier, market, probes, in: context)
        let trials = try await exercise.run()
        let conversation = try await context.evidence.record(
            exercise.text.text, as: .orderTrace, grade: exercise.isTimely ? .exercised : .observed)
        return Observation(samples: samples, trials: trials, questions: questions, conversation: conversation)
    }

    private func ask(
        _ limits: [DeclaredLimit], in context: CollectContext
    ) async throws(ProbeError) -> [Observation.Sample] {
        var cases = CorrelationCases(seed: Self.seed)
        let lengths = context.mode == .thorough ? [20, 21, 40, 60, 120, 250, 1000] : [60]
        let plan = cases.all(for: limits, lengths: lengths)
        var samples: [Observation.Sample] = []
        for question in plan {
            guard !Task.isCancelled else { throw .cancelled }
            let answer = try await probes.correlation.correlate(question.request)
            samples.append(.init(name: question.name, request: question.request, decision: answer.value))
            context.reporter.progress(samples.count, of: plan.count, unit: "series")
        }
        return samples
    }

    /// Every decision on the right side; a coefficient that is off is a finding.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let missing = TierLimits.all(in: criteria).missing + Self.missing(in: criteria)
        guard missing.isEmpty, let tolerance = criteria[Self.errorKey] else { return .missing(all: missing) }
        guard let questions = observation.questions, let conversation = observation.conversation else {
            return Judgement()
        }
        let limits = Self.limits(in: criteria)
        func limit(_ tier: String) -> DeclaredLimit? { limits.first { $0.scope == tier } }
        var judgement = Judgement()
        var (wrong, off): (Int, Decimal) = (0, 0)
        for sample in observation.samples {
            guard let declared = limit(sample.request.tier) else { continue }
            let truth = PearsonOracle.coefficient(sample.request.held, sample.request.wanted)
            if let finding = Self.decided(sample, truth, declared) {
                wrong += 1
                judgement.findings.append(finding)
            }
            let error = truth.map { Self.distance($0, sample.decision.coefficient?.decimal) } ?? 0
            off = max(off, error)
            if error > tolerance.value.decimal { judgement.findings.append(.coefficient(sample, truth ?? 0)) }
        }
        for trial in observation.trials {
            guard let declared = limit(trial.tier),
                let expected = trial.expected(under: declared.threshold.value.decimal)
            else { continue }
            if trial.answered != expected { judgement.findings.append(.trial(trial, expected, declared)) }
            if trial.state.status == .denied, trial.isAtVenue { judgement.findings.append(.leftGateway(trial)) }
        }
        let failed = observation.trials.count { trial in
            limit(trial.tier).map {
                trial.expected(under: $0.threshold.value.decimal) != trial.answered
                    || (trial.state.status == .denied && trial.isAtVenue)
            } ?? true
        }
        judgement.measurements = [
            Measurement(
                "pairs_of_series_decided_wrongly", unit: "1", DecimalValue(wrong), Criterion(definition: .equal, "0"),
                n: observation.samples.count, aggregation: .count, from: questions),
            Measurement(
                "orders_decided_wrongly", unit: "1", DecimalValue(failed), Criterion(definition: .equal, "0"),
                n: observation.trials.count, aggregation: .count, from: conversation),
            Measurement(
                "error_of_coefficient", unit: "1", DecimalValue(Steps.cut(off, digits: 18)),
                Criterion(.lessOrEqual, tolerance), n: observation.samples.count, aggregation: .max, from: questions),
        ]
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// What is wrong with a decision; nil when it is right.
    private static func decided(
        _ sample: Observation.Sample, _ truth: Decimal?, _ declared: DeclaredLimit
    ) -> Finding? {
        let decision = sample.decision
        guard let truth else {
            if decision.isAccepted { return .unknownAccepted(sample) }
            let isRight = decision.coefficient == nil && decision.reasonCode == "correlation_unknown"
            return isRight ? nil : .wrongReason(sample, nil, "correlation_unknown")
        }
        let isInside = truth <= declared.threshold.value.decimal
        guard decision.isAccepted == isInside else {
            return isInside ? .denied(sample, truth, declared) : .notLimited(sample, truth, declared)
        }
        let reason = isInside ? nil : "max_correlation"
        return decision.reasonCode == reason ? nil : .wrongReason(sample, truth, reason ?? "none")
    }

    /// How far a told coefficient is off; as much as it can be where there is none.
    private static func distance(_ truth: Decimal, _ told: Decimal?) -> Decimal {
        guard let told else { return 2 }
        return truth < told ? told - truth : truth - told
    }

    /// Let the engine look at what is held.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let held = observation.trials.first.map { "\($0.held) was held and \($0.order.symbol) wanted; " } ?? ""
            return Remediation(
                summary: "Let the risk engine limit what is correlated with what is held",
                cause: held + "\(observation.samples.count) pairs of series were asked about: \(judgement.seen). When "
                    + "questions are answered rightly and orders are not, the engine does not ask when it decides.",
                steps: [
                    .init("Ask about two series by hand.", command: runbook.correlation),
                    .init("See the limits in force: the sixth is the correlation.", command: runbook.limits),
                    .init("See what the account holds, which an order is compared with.", command: runbook.positions),
                    .init("See whether a denied order left for the venue.", command: runbook.dropCopy),
                    .init(
                        "Correct the limit, or the code that decides, deploy it, and start the target anew.",
                        command: runbook.restart),
                ],
                verify: ["risk.limit.effective", definition.id])
        }
    }

    private static func limits(in criteria: Criteria) -> [DeclaredLimit] {
        criteria.limits.filter { $0.name == limitName }
    }

    /// What no file gives: the tolerance, and the limit of each tier that declares none, as keys.
    private static func missing(in criteria: Criteria) -> [String] {
        let declared = Set(limits(in: criteria).map(\.scope))
        var keys = criteria[errorKey] == nil ? [errorKey] : []
        for limit in criteria.limits where !declared.contains(limit.scope) {
            let key = "limits.\(limit.scope).\(limitName)"
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private static let limitName = "max_correlation"
    private static let seed: UInt64 = 20_260_101
    private static let errorKey = "risk.max_correlation_error"
}

extension CorrelationLimited.Observation.Sample {
    /// The question, each part by the name of its field, and what the coefficient is.
    func sentence(_ truth: Decimal?) -> String {
        let (held, wanted) = (request.held.count, request.wanted.count)
        let window = held == wanted ? "\(held)" : "\(held) and \(wanted)"
        let value = truth.map { "of correlation \(Steps.cut($0, digits: 12))" } ?? "that have no correlation"
        return "\(request.tier) was asked about series held and wanted of \(window) returns (\(name)) \(value), and "
            + "answered coefficient \(decision.coefficient?.description ?? "none"), "
            + (decision.isAccepted
                ? "accept" : "deny, reason_code \((decision.reasonCode ?? "none").shortened(to: 40))")
    }

    /// The question by its name, with the answer.
    var line: String {
        "\(request.tier) \(name): \(decision.coefficient?.description ?? "no coefficient"), "
            + (decision.isAccepted ? "accepted" : (decision.reasonCode ?? "no reason").shortened(to: 40))
    }
}

extension Finding {
    fileprivate typealias Sample = CorrelationLimited.Observation.Sample

    fileprivate static func notLimited(_ sample: Sample, _ truth: Decimal, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "correlation-not-limited", severity: .critical, subject: "\(declared.scope).\(sample.name)",
            message: sample.sentence(truth) + "; max_correlation is \(declared.threshold.value) at "
                + declared.threshold.source.description,
            location: declared.threshold.source)
    }

    fileprivate static func denied(_ sample: Sample, _ truth: Decimal, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "correlation-denied", severity: .high, subject: "\(declared.scope).\(sample.name)",
            message: sample.sentence(truth)
                + "; inside max_correlation \(declared.threshold.value) it must be accepted",
            location: declared.threshold.source)
    }

    fileprivate static func unknownAccepted(_ sample: Sample) -> Finding {
        Finding(
            kind: "unknown-accepted", severity: .critical, subject: sample.name,
            message: sample.sentence(nil) + "; it must be denied for correlation_unknown")
    }

    fileprivate static func wrongReason(_ sample: Sample, _ truth: Decimal?, _ reason: String) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .high, subject: sample.name,
            message: sample.sentence(truth) + "; reason_code must be \(reason)")
    }

    fileprivate static func coefficient(_ sample: Sample, _ truth: Decimal) -> Finding {
        Finding(
            kind: "coefficient-differs", severity: .high, subject: sample.name,
            message: sample.sentence(truth) + "; coefficient must be what the correlation is")
    }

    fileprivate static func trial(
        _ trial: CorrelationTrial, _ expected: String, _ declared: DeclaredLimit
    ) -> Finding {
        let range = trial.least.map { "of \($0) at least" } ?? "that does not exist"
        let answer = trial.answered.isEmpty ? trial.state.status.rawValue : "denied: \(trial.answered)"
        let right = expected.isEmpty ? "accepted" : "denied: \(expected)"
        return Finding(
            kind: expected.isEmpty ? "order-denied" : trial.answered.isEmpty ? "order-not-denied" : "wrong-reason",
            severity: .critical, subject: trial.name,
            message:
                "\(trial.held) was held and \(trial.order.symbol) wanted, with a correlation \(range) over the last "
                + "\(CorrelationScript.window) ticks: the order was \(answer); it should be \(right) under "
                + "\(declared.scope)'s max_correlation \(declared.threshold.value)",
            location: declared.threshold.source)
    }

    fileprivate static func leftGateway(_ trial: CorrelationTrial) -> Finding {
        Finding(
            kind: "left-gateway", severity: .critical, subject: trial.name,
            message: "order \(trial.order.clientOrderID), denied for its correlation, had left for the venue")
    }
}
