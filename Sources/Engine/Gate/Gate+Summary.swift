package import Readiness

/// What the gate says of what a log adds up to.
extension Gate {
    /// Decides on the checks of a run as its plan announced them.
    ///
    /// - Parameter isLogWhole: whether every event so far is in the log's file, and the run not cut off.
    package static func decide(_ summary: RunSummary, policy: GatePolicy, isLogWhole: Bool) -> GateDecision {
        decide(
            summary.checks.map { record in
                Subject(
                    id: record.id, severity: record.plan.severity, isRequired: record.plan.required,
                    outcome: record.outcome)
            }, policy: policy, Circumstances(isLogWhole: isLogWhole, disturbances: summary.disturbances))
    }

    /// Decides on a run that was never closed, by the gate that its log names: what it found before it was cut off
    /// counts as in a run that was closed, and what is missing holds.
    ///
    /// Never better than the gate's last word in the log. A log of a program that did not name the bar yet is judged by
    /// the lowest one.
    package static func decide(unclosed summary: RunSummary) -> GateDecision {
        let policy = GatePolicy(
            version: summary.policy?.policyVersion ?? "", failOnSeverity: summary.policy?.failOnSeverity ?? .low,
            digest: summary.policy?.policySHA256 ?? "")
        var decision = decide(summary, policy: policy, isLogWhole: false)
        decision.verdict = max(decision.verdict, summary.decision.verdict)
        return decision
    }
}
