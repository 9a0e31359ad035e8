package import Readiness

/// A declared `port` check: something listens, or nothing does. Reachability is its subject, so that refused is an answer.
package struct DeclaredPortCheck: Check {
    /// What knocking came to.
    package struct Observation: Codable, Sendable {
        /// What knocking came to.
        package var state: PortState
        /// The same in words.
        package var evidence: Evidence
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: PortRequirement
    private let ports: any PortProbe

    /// Knocks through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: PortRequirement, _ ports: any PortProbe) {
        self.declared = declared
        self.requirement = requirement
        self.ports = ports
        definition = declared.definition(limit: requirement.limit)
    }

    /// Knocks once.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await ports.knock(requirement)
        let evidence = try await context.evidence.record(answer.transcript, as: .processTranscript, grade: .observed)
        return Observation(state: answer.value, evidence: evidence)
    }

    /// Open or not. Silence is no proof that nothing listens, only that nobody gets through: for a port that must be
    /// closed that counts as closed to us.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let isOpen = observation.state == .open
        let place = "\(SafeText.line(requirement.host)):\(requirement.port)"
        var judgement = Judgement(measurements: [
            Measurement(
                requirement.isOpen ? "port_open" : "port_closed", isTrue: isOpen == requirement.isOpen,
                from: observation.evidence)
        ])
        if isOpen != requirement.isOpen {
            let words =
                switch observation.state {
                case .open: "is open"
                case .refused: "refuses connections"
                case .silent: "does not answer within \(DurationText.short(requirement.limit))"
                }
            judgement.findings.append(
                .declared(isOpen ? "port-open" : "unreachable", place, "\(place) \(words)"))
        }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and who listens.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        declared.remediation(
            for: trouble,
            look: .init(
                "On the host, see who listens at the port.", command: "ss -ltnp 'sport = :\(requirement.port)'"))
    }
}
