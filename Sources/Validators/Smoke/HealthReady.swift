package import Readiness

/// `smoke.health.ready`: the system answers ready, within its limit, with the capabilities that the profile expects.
///
/// It is also the check whose subject is whether the surface can be reached: an endpoint that is gone makes it a fail.
/// It takes the target's word for being ready; whether that is true is for the other checks to say.
package struct HealthReady: Check {
    /// What was answered.
    package struct Observation: Codable, Sendable {
        /// The answer to "are you ready".
        package var readiness: ReadinessAnswer
        /// How long that answer took.
        package var elapsed: Duration
        /// Who answered; nil where the target is not ready or does not offer to say.
        package var identity: TargetIdentity?
        /// The exchange.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.health.ready", title: "The system answers ready, in time, with all expected capabilities",
        question: "Is the system ready, and does it offer what we need?", severity: .critical, grade: .observed,
        fromMode: .quick, hooks: [.discovery, .identity], criteria: [limitKey, capabilitiesKey],
        controls: ["A10.1", "A10.4"], faults: ["not-ready"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Asks for readiness, and for the identity of whoever is ready.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let readiness = try await probes.discovery.readiness()
        var text = EvidenceText(readiness.transcript)
        var identity: TargetIdentity?
        // A target that is not ready owes nobody an identity: asking would turn its honest "no" into a bad answer.
        if readiness.value.isReady, readiness.value.capabilities.contains(Capability.identity.rawValue) {
            let answer = try await probes.discovery.identity()
            text.add(answer.transcript)
            identity = answer.value
        }
        let evidence = try await context.evidence.record(text.text, as: .httpExchange, grade: .observed)
        return Observation(
            readiness: readiness.value, elapsed: readiness.elapsed, identity: identity, evidence: evidence)
    }

    /// Ready, in time, nothing missing.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey], let expected = criteria.names(Self.capabilitiesKey) else {
            return .missing(
                all: [Self.limitKey, Self.capabilitiesKey].filter { criteria[$0] == nil && criteria.names($0) == nil })
        }
        let evidence = observation.evidence
        let answer = observation.readiness
        let offered = Set(answer.capabilities)
        let missing = expected.names.filter { !offered.contains($0) }
        var judgement = Judgement(measurements: [
            Measurement("ready", isTrue: answer.isReady, from: evidence),
            Measurement(
                "ready_time", unit: "ms", DecimalValue(milliseconds: observation.elapsed),
                Criterion(.lessOrEqual, limit),
                from: evidence),
            Measurement(
                "capabilities_missing", unit: "1", DecimalValue(missing.count),
                Criterion(definition: .equal, DecimalValue(0)), from: evidence),
        ])
        if !answer.isReady { judgement.findings.append(.notReady(answer.reason)) }
        if answer.isReady, let reason = answer.reason { judgement.findings.append(.contradiction(reason)) }
        judgement.findings += missing.map { .capabilityMissing($0, expected.source) }
        judgement.findings = judgement.findings.capped()
        return judgement
    }

    /// Bring it back, or let it finish, or let it offer what is missing.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            return Remediation(
                summary: observation.readiness.isReady
                    ? "Let the target offer what is expected, in time" : "Let the target get ready",
                cause: "Asked whether it is ready, the target showed: \(judgement.seen).",
                steps: [
                    .init("Ask again by hand: it may only have been starting.", command: runbook.readiness),
                    .init("Read the end of its log for what it waits for or could not start.", command: runbook.log),
                    .init("If it stays so, start it anew.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let limitKey = "smoke.max_ready_ms"
    private static let capabilitiesKey = "smoke.expected_capabilities"
}

extension Finding {
    fileprivate static func notReady(_ reason: String?) -> Finding {
        Finding(
            kind: "not-ready", severity: .critical, subject: "target",
            message: "the target says that it is not ready: \((reason ?? "it gives no reason").shortened())")
    }

    fileprivate static func contradiction(_ reason: String) -> Finding {
        Finding(
            kind: "contradictory-answer", severity: .low, subject: "target",
            message: "the target says that it is ready, and also why it would not be: \(reason.shortened())")
    }

    fileprivate static func capabilityMissing(_ name: String, _ source: SourceLocation) -> Finding {
        Finding(
            kind: "capability-missing", severity: .high, subject: name,
            message: "the target does not offer \(name), which \(source) expects", location: source)
    }
}
