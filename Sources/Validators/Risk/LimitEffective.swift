package import Readiness

/// `risk.limit.effective`: every limit that the process enforces equals the policy's, in every scope, to the last
/// digit.
///
/// It compares what the process says with what is declared. Whether it does what it says is `risk.limit.enforced`.
package struct LimitEffective: Check {
    /// What the process says.
    package struct Observation: Codable, Sendable {
        /// Its limits, as it lists them.
        package var limits: [EffectiveLimit]
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "risk.limit.effective", title: "Every limit in force equals the policy's, to the last digit",
        question: "Are the limits in force those that were approved?", severity: .critical, grade: .observed,
        requires: ["smoke.health.ready"], hooks: [.riskLimits], controls: ["A2.1"], faults: ["limit-not-loaded"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks for the limits.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await probes.risk.limits()
        let evidence = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .httpExchange, grade: .observed)
        return Observation(limits: answer.value, evidence: evidence)
    }

    /// Both directions: nothing differing, nothing missing, nothing that nobody declared.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard !criteria.limits.isEmpty else { return .missing("limits") }
        var judgement = Judgement()
        var reported = Dictionary(grouping: observation.limits, by: { LimitKey(scope: $0.scope, name: $0.name) })
        for declared in criteria.limits {
            let found = reported.removeValue(forKey: LimitKey(scope: declared.scope, name: declared.name)) ?? []
            guard let first = found.first else {
                judgement.findings.append(.missing(declared))
                continue
            }
            // Of several answers the one that differs counts: the process contradicts itself, and one of them binds.
            let limit = found.first { $0.value != declared.threshold.value } ?? first
            judgement.measurements.append(
                Measurement(
                    "\(declared.name).\(declared.scope)", unit: LimitUnit.unit(of: declared.name), limit.value,
                    Criterion(.equal, declared.threshold), from: observation.evidence))
            if limit.value != declared.threshold.value { judgement.findings.append(.differs(limit, declared)) }
            if found.count > 1 { judgement.findings.append(.ambiguous(declared, found)) }
            if found.contains(where: { !$0.isInclusive }) { judgement.findings.append(.exclusive(limit, declared)) }
        }
        let extra = observation.limits.filter { reported[LimitKey(scope: $0.scope, name: $0.name)] != nil }
        judgement.findings += extra.map(Finding.extra)
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// Let the process load what is declared.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement):
            return Remediation(
                summary: "Let the process load the approved limits",
                cause: "The process's own limits were compared with the policy: \(judgement.seen). "
                    + "The source that it names for a limit says whether it ever read the file.",
                steps: [
                    .init("See the limits in force, and where the process has each from.", command: runbook.limits),
                    .init(
                        "Compare with the file that the process loads at its start.",
                        command: "cat \(ShellWord.quoted(runbook.limitsFile))"),
                    .init("Read the log of the start for a line that was refused or ignored.", command: runbook.log),
                    .init(
                        "When the file is right, start the target anew so that it loads it.", command: runbook.restart),
                ],
                verify: [definition.id, "risk.limit.enforced"])
        }
    }

    private struct LimitKey: Hashable {
        var scope: String
        var name: String
    }
}

/// The units of the limits, for measurements.
enum LimitUnit {
    /// UCUM where there is one: `%` for shares, `1` for counts and quantities; money by its currency.
    static func unit(of name: String) -> String {
        if name.hasSuffix("_percent") { return "%" }
        return name.hasSuffix("_notional") ? "USD" : "1"
    }
}

extension Finding {
    fileprivate static func differs(_ limit: EffectiveLimit, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-differs", severity: .critical, subject: "\(declared.scope).\(declared.name)",
            message:
                "\(declared.scope)'s \(declared.name) in force is \(limit.value), from \(limit.source.shortened()); "
                + "declared is \(declared.threshold.value) at \(declared.threshold.source)",
            location: declared.threshold.source)
    }

    fileprivate static func missing(_ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-missing", severity: .critical, subject: "\(declared.scope).\(declared.name)",
            message: "the process enforces no \(declared.name) for \(declared.scope); declared is "
                + "\(declared.threshold.value) at \(declared.threshold.source)",
            location: declared.threshold.source)
    }

    fileprivate static func extra(_ limit: EffectiveLimit) -> Finding {
        Finding(
            kind: "limit-extra", severity: .high, subject: "\(limit.scope.shortened()).\(limit.name.shortened())",
            message:
                "the process enforces \(limit.name.shortened()) \(limit.value) for \(limit.scope.shortened()), from "
                + "\(limit.source.shortened()), which no policy declares")
    }

    fileprivate static func ambiguous(_ declared: DeclaredLimit, _ found: [EffectiveLimit]) -> Finding {
        Finding(
            kind: "limit-ambiguous", severity: .high, subject: "\(declared.scope).\(declared.name)",
            message: "the process lists \(declared.scope)'s \(declared.name) \(found.count) times: "
                + found.prefix(4).map(\.value.description).joined(separator: ", "),
            location: declared.threshold.source)
    }

    fileprivate static func exclusive(_ limit: EffectiveLimit, _ declared: DeclaredLimit) -> Finding {
        Finding(
            kind: "limit-exclusive", severity: .high, subject: "\(declared.scope).\(declared.name)",
            message: "the process denies an order that just reaches \(declared.scope)'s \(declared.name) of "
                + "\(limit.value); the policy accepts it",
            location: declared.threshold.source)
    }
}
