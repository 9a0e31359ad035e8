import FoundationEssentials
package import Readiness

/// A check of a validator in another language, as a check like any other.
///
/// The child claims; we judge. Its numbers are held against the profile's criteria, its claim of pass needs evidence whose
/// digest was verified, and a claim that is worse than what we see stands: a child can raise the bar and never lower it.
package struct ExternalCheck: Check {
    /// What the child did, and which evidence of ours holds it.
    package struct Observation: Codable, Sendable {
        /// What the child did.
        package var record: ExternalRecord
        /// The pieces that its result rests on, kept by us.
        package var evidence: [Evidence]
        /// Both sides of the conversation.
        package var transcript: Evidence
    }

    /// As the child describes it, within what the profile allows.
    package let definition: CheckDefinition
    private let described: ExternalCheckDescription
    private let criteria: [String: Criterion]
    private let probe: any ExternalValidatorProbe
    private let seed: UInt64
    private let profile: String?

    /// What the ladder takes beyond the limit: cancel, SIGTERM, SIGKILL, and ours to write down.
    private static let ladder = Duration.seconds(6)

    /// Takes a check that a child describes.
    ///
    /// - Parameters:
    ///   - criteria: the profile's, by the measurement's name. Each must be measured for a pass.
    ///   - seed: of the run.
    ///   - profile: the file that names the validator, for commands to paste.
    package init(
        _ described: ExternalCheckDescription, _ probe: any ExternalValidatorProbe, criteria: [String: Criterion] = [:],
        seed: UInt64 = 0, profile: String? = nil
    ) {
        self.profile = profile
        self.described = described
        self.probe = probe
        self.criteria = criteria
        self.seed = seed
        definition = CheckDefinition(
            id: described.id, title: described.question, question: described.question, severity: described.severity,
            grade: .observed, effects: described.effects, locks: described.locks,
            criteria: criteria.keys.sorted().map(described.id.key),
            softLimit: min(described.hardLimit, .seconds(5)), hardLimit: described.hardLimit + Self.ladder,
            grace: Self.ladder, estimate: min(described.hardLimit, .seconds(1)))
    }

    /// Runs a child for it.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await probe.run(
            described, mode: context.mode, seed: seed, limit: described.hardLimit, reporter: context.reporter,
            effects: context.effects)
        let record = answer.value.record
        let transcript = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .processTranscript, grade: .observed)
        var kept: [Evidence] = []
        if let result = record.result {
            for id in result.evidence {
                guard let piece = record.evidence.first(where: { $0.evidenceID == id }),
                    let bytes = answer.value.contents[id]
                else { continue }
                // Nothing that a child says of itself was confirmed by somebody else.
                let grade = piece.provenance == .live ? min(result.grade, .exercised) : min(result.grade, .declared)
                let text = String(validating: bytes, as: UTF8.self)
                kept.append(
                    try await context.evidence.record(
                        text ?? Data(bytes).base64EncodedString(), as: .observation,
                        mediaType: text == nil ? "\(piece.mediaType);base64" : piece.mediaType, grade: grade))
            }
        }
        return Observation(record: record, evidence: kept, transcript: transcript)
    }

    /// The child's statements by our criteria, then its claim.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let record = observation.record
        if let violation = record.violations.first {
            return .broken(.brokenProtocol, "\(probe.line.shortened()) broke the protocol: \(violation)")
        }
        if record.ending == .limit {
            return .broken(
                .checkerTimeout,
                "\(probe.line.shortened()) was not done within \(DurationText.short(described.hardLimit)) and was ended"
            )
        }
        guard let result = record.result else {
            return .broken(.brokenProtocol, "\(probe.line.shortened()) ended before its result")
        }
        if result.claim == .error {
            return .broken(.tool, "\(described.id) says that it broke: \(result.reason ?? "no reason given")")
        }
        var judgement = Judgement()
        // The weakest piece: what is measured rests on all of what the claim rests on.
        let weakest = observation.evidence.min { $0.grade < $1.grade }
        judgement.measurements = measurements(record, weakest ?? observation.transcript, by: criteria)
        judgement.findings = findings(record, result)
        if let weakest, result.claim == .pass || result.claim == .warn {
            judgement.measurements.append(Measurement("claimed", isTrue: true, from: weakest))
        }
        judgement.reservation = reservation(record, result, hasEvidence: weakest != nil)
        return judgement
    }

    /// What the child suggests, and how to run it by hand.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        var steps: [Remediation.Step] = []
        let cause: String
        switch trouble {
        case .notObserved(let error):
            guard error.meeting != .cancelled else { return nil }
            cause = "The check could see nothing: \(error.description.shortened(to: 300))."
        case .judged(let observation, let judgement):
            let outcome = judgement.outcome(requiring: definition.requiredGrade(in: .standard))
            cause = judgement.sentence(for: outcome, title: definition.title) + "."
            steps = observation.record.findings.compactMap(\.remediation).prefix(5).map { .init($0) }
        }
        steps.append(
            .init(
                "Let the validator be tried by the conformance kit, which names each rule that it breaks.",
                command: "holdpoint validator test \(probe.line)"))
        steps.append(.init("Run the check again.", command: Remediation.rerun(definition.id, of: profile)))
        return Remediation(
            summary: "Mend what \(described.id) found", cause: cause, steps: steps, verify: [definition.id])
    }

    private func measurements(
        _ record: ExternalRecord, _ evidence: Evidence, by overrides: Criteria
    ) -> [Measurement] {
        record.measurements.map { measured in
            guard let own = criteria[measured.name] else {
                return Measurement(
                    told: measured.name, unit: measured.unit, measured.value, n: measured.n, from: evidence)
            }
            let criterion = overrides.overriding(own, under: described.id.key(of: measured.name))
            var measurement = Measurement(
                measured.name, unit: measured.unit, measured.value, criterion, n: measured.n,
                aggregation: measured.aggregation, from: evidence)
            if let percentile = measured.aggregation.flatMap({ Percentile(rawValue: $0.rawValue) }),
                measured.n < percentile.leastSamples, measurement.result != .fail
            {
                measurement.result = .tooFewSamples
                measurement.needed = percentile.leastSamples
            }
            return measurement
        }
    }

    private func findings(_ record: ExternalRecord, _ result: ExternalResult) -> [Finding] {
        var findings = record.findings.map { found in
            let parts = found.fingerprint.split(separator: "/", maxSplits: 1)
            return Finding(
                kind: String(parts.first ?? "finding"), severity: found.severity,
                subject: parts.count > 1 ? String(parts[1]) : described.id.description, message: found.message,
                suggestion: found.remediation)
        }.capped()
        let claim = "\(described.id) says \(result.claim.rawValue)\(result.reason.map { ": \($0)" } ?? "")"
        if result.claim == .fail, !findings.contains(where: { $0.severity >= .medium }) {
            findings.append(
                Finding(
                    kind: result.reason ?? "criterion", severity: max(.medium, described.severity),
                    subject: described.id.description, message: claim))
        } else if result.claim == .warn {
            findings.append(
                Finding(kind: "warned", severity: .low, subject: described.id.description, message: claim))
        }
        if record.leftBehind > 0 {
            findings.append(
                Finding(
                    kind: "left-behind", severity: .low, subject: described.id.description,
                    message: "the child left \(record.leftBehind) processes behind it"))
        }
        return findings
    }

    private func reservation(
        _ record: ExternalRecord, _ result: ExternalResult, hasEvidence: Bool
    ) -> Judgement.Reservation? {
        if result.claim == .unverified {
            let reason = result.reason.flatMap(UnverifiedReason.init(rawValue:)) ?? .noSamples
            return .withheld(
                reason, "\(described.id) says that it could not see enough\(result.reason.map { ": \($0)" } ?? "")")
        }
        if !hasEvidence {
            return .withheld(.noSamples, "\(described.id) says \(result.claim.rawValue) without evidence")
        }
        let isSimulated = record.evidence.contains {
            result.evidence.contains($0.evidenceID) && $0.provenance == .simulated
        }
        if isSimulated { return .withheld(.simulatedOnly, "\(described.id) rests on what was simulated") }
        let measured = Set(record.measurements.map(\.name))
        if let absent = criteria.keys.sorted().first(where: { !measured.contains($0) }) {
            return .withheld(
                .noSamples, "\(described.id) did not measure \(absent), for which the profile has a criterion")
        }
        guard record.exitCode != 0 else { return nil }
        let end = record.exitCode.map { "exit code \($0)" } ?? "a signal"
        return .exitMismatch("\(described.id) said \(result.claim.rawValue), and ended with \(end)")
    }
}

