import FoundationEssentials
package import Readiness

/// A declared `file` check: whether it is there, its mode, its age, its content.
package struct DeclaredFileCheck: Check {
    /// What the file is.
    package struct Observation: Codable, Sendable {
        /// What the file is.
        package var facts: FileFacts
        /// The same in words.
        package var evidence: Evidence
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: FileRequirement
    private let files: any FileProbe

    /// Looks through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: FileRequirement, _ files: any FileProbe) {
        self.declared = declared
        self.requirement = requirement
        self.files = files
        definition = declared.definition(limit: .seconds(25))
    }

    /// Looks once.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await files.look(requirement)
        let evidence = try await context.evidence.record(answer.transcript, as: .fileDigest, grade: .observed)
        return Observation(facts: answer.value, evidence: evidence)
    }

    /// Each thing that was asked.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let (facts, evidence) = (observation.facts, observation.evidence)
        var judgement = Judgement(measurements: [
            Measurement(
                requirement.exists ? "exists" : "is_absent",
                isTrue: facts.exists == requirement.exists && facts.other == nil, from: evidence)
        ])
        let name = SafeText.line(requirement.path).shortened()
        func miss(_ kind: String, _ message: String) { judgement.findings.append(.declared(kind, name, message)) }
        if let other = facts.other {
            miss("not-a-file", "\(name) is \(other), not a regular file")
            return judgement.withFindingsFirst()
        }
        guard facts.exists == requirement.exists else {
            miss(facts.exists ? "file-present" : "file-missing", "\(name) is \(facts.exists ? "" : "not ")there")
            return judgement.withFindingsFirst()
        }
        guard requirement.exists else { return judgement }
        if let mode = requirement.mode {
            judgement.measurements.append(Measurement("mode_agrees", isTrue: facts.mode == mode, from: evidence))
            if facts.mode != mode {
                miss("mode-differs", "\(name) has mode \(Self.octal(facts.mode)), must be \(Self.octal(mode))")
            }
        }
        if let age = requirement.maximumAge {
            judgement.measurements.append(
                Measurement(
                    "age", unit: "s", DecimalValue(Decimal(facts.ageMicroseconds) / 1_000_000),
                    declared.criterion(.lessOrEqual, age, "age", criteria), from: evidence))
            if Duration.microseconds(facts.ageMicroseconds) < FileContent.futureLeeway {
                miss("from-the-future", "\(name) was changed in the future")
            }
        }
        if requirement.text != nil {
            // Not looked at is not met.
            let misses = facts.misses ?? ["was not read"]
            judgement.measurements.append(Measurement("content_agrees", isTrue: misses.isEmpty, from: evidence))
            if !misses.isEmpty { miss("content-differs", "\(name) \(misses.joined(separator: ", "))") }
        }
        if let sha256 = requirement.sha256 {
            let isSame = facts.sha256 == sha256.lowercased()
            judgement.measurements.append(Measurement("sha256_agrees", isTrue: isSame, from: evidence))
            if !isSame { miss("digest-differs", "\(name) has SHA-256 \(facts.sha256 ?? "unknown"), must be \(sha256)") }
        }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and a look at the file.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let path = ShellWord.quoted(requirement.path)
        let command = requirement.sha256 == nil ? "ls -l -- \(path)" : "ls -l -- \(path); sha256sum -- \(path)"
        return declared.remediation(for: trouble, look: .init("Look at the file.", command: command))
    }

    private static func octal(_ mode: Int) -> String { "0" + String(mode, radix: 8) }
}
