import Readiness

/// Writing events, and the gate's decision that follows from them.
extension Dispatcher {
    mutating func tell(_ body: EventBody, of check: CheckID? = nil, round: Int? = nil) {
        let ofRound = round ?? (self.round > 0 ? self.round : nil)
        summary.fold(setup.log.append(body, check: check, round: ofRound))
        if body.kind.mustBeDurable { mustBeDurable = true }
        if setup.log.trouble != nil { isGateDirty = true }
    }

    mutating func tellBlocked(_ id: CheckID, _ blocking: Blocking) {
        var finished = CheckFinished.notRun(.blocked, message: blocking.sentence)
        finished.blockedBy = blocking.blockedBy
        finished.rootCause = blocking.rootCause
        tellFinished(id, finished)
    }

    mutating func tellFinished(_ id: CheckID, _ finished: CheckFinished) {
        if finished.outcome != .pass { isGateDirty = true }
        tell(.checkFinished(finished), of: id)
    }

    mutating func updateGate() {
        if schedule.isIdle { isGateDirty = true }
        guard isGateDirty else { return }
        isGateDirty = false
        let decision = decide(isLogWhole: setup.log.trouble == nil)
        if decision.verdict != summary.decision.verdict || decision.reasons != summary.decision.reasons
            || summary.decision.coverage.required != decision.coverage.required
            || (schedule.isIdle && decision != summary.decision)
        {
            tell(.gateChanged(GateChanged(decision: decision)))
            isGateDirty = false
        }
    }

    func decide(isLogWhole: Bool) -> GateDecision {
        Gate.decide(summary, policy: setup.policy, isLogWhole: isLogWhole)
    }
}

extension Blocking {
    /// Which check stands in the way, in words.
    var sentence: String {
        blockedBy == rootCause ? "\(blockedBy) did not end well" : "\(blockedBy) is held up by \(rootCause)"
    }
}

extension CheckFinished {
    /// The end of a check whose body never ran.
    static func notRun(_ outcome: Outcome.Word, message: String) -> CheckFinished {
        CheckFinished(outcome: outcome, message: message, grade: .none, attempts: 0, durationMs: 0)
    }

    /// The end of a check that the run's budget had no time for.
    static func outOfBudget(_ message: String) -> CheckFinished {
        var finished = notRun(.unverified, message: message)
        finished.reason = UnverifiedReason.budgetExhausted.rawValue
        return finished
    }
}