extension Judgement {
    /// Nothing that was said counts.
    fileprivate static func broken(_ reason: ErrorReason, _ words: String) -> Judgement {
        Judgement(reservation: .broken(reason, words))
    }
}

/// A validator in another language with its checks.
package enum ExternalValidators {
    /// The checks that a child describes, as a validator.
    ///
    /// - Parameters:
    ///   - criteria: the profile's, by check and measurement.
    ///   - builtIn: ids that are taken: those of Holdpoint's own checks, and of other validators.
    /// - Throws: `ProbeError` of our side for an id that is taken, or whose first part is a built-in validator's.
    package static func validator(
        _ description: ExternalDescription, _ probe: any ExternalValidatorProbe,
        criteria: [CheckID: [String: Criterion]] = [:], besides builtIn: some Sequence<CheckID>, seed: UInt64 = 0,
        profile: String? = nil
    ) throws(ProbeError) -> [Validator] {
        let names = Set(builtIn.map(\.validator))
        for check in description.checks where names.contains(check.id.validator) {
            throw ProbeError(
                ourSide:
                    "\(probe.line) describes \(check.id), whose first part is the name of a validator that there is")
        }
        // One child may serve several groups; the first part of an id is the validator.
        let groups = Dictionary(grouping: description.checks, by: \.id.validator)
        return groups.keys.sorted().map { name in
            Validator(
                name: name, title: SafeText.line("\(description.name) \(description.version)"),
                checks: (groups[name] ?? []).map {
                    ExternalCheck($0, probe, criteria: criteria[$0.id] ?? [:], seed: seed, profile: profile)
                })
        }
    }
}
