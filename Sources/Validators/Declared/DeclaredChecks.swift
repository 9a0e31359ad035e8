package import Readiness

extension DeclaredCheck {
    /// The check that looks at the subject with these probes.
    package func check(_ probes: DeclaredProbes) -> any Check {
        switch subject {
        case .http(let requirement): DeclaredHTTPCheck(self, requirement, probes.web)
        case .command(let requirement): DeclaredCommandCheck(self, requirement, probes.commands)
        case .sql(let requirement): DeclaredSQLCheck(self, requirement, probes.ledger)
        case .file(let requirement): DeclaredFileCheck(self, requirement, probes.files)
        case .port(let requirement): DeclaredPortCheck(self, requirement, probes.ports)
        case .certificate(let requirement): DeclaredCertificateCheck(self, requirement, probes.certificates)
        case .report(let requirement): DeclaredReportCheck(self, requirement, probes.files)
        }
    }

    /// What is known of it before it runs.
    ///
    /// - Parameter limit: what one look may take at most; the hard limit is above it.
    func definition(hooks: [Capability] = [], effects: EffectClass = .read, limit: Duration) -> CheckDefinition {
        CheckDefinition(
            id: id, title: title, question: question, severity: severity, grade: grade, fromMode: fromMode,
            effects: effects, requires: requires, hooks: hooks, criteria: bounds.keys.sorted().map(key),
            softLimit: min(limit, .seconds(5)),
            hardLimit: limit + .seconds(5), estimate: .milliseconds(20))
    }

    /// The profile's mend, with what was seen, and at least one step that a person can paste.
    ///
    /// - Parameter look: how to see by hand what the check saw.
    func remediation<Observation>(
        for trouble: Trouble<Observation>, look: Remediation.Step
    ) -> Remediation? {
        let cause: String
        switch trouble {
        case .notObserved(let error) where error.meeting == .cancelled: return nil
        case .notObserved(let error): cause = "The check could see nothing: \(error.description.shortened(to: 300))."
        case .judged(_, let judgement): cause = "Asked for at \(source): \(judgement.seen)."
        }
        var steps = mend.steps
        steps.append(look)
        steps.append(.init("Run the check again.", command: Remediation.rerun(id, of: source.file)))
        return Remediation(summary: mend.summary, cause: cause, steps: steps, verify: [id])
    }

    /// A bound of the profile, or the number that the criteria have for it.
    func criterion(
        _ op: Criterion.Comparison, _ own: Threshold, _ measurement: String, _ criteria: Criteria
    ) -> Criterion {
        criteria.overriding(Criterion(op, own), under: key(of: measurement))
    }

    /// A number that a criterion of the profile stands for, where the profile's line is all that is known of its place.
    func threshold(_ value: Int) -> Threshold { Threshold(DecimalValue(value), source: source) }
}

extension DeclaredValidator {
    /// The checks as a validator like any other.
    package func validator(_ probes: DeclaredProbes) -> Validator {
        Validator(name: name, title: title, checks: checks.map { $0.check(probes) })
    }
}

extension Judgement {
    /// The same with findings in place of the yes-or-no statements that they explain, so that the reason of the outcome
    /// is what was found. Numbers against bounds stay.
    func withFindingsFirst() -> Judgement {
        guard findings.contains(where: { $0.severity >= .medium }) else { return self }
        var judgement = self
        judgement.measurements = measurements.map { measurement in
            guard measurement.result == .fail, measurement.criterion?.source == "definition" else { return measurement }
            var told = measurement
            told.criterion = nil
            told.result = .pass
            return told
        }
        return judgement
    }
}

extension Finding {
    /// Something that makes a declared check fail.
    static func declared(_ kind: String, _ subject: String, _ message: String, severity: Severity = .medium) -> Finding
    {
        Finding(kind: kind, severity: severity, subject: subject, message: message)
    }
}

extension Remediation {
    /// The command that runs a profile's own check again.
    static func rerun(_ id: CheckID, of profile: String?) -> String {
        let target = profile.map { " --target \(ShellWord.quoted($0))" } ?? ""
        return "holdpoint run\(target) --check \(id)"
    }
}
