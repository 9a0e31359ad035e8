package import Readiness

/// A declared `sql` check: one value of the target's database.
package struct DeclaredSQLCheck: Check {
    /// The value.
    package struct Observation: Codable, Sendable {
        /// What the one column of the one row held.
        package var value: SeenValue
        /// Statement and value.
        package var evidence: Evidence
    }

    private struct Rows: Sendable {
        var count = 0
        var first: LedgerValue?
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: SQLRequirement
    private let ledger: any LedgerProbe

    /// Asks through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: SQLRequirement, _ ledger: any LedgerProbe) {
        self.declared = declared
        self.requirement = requirement
        self.ledger = ledger
        definition = declared.definition(hooks: [.ledger], limit: .seconds(25))
    }

    /// Asks once, over a connection of its own that cannot write.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let statement = requirement.statement
        let answer = try await LedgerSession.with(ledger) { (connection, _) throws(ProbeError) in
            try await connection.fold(statement, parameters: [], columns: 1, into: Rows()) {
                (rows, values) throws(ProbeError) in
                rows.count += 1
                if rows.first == nil { rows.first = values.first }
                guard rows.count == 1 else {
                    throw ProbeError(.nonsense, at: .ledger, "the statement brings more than one row")
                }
            }
        }
        guard let first = answer.value.first else {
            throw ProbeError(.nonsense, at: .ledger, "the statement brings no row")
        }
        let value = SeenValue(first)
        let evidence = try await context.evidence.record(
            EvidenceText(statement, "value: \(value.words)", answer.transcript).text, as: .sqlResult, grade: .observed)
        return Observation(value: value, evidence: evidence)
    }

    /// The value against the expectation.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let (measurement, finding) = requirement.expectation
            .overridden(by: criteria, under: declared.key(of: "value")).judged(
                observation.value, name: "value", from: observation.evidence)
        return Judgement(measurements: [measurement], findings: finding.map { [$0] } ?? []).withFindingsFirst()
    }

    /// The profile's, and the statement.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        declared.remediation(
            for: trouble,
            look: .init(
                "Run the statement by hand against the target's database.",
                command: "printf '%s\\n' \(ShellWord.quoted(requirement.statement))"))
    }
}
