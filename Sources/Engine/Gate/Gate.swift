package import Readiness

/// Whether we may go. A conjunction without compensation: no green makes up for a red. Pure.
package enum Gate {
    /// A check as the gate sees it.
    package struct Subject: Sendable, Equatable {
        /// Its name.
        package var id: CheckID
        /// How much a failure matters.
        package var severity: Severity
        /// Whether the policy requires it.
        package var isRequired: Bool
        /// What it showed last; nil while it has not finished in the round that names it.
        package var outcome: Outcome.Word?

        /// Describes a check.
        package init(id: CheckID, severity: Severity, isRequired: Bool, outcome: Outcome.Word?) {
            self.id = id
            self.severity = severity
            self.isRequired = isRequired
            self.outcome = outcome
        }
    }

    /// What is known of the run beside its checks.
    package struct Circumstances: Sendable, Equatable {
        /// Whether every event so far is in the log's file.
        package var isLogWhole: Bool
        /// Changes on the target that could not be taken back: each is a reason of its own.
        package var disturbances: [Disturbance]

        /// States both. By default nothing is wrong.
        package init(isLogWhole: Bool = true, disturbances: [Disturbance] = []) {
            self.isLogWhole = isLogWhole
            self.disturbances = disturbances
        }
    }

    /// The verdict, and every rule that fired, worst first, then in the order of the subjects.
    package static func decide(
        _ subjects: [Subject], policy: GatePolicy, _ circumstances: Circumstances = Circumstances()
    ) -> GateDecision {
        var reasons = circumstances.disturbances.map(\.reason)
        if !circumstances.isLogWhole { reasons.append(VerdictReason(.logIncomplete)) }
        var isUnfinished = subjects.isEmpty
        var coverage = Coverage(required: 0, verified: 0)
        for subject in subjects {
            if subject.isRequired {
                coverage.required += 1
                if let outcome = subject.outcome, [.pass, .warn, .fail, .notApplicable].contains(outcome) {
                    coverage.verified += 1
                }
                if subject.outcome == nil { isUnfinished = true }
            }
            if let rule = rule(for: subject, policy: policy) { reasons.append(VerdictReason(rule, subject.id)) }
        }
        if isUnfinished { reasons.append(VerdictReason(.notFinished)) }
        let order = VerdictReason.Rule.allCases
        let ranked = reasons.enumerated().sorted { left, right in
            let places = (order.firstIndex(of: left.element.rule)!, order.firstIndex(of: right.element.rule)!)
            return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
        }
        let verdict = ranked.map { self.verdict(of: $0.element.rule) }.max() ?? .go
        return GateDecision(verdict: verdict, reasons: ranked.map(\.element), coverage: coverage)
    }

    /// The verdict that a rule alone brings about.
    package static func verdict(of rule: VerdictReason.Rule) -> Verdict {
        switch rule {
        case .unwaivedFail, .targetDisturbed: .noGo
        case .logIncomplete, .requiredError, .requiredUnverified, .requiredBlocked, .requiredCancelled, .notFinished:
            .hold
        case .failBelowBar, .warning: .goWithConditions
        }
    }

    private static func rule(for subject: Subject, policy: GatePolicy) -> VerdictReason.Rule? {
        switch subject.outcome {
        case .fail: subject.severity >= policy.failOnSeverity ? .unwaivedFail : .failBelowBar
        case .warn: .warning
        case .error: subject.isRequired ? .requiredError : nil
        case .unverified: subject.isRequired ? .requiredUnverified : nil
        case .blocked: subject.isRequired ? .requiredBlocked : nil
        case .cancelled, .notSelected: subject.isRequired ? .requiredCancelled : nil
        case .pass, .notApplicable, nil: nil
        }
    }
}
