// Payloads of events: what a run is judged by, and what will run. Field names in the log are the coding keys.

/// The criteria and the gate that a run is judged by.
package struct PolicyLoaded: Sendable, Codable, Equatable {
    /// As the policy file says.
    package var policyVersion: String
    /// Digest of the policy file.
    package var policySHA256: String
    /// Digest of the criteria file.
    package var criteriaSHA256: String
    /// Digest of the limits file.
    package var limitsSHA256: String
    /// Numbers in the criteria file.
    package var thresholds: Int
    /// Keys that nothing uses, and the like.
    package var warnings: [String]
    /// A fail of this severity or more is a no-go: the gate of a log that was never closed can be asked again. nil in
    /// logs of older programs. The engine states what it was set up with.
    package var failOnSeverity: Severity?
    /// Digest of the target's profile, whose thresholds stand over the criteria file; nil in logs of older programs.
    package var targetSHA256: String?

    /// States it; see the properties.
    package init(
        policyVersion: String, policySHA256: String, criteriaSHA256: String, limitsSHA256: String, thresholds: Int,
        warnings: [String], failOnSeverity: Severity? = nil, targetSHA256: String? = nil
    ) {
        self.policyVersion = policyVersion
        self.policySHA256 = policySHA256
        self.criteriaSHA256 = criteriaSHA256
        self.limitsSHA256 = limitsSHA256
        self.thresholds = thresholds
        self.warnings = warnings
        self.failOnSeverity = failOnSeverity
        self.targetSHA256 = targetSHA256
    }

    private enum CodingKeys: String, CodingKey {
        case policyVersion = "policy_version", policySHA256 = "policy_sha256", criteriaSHA256 = "criteria_sha256"
        case limitsSHA256 = "limits_sha256", thresholds, warnings, failOnSeverity = "fail_on_severity"
        case targetSHA256 = "target_sha256"
    }
}

/// What will run, and what not.
package struct PlanAnnounced: Sendable, Codable, Equatable {
    /// In plan order.
    package var checks: [PlannedCheck]
    /// What is left out, with the reason.
    package var excluded: [ExcludedCheck]
    /// How much of the catalogue that is.
    package var scope: Scope

    /// States it; see the properties.
    package init(checks: [PlannedCheck], excluded: [ExcludedCheck], scope: Scope) {
        self.checks = checks
        self.excluded = excluded
        self.scope = scope
    }
}

/// A check of the plan.
package struct PlannedCheck: Sendable, Codable, Equatable {
    /// Its name.
    package var id: CheckID
    /// True when it passes.
    package var title: String
    /// The same as a question.
    package var question: String
    /// How much a failure matters.
    package var severity: Severity
    /// What must have ended well before.
    package var requires: [CheckID]
    /// What must have ended before.
    package var after: [CheckID]
    /// Held exclusively.
    package var locks: [Lock]
    /// The most that it does to the target.
    package var effects: EffectClass
    /// Predicted time: the median of earlier runs, the definition's estimate where there were none.
    package var estMs: Int64
    /// When it is ended.
    package var hardLimitMs: Int64
    /// What a pass must reach in this mode.
    package var requiredGrade: Grade
    /// Whether the policy requires it.
    package var required: Bool
    /// Requirements that it answers.
    package var controls: [String]
    /// `required_by ID` where it was pulled in; nil where it was selected.
    package var why: String?
    /// Whether it is predicted to end inside the run's budget. One that is not is not started; neither is what requires
    /// it. nil: the run has no budget.
    package var fitsBudget: Bool?

    /// States it; see the properties.
    package init(
        id: CheckID, title: String, question: String, severity: Severity, requires: [CheckID], after: [CheckID],
        locks: [Lock], effects: EffectClass, estMs: Int64, hardLimitMs: Int64, requiredGrade: Grade, required: Bool,
        controls: [String], why: String? = nil, fitsBudget: Bool? = nil
    ) {
        self.id = id
        self.title = title
        self.question = question
        self.severity = severity
        self.requires = requires
        self.after = after
        self.locks = locks
        self.effects = effects
        self.estMs = estMs
        self.hardLimitMs = hardLimitMs
        self.requiredGrade = requiredGrade
        self.required = required
        self.controls = controls
        self.why = why
        self.fitsBudget = fitsBudget
    }

    private enum CodingKeys: String, CodingKey {
        case id, title, question, severity, requires, after, locks, effects, estMs = "est_ms"
        case hardLimitMs = "hard_limit_ms", requiredGrade = "required_grade", required, controls, why
        case fitsBudget = "fits_budget"
    }
}

/// A check that the plan leaves out.
package struct ExcludedCheck: Sendable, Codable, Equatable {
    /// Its name.
    package var id: CheckID
    /// Why: the mode, the selection.
    package var reason: String

    /// States it; see the properties.
    package init(id: CheckID, reason: String) {
        self.id = id
        self.reason = reason
    }
}
