import FoundationEssentials
package import Readiness

/// `smoke.risk.denies`: one order far over a limit is answered with a denial and its reason.
///
/// Ten times the sniper's order quantity, priced so that it could not trade. Whether nothing of it left for the venue
/// is not asked here: `risk.limit.enforced` reads the drop copy.
package struct RiskDenies: Check {
    /// What became of the order.
    package struct Observation: Codable, Sendable {
        /// What was submitted, and what was answered; nil when the policy declares no limit to break.
        package struct Attempt: Codable, Sendable {
            /// The order.
            package var order: OrderRequest
            /// The answer.
            package var state: OrderState
            /// The exchange.
            package var evidence: Evidence
        }

        /// The attempt; nil when the policy declares no limit to break.
        package var attempt: Attempt?
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.risk.denies", title: "An order far over its limit is denied, with the right reason",
        question: "Does the risk engine deny what it must?", severity: .critical, grade: .exercised, fromMode: .quick,
        effects: .writePaper, requires: ["smoke.data.ticking", "smoke.killswitch.released"], locks: [.paperAccount],
        hooks: [.marketData, .orderSubmit, .orderCancel, .orderList], controls: ["A2.1", "A10.2"], faults: ["risk-off"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Submits the one order. Should it be accepted, the registered compensation takes it back.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        guard let limit = Self.limit(in: context.criteria) else { return Observation(attempt: nil) }
        let market = try await probes.market.snapshot()
        let symbol = try market.value.cheapest()
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent),
            let lots = Steps.floor(limit.threshold.value.decimal * Self.factor, step: symbol.lot.decimal), lots > 0
        else { throw ProbeError(.nonsense, at: .surface, "\(symbol.symbol) leaves no order far over its limit") }
        let name = probes.accounts.account(of: SmokeTier.name)
        var account = try await PaperAccount(opening: name, orders: probes.orders, in: context)
        let placed = try await account.buy(
            symbol.symbol, quantity: Decimal(lots) * symbol.lot.decimal, price: price)
        let evidence = try await context.evidence.record(
            EvidenceText(placed.answer.transcript).text, as: .orderTrace, grade: .exercised)
        return Observation(
            attempt: .init(order: placed.request, state: placed.answer.value, evidence: evidence))
    }

    /// Denied, for the order quantity.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = Self.limit(in: criteria), let attempt = observation.attempt else {
            return .missing("limits.\(SmokeTier.name).\(Self.limitName)")
        }
        var judgement = Judgement(measurements: [
            Measurement("denied", isTrue: attempt.state.status == .denied, from: attempt.evidence),
            Measurement(told: "order_quantity", unit: "1", attempt.order.quantity, from: attempt.evidence),
        ])
        if attempt.state.status != .denied {
            judgement.findings.append(.notDenied(attempt, limit))
        } else if attempt.state.reasonCode != Self.limitName {
            judgement.findings.append(.wrongReason(attempt, limit))
        }
        return judgement
    }

    /// Stop trading until limits are enforced again.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement):
            return Remediation(
                summary: "Let the risk engine deny again, before anything trades",
                cause: "One order was submitted to be denied: \(judgement.seen).",
                steps: [
                    .init("See which limits the process says that it enforces.", command: runbook.limits),
                    .init("Compare with what is declared.", command: "cat \(ShellWord.quoted(runbook.limitsFile))"),
                    .init("Read the log for how the order was decided.", command: runbook.log),
                    .init(
                        "If limits are switched off by configuration, correct it and start the target anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let limitName = "max_order_quantity"
    private static let factor: Decimal = 10

    private static func limit(in criteria: Criteria) -> DeclaredLimit? {
        criteria.limits.first { $0.scope == SmokeTier.name && $0.name == limitName }
    }
}

extension Finding {
    fileprivate static func notDenied(
        _ attempt: RiskDenies.Observation.Attempt, _ limit: DeclaredLimit
    ) -> Finding {
        Finding(
            kind: "order-not-denied", severity: .critical, subject: limit.name,
            message: "an order for \(attempt.order.quantity) \(attempt.order.symbol) was answered with "
                + "\(attempt.state.status.rawValue), though \(limit.scope)'s \(limit.name) is \(limit.threshold.value) "
                + "(\(limit.threshold.source))",
            location: limit.threshold.source)
    }

    fileprivate static func wrongReason(
        _ attempt: RiskDenies.Observation.Attempt, _ limit: DeclaredLimit
    ) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .high, subject: limit.name,
            message: "an order for \(attempt.order.quantity) \(attempt.order.symbol), over \(limit.name) "
                + "\(limit.threshold.value), was denied for \((attempt.state.reasonCode ?? "no reason").shortened())")
    }
}
