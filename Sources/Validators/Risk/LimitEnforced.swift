package import Readiness

/// `risk.limit.enforced`: orders up to each limit are accepted, orders over it denied with the right reason, and
/// nothing denied reaches the venue.
///
/// For every tier and each of five limits it finds the limit by bisection with real paper orders, between one that must
/// be accepted and one that must be denied, and then tries the declared limit itself with one step to each side; open
/// orders are counted up instead, because each rests on those before. The drop copy is read after each tier.
///
/// What it cannot see: positions that the readiness account holds already, which the target counts and we do not; they
/// show as a position limit that is measured too low. Limits beyond these five; what happens under load or in a race.
package struct LimitEnforced: Check {
    /// What was tried.
    package struct Observation: Codable, Sendable {
        /// One tier's account at the venue.
        package struct Tier: Codable, Sendable {
            /// The tier.
            package var scope: String
            /// How many denied orders the drop copy was searched for.
            package var denied: Int
            /// What the drop copy showed. Exercised only if it showed our last accepted order and had no gap.
            package var evidence: Evidence
        }

        /// Every limit of every tier, in the policy's order. Empty when the policy lacks one.
        package var traces: [LimitTrace]
        /// What the drop copy says, tier by tier.
        package var tiers: [Tier]
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.limit.enforced", title: "Orders up to each limit pass, orders over it are denied and never leave",
        question: "Does the process enforce exactly the approved limits?", severity: .critical, grade: .exercised,
        effects: .writePaper, requires: ["risk.limit.effective", "smoke.risk.denies", "smoke.flow.round-trip"],
        locks: [.paperAccount], hooks: [.marketData, .orderSubmit, .orderCancel, .orderList, .dropCopy],
        controls: ["A2.1"], faults: ["limit-off-by-one", "deny-after-send"], hardLimit: .seconds(60),
        estimate: .seconds(1))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Tries every limit of every tier, on the tier's own readiness account.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let (tiers, missing) = TierLimits.all(in: context.criteria)
        guard missing.isEmpty else { return Observation(traces: [], tiers: []) }
        let market = try await probes.market.snapshot().value
        _ = try market.cheapest()
        var observation = Observation(traces: [], tiers: [])
        let total = tiers.count * TierLimits.Name.allCases.count
        for (number, tier) in tiers.enumerated() {
            try await collect(tier, number: number + 1, market, into: &observation, of: total, in: context)
        }
        return observation
    }

    private func collect(
        _ tier: TierLimits, number: Int, _ market: [SymbolState], into observation: inout Observation, of total: Int,
        in context: CollectContext
    ) async throws(ProbeError) {
        let name = probes.accounts.account(of: tier.scope)
        let foreign = try await probes.orders.working(account: name).value
        var dropCopy = try await DropCopyReader(beginningNow: probes.orders)
        var account = try await PaperAccount(opening: name, number: number, orders: probes.orders, in: context)
        var traces: [LimitTrace] = []
        for limit in TierLimits.Name.allCases {
            traces.append(try await trace(limit, of: tier, market, foreign, on: &account, in: context))
            context.reporter.progress(observation.traces.count + traces.count, of: total, unit: "limits")
        }
        let attempts = traces.flatMap(\.attempts)
        // Messages come in order: once our last accepted order is through, whatever left before it is there too.
        var isCovered = false
        if let last = attempts.last(where: { $0.ended == .cancelled }) {
            isCovered = try await dropCopy.read(
                until: .cancelled, of: last.order.clientOrderID, within: Self.patience, by: context.clock)
        } else {
            try await dropCopy.read()
        }
        let seen = Set(dropCopy.events.map(\.clientOrderID))
        for trace in traces.indices {
            for attempt in traces[trace].attempts.indices {
                traces[trace].attempts[attempt].isAtVenue =
                    seen.contains(traces[trace].attempts[attempt].order.clientOrderID)
            }
        }
        var text = EvidenceText(
            "\(name): \(dropCopy.events.count) messages since the first order, "
                + (dropCopy.isGapless ? "no gap, " : "with gaps, ")
                + (isCovered ? "our last cancel is among them" : "our last cancel is not among them"))
        for event in dropCopy.events {
            text.add("\(event.sequence) \(event.kind.rawValue) \(event.clientOrderID.shortened())")
        }
        let evidence = try await context.evidence.record(
            text.text, as: .orderTrace, grade: isCovered && dropCopy.isGapless ? .exercised : .observed)
        observation.traces += traces
        observation.tiers.append(
            .init(scope: tier.scope, denied: attempts.count { !$0.passed }, evidence: evidence))
    }

    private func trace(
        _ limit: TierLimits.Name, of tier: TierLimits, _ market: [SymbolState], _ foreign: [WorkingOrder],
        on account: inout PaperAccount, in context: CollectContext
    ) async throws(ProbeError) -> LimitTrace {
        guard let dial = LimitDial.dial(for: limit, of: tier, in: market, foreign: foreign) else {
            let evidence = try await context.evidence.record(
                "no order can reach \(limit.rawValue) of \(tier.scope) without breaking another limit first",
                as: .orderTrace, grade: .declared)
            return LimitTrace(
                scope: tier.scope, name: limit.rawValue, symbol: "", step: "1", scale: "1", attempts: [],
                evidence: evidence)
        }
        var search = LimitSearch(dial, of: tier, through: probes.orders, foreign: foreign.count)
        try await search.run(on: &account)
        let evidence = try await context.evidence.record(search.text.text, as: .orderTrace, grade: .exercised)
        return LimitTrace(
            scope: tier.scope, name: limit.rawValue, symbol: dial.symbol.symbol, step: DecimalValue(dial.step),
            scale: DecimalValue(dial.scale), attempts: search.attempts, evidence: evidence)
    }

    /// The measured limit beside the declared one, for each of them.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let missing = TierLimits.all(in: criteria).missing
        guard missing.isEmpty else { return .missing(all: missing) }
        var judgement = Judgement()
        for trace in observation.traces {
            guard let declared = criteria.limits.first(where: { $0.scope == trace.scope && $0.name == trace.name })
            else {
                return .missing("limits.\(trace.scope).\(trace.name)")
            }
            guard !trace.attempts.isEmpty, let expected = trace.steps(of: declared.threshold.value) else {
                judgement.findings.append(.unreachable(declared))
                continue
            }
            let measured = trace.measuredSteps
            let isMet = measured == expected.count
            judgement.measurements.append(
                Measurement(
                    "\(trace.name).\(trace.scope)", unit: LimitUnit.unit(of: trace.name),
                    isMet && expected.isExact ? declared.threshold.value : trace.value(of: measured),
                    // Where the limit is no whole number of steps, the greatest that fits is all that can be shown.
                    Criterion(expected.isExact ? .equal : .lessOrEqual, declared.threshold), n: trace.attempts.count,
                    from: trace.evidence))
            judgement.findings += findings(trace, declared, expected: expected.count)
        }
        for tier in observation.tiers {
            judgement.measurements.append(
                Measurement(
                    told: "denied_orders.\(tier.scope)", unit: "1", DecimalValue(tier.denied), from: tier.evidence))
        }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    private func findings(_ trace: LimitTrace, _ declared: DeclaredLimit, expected: Int) -> [Finding] {
        var findings: [Finding] = []
        let denied = trace.attempts.filter { !$0.passed }
        let overLimit = denied.contains { $0.steps > expected }
        let early = denied.first { $0.steps <= expected && $0.lawfulReasons.isEmpty }
        if trace.measuredSteps > expected, !overLimit {
            findings.append(.notEnforced(trace, declared))
        } else if trace.measuredSteps != expected || early != nil {
            findings.append(.differs(trace, declared, expected: expected, early: early))
        }
        let own = TierLimits.Name(rawValue: trace.name)?.reason ?? trace.name
        let wrong = denied.first { attempt in
            let lawful = attempt.lawfulReasons.isEmpty ? [own] : attempt.lawfulReasons
            return !lawful.contains(attempt.state.reasonCode ?? "")
        }
        if let wrong { findings.append(.wrongReason(wrong, trace, own: own)) }
        let left = denied.filter(\.isAtVenue)
        if let first = left.first { findings.append(.leftGateway(first, left.count, trace)) }
        let stuck = trace.attempts.filter(\.isStuck)
        if let first = stuck.first { findings.append(.stuck(first, stuck.count, trace)) }
        return findings
    }

    /// Correct the comparison, the number or the order of things.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            let thin = observation.tiers.filter { $0.evidence.grade < definition.grade }
            guard thin.isEmpty || !judgement.findings.isEmpty else { return dropCopyTooThin(thin.map(\.scope)) }
            let left = judgement.findings.contains { $0.kind == "left-gateway" }
            let names = Set(observation.traces.filter { !$0.attempts.isEmpty }.map(\.name))
            let named = judgement.findings.compactMap { finding in names.first { finding.fingerprint.hasSuffix($0) } }
            let pattern = Set(named).sorted().joined(separator: "|")
            var steps: [Remediation.Step] = [
                .init(
                    "Find the declared numbers in the file that the process loads.",
                    command: "grep -nE \(ShellWord.quoted(pattern.isEmpty ? "max_|_percent" : pattern)) "
                        + ShellWord.quoted(runbook.limitsFile)),
                .init("See the numbers that the process says it enforces.", command: runbook.limits),
            ]
            if left {
                steps.append(
                    .init(
                        "See which denied orders left: the decision must come before the order is sent.",
                        command: runbook.dropCopy))
            }
            if judgement.findings.contains(where: { $0.kind == "order-stuck" }) {
                steps.append(
                    .init(
                        "Look for the orders that could not be taken back, and cancel them by hand.",
                        command: runbook.dropCopy))
            }
            steps.append(
                .init(
                    "Correct the number, or the comparison in the code, deploy it, and start the target anew.",
                    command: runbook.restart))
            return Remediation(
                summary: left ? "Decide before sending" : "Let the process enforce exactly the approved limits",
                cause: "Paper orders were placed around each limit: \(judgement.seen). "
                    + "When the process reports the right number, the comparison itself is the first suspect.",
                steps: steps, verify: ["risk.limit.effective", definition.id])
        }
    }

    private func dropCopyTooThin(_ scopes: [String]) -> Remediation {
        Remediation(
            summary: "Let the drop copy show every order",
            cause:
                "The limits themselves were met. But for \(scopes.joined(separator: ", ")) the drop copy had gaps, or "
                + "did not show our last cancel within \(DurationText.short(Self.patience)), so it proves nothing "
                + "about orders that were denied.",
            steps: [
                .init(
                    "See what the drop copy shows of the orders that were accepted.", command: probes.runbook.dropCopy),
                .init("Read the log for messages that were dropped.", command: probes.runbook.log),
            ],
            verify: [definition.id])
    }

    /// How long the drop copy may lag behind the answers.
    private static let patience = Duration.seconds(1)
}

