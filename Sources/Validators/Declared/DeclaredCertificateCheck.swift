import FoundationEssentials
package import Readiness

/// A declared `certificate` check: a chain to a trusted root, the name, the time that is left.
package struct DeclaredCertificateCheck: Check {
    /// What the certificate is.
    package struct Observation: Codable, Sendable {
        /// What the certificate is.
        package var facts: CertificateFacts
        /// The same in words.
        package var evidence: Evidence
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: CertificateRequirement
    private let certificates: any CertificateProbe

    /// Looks through this probe.
    package init(
        _ declared: DeclaredCheck, _ requirement: CertificateRequirement, _ certificates: any CertificateProbe
    ) {
        self.declared = declared
        self.requirement = requirement
        self.certificates = certificates
        definition = declared.definition(limit: requirement.limit)
    }

    /// Looks once.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await certificates.look(requirement)
        let evidence = try await context.evidence.record(
            EvidenceText(answer.transcript).text, as: .fileDigest, grade: .observed)
        return Observation(facts: answer.value, evidence: evidence)
    }

    /// Days left at the moment of looking, chain, name.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let (facts, evidence) = (observation.facts, observation.evidence)
        let left = facts.notAfter.microseconds - facts.lookedAt.microseconds
        // Hundredths of a day, rounded down: 29.999 days are not 30.
        let hundredths = Int((Double(left) / 864_000_000).rounded(.down))
        var judgement = Judgement(measurements: [
            Measurement(
                "validity_left", unit: "d", DecimalValue(Decimal(hundredths) / 100),
                declared.criterion(.greaterOrEqual, requirement.leastDays, "validity_left", criteria),
                from: evidence),
            Measurement("chain_trusted", isTrue: facts.chainTrouble == nil, from: evidence),
        ])
        let who = SafeText.line(facts.subject).shortened()
        if left < 0 {
            judgement.findings.append(
                .declared(
                    "certificate-expired", who,
                    "the certificate of \(who) expired on \(facts.notAfter.description.prefix(10))"))
        }
        if facts.notBefore > facts.lookedAt {
            judgement.findings.append(
                .declared(
                    "certificate-not-yet-valid", who,
                    "the certificate of \(who) is valid from \(facts.notBefore.description.prefix(10)) on"))
        }
        if let trouble = facts.chainTrouble {
            judgement.findings.append(
                .declared("chain-untrusted", who, "no chain leads to a trusted root: \(trouble.shortened(to: 200))"))
        }
        if let name = requirement.expectedName {
            let covers = facts.coversName == true
            judgement.measurements.append(Measurement("name_covered", isTrue: covers, from: evidence))
            if !covers {
                let names = facts.names.isEmpty ? "no name" : facts.names.prefix(5).joined(separator: ", ")
                judgement.findings.append(
                    .declared(
                        "name-differs", name,
                        "the certificate is good for \(SafeText.line(names)), not for \(SafeText.line(name))"))
            }
        }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and the certificate in words.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let show = "openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
        let command =
            switch requirement.place {
            case .server(let host, let port):
                "openssl s_client -connect \(ShellWord.quoted("\(host):\(port)")) "
                    + "-servername \(ShellWord.quoted(host)) </dev/null | \(show)"
            case .file(let path): "\(show) -in \(ShellWord.quoted(path))"
            }
        return declared.remediation(for: trouble, look: .init("Look at the certificate.", command: command))
    }
}
