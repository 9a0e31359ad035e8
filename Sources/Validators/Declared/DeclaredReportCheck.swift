import FoundationEssentials
package import Readiness

/// A declared `report` check: what another tool wrote down, as measurements and findings.
///
/// What a file says is E1 (`declared`): a report is not the system. So such a check asks for `declared`, or ends
/// `grade_below_required`.
package struct DeclaredReportCheck: Check {
    /// What the report says.
    package struct Observation: Codable, Sendable {
        /// What the report says.
        package var results: ForeignResults
        /// Microseconds since it was written.
        package var ageMicroseconds: Int64
        /// Path and digest.
        package var evidence: Evidence
    }

    /// As the profile declares it.
    package let definition: CheckDefinition
    private let declared: DeclaredCheck
    private let requirement: ReportRequirement
    private let files: any FileProbe

    /// The most that is read of a report, bytes.
    package static let cap = 16 << 20

    /// Reads through this probe.
    package init(_ declared: DeclaredCheck, _ requirement: ReportRequirement, _ files: any FileProbe) {
        self.declared = declared
        self.requirement = requirement
        self.files = files
        definition = declared.definition(limit: .seconds(25))
    }

    /// Reads it once.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let answer = try await files.read(requirement.path, cap: Self.cap)
        let content = answer.value
        let evidence = try await context.evidence.record(answer.transcript, as: .fileDigest, grade: .declared)
        do throws(ForeignTrouble) {
            return Observation(
                results: try requirement.format.results(of: content.bytes), ageMicroseconds: content.ageMicroseconds,
                evidence: evidence)
        } catch {
            throw ProbeError(
                .nonsense, elsewhere: "\(requirement.path) is no \(requirement.format.rawValue) report: \(error)")
        }
    }

    /// Its age, how much it holds, and what it says. Only what was tried counts as a result.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        let (results, evidence) = (observation.results, observation.evidence)
        var judgement = results.judgement(from: evidence)
        let age = DecimalValue(Decimal(observation.ageMicroseconds) / 1_000_000)
        let tried = results.passed + results.failed
        if tried == 0, results.total > 0 {
            // Everything in it was skipped: that it is young and long proves nothing.
            judgement.measurements.append(Measurement(told: "report_age", unit: "s", age, from: evidence))
            judgement.measurements.append(
                Measurement(told: "results", unit: "1", DecimalValue(tried), from: evidence))
        } else {
            judgement.measurements.append(
                Measurement(
                    "report_age", unit: "s", age,
                    declared.criterion(.lessOrEqual, requirement.maximumAge, "report_age", criteria), from: evidence))
            judgement.measurements.append(
                Measurement(
                    "results", unit: "1", DecimalValue(tried),
                    Criterion(.greaterOrEqual, declared.threshold(requirement.leastResults)), from: evidence))
        }
        // It would stay young for years.
        if Duration.microseconds(observation.ageMicroseconds) < FileContent.futureLeeway {
            let name = SafeText.line(requirement.path).shortened()
            judgement.findings.append(
                .declared("from-the-future", name, "\(name) was written in the future"))
        }
        return judgement.withFindingsFirst()
    }

    /// The profile's, and the report.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        declared.remediation(
            for: trouble,
            look: .init("Read the report, or write it anew.", command: "less -- \(ShellWord.quoted(requirement.path))"))
    }
}

extension ReportRequirement.Format {
    /// What a report of the format says.
    func results(of bytes: [UInt8]) throws(ForeignTrouble) -> ForeignResults {
        switch self {
        case .tap: try TAPReader.results(of: bytes)
        case .junit: try JUnitReader.results(of: bytes)
        case .sarif: try SARIFReader.results(of: bytes)
        }
    }
}