extension Finding {
    fileprivate static func differs(
        _ trace: LimitTrace, _ declared: DeclaredLimit, expected: Int, early: LimitTrace.Attempt?
    ) -> Finding {
        let off = trace.measuredSteps - expected
        let step = trace.value(of: 1)
        let sentence: String
        if trace.measuredSteps == 0 {
            sentence = "nothing was accepted, down to \(trace.value(of: trace.attempts.map(\.steps).min() ?? 0))"
        } else if off == 0, let early {
            sentence = "\(trace.value(of: early.steps)) was denied, though more was accepted"
        } else {
            let distance = abs(off) == 1 ? "1 step" : "\(abs(off)) steps"
            sentence =
                "measured is \(trace.value(of: trace.measuredSteps)), \(distance) of \(step) "
                + (off > 0 ? "above" : "below")
        }
        return Finding(
            kind: "limit-differs", severity: .critical, subject: "\(trace.scope).\(trace.name)",
            message: "\(trace.scope)'s \(trace.name) is declared as \(declared.threshold.value) "
                + "(\(declared.threshold.source)): \(sentence)",
            location: declared.threshold.source)
    }

    fileprivate static func notEnforced(_ trace: LimitTrace, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-not-enforced", severity: .critical, subject: "\(trace.scope).\(trace.name)",
            message:
                "\(trace.scope)'s \(trace.name) of \(declared.threshold.value) (\(declared.threshold.source)) is not "
                + "enforced: \(trace.value(of: trace.measuredSteps)), the most that was tried, was still accepted",
            location: declared.threshold.source)
    }

    fileprivate static func wrongReason(_ attempt: LimitTrace.Attempt, _ trace: LimitTrace, own: String) -> Finding {
        Finding(
            kind: "wrong-reason", severity: .high, subject: "\(trace.scope).\(trace.name)",
            message: "at \(trace.value(of: attempt.steps)) of \(trace.scope)'s \(trace.name) an order was denied for "
                + "\((attempt.state.reasonCode ?? "no reason").shortened()); it should be \(own)")
    }

    fileprivate static func leftGateway(_ attempt: LimitTrace.Attempt, _ count: Int, _ trace: LimitTrace) -> Finding {
        Finding(
            kind: "left-gateway", severity: .critical, subject: "\(trace.scope).\(trace.name)",
            message: "\(count) of the orders denied for \(trace.scope)'s \(trace.name) had left for the venue, first "
                + "\(attempt.order.clientOrderID) at \(trace.value(of: attempt.steps))")
    }

    fileprivate static func stuck(_ attempt: LimitTrace.Attempt, _ count: Int, _ trace: LimitTrace) -> Finding {
        Finding(
            kind: "order-stuck", severity: .high, subject: "\(trace.scope).\(trace.name)",
            message: "\(count) orders on \(attempt.order.account) could not be taken back, first "
                + "\(attempt.order.clientOrderID): \((attempt.ended ?? attempt.state.status).rawValue)")
    }

    fileprivate static func unreachable(_ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-unreachable", severity: .low, subject: "\(declared.scope).\(declared.name)",
            message: "no order can reach \(declared.scope)'s \(declared.name) of \(declared.threshold.value) without "
                + "breaking another limit first, so it was not tried",
            location: declared.threshold.source)
    }
}
