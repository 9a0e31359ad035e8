import Readiness

/// What operators and signals ask for.
extension Dispatcher {
    mutating func obey(_ command: OperatorCommand) {
        guard !isClosed else { return }
        switch command {
        case .cancel(let id):
            act("cancel", id.description)
            cancel([id])
        case .cancelAll:
            act("cancel", "all")
            tell(.runCancelling(RunCancelling(phase: "cooperative", why: "operator")))
            cancelEverything()
        case .rerun(let id):
            act("rerun", id.description)
            rerun([id])
        case .rerunFailed:
            act("rerun", "failed")
            rerun(Set(summary.checks.filter(\.needsAttention).map(\.id)))
        case .rerunValidator(let name):
            act("rerun", "validator \(name)")
            rerun(Set(summary.checks.map(\.id).filter { $0.validator == name }))
        case .note(let action, let object): act(action, object)
        case .quit:
            act("quit", "run")
            isClosing = true
            if !schedule.isIdle { tell(.runCancelling(RunCancelling(phase: "cooperative", why: "operator"))) }
            cancelEverything()
        }
    }

    mutating func obey(signal number: Int32) {
        guard !isClosed else { return }
        tell(.runCancelling(RunCancelling(phase: isClosing ? "kill" : "cooperative", why: "signal \(number)")))
        skipsGrace = isClosing
        isClosing = true
        cancelEverything()
        if skipsGrace { lookAtTheClock() }
    }

    private mutating func act(_ action: String, _ object: String) {
        tell(.operatorAction(OperatorAction(action: action, object: object, operatorName: setup.operatorName)))
    }

    private mutating func cancelEverything() {
        wantedReruns = []
        cancel(schedule.pendingChecks + schedule.runningChecks)
    }

    private mutating func cancel(_ ids: [CheckID]) {
        // Those that have not started first: ending a running one must not start another that is to be ended too.
        giveUpWaiting(ids, with: .notRun(.cancelled, message: "cancelled before it started"))
        let now = setup.clock.now
        for id in ids {
            executions[id]?.cancel(because: .asked, at: now)
            if executions[id]?.isBackingOff == true {
                finish(id, BodyResult(outcome: .cancelled, message: "cancelled between two attempts", grade: .none))
            }
        }
    }

    /// Asks for a further round: the checks, what depends on them, and for a blocked one the way to its root cause.
    private mutating func rerun(_ ids: Set<CheckID>) {
        var wanted = ids
        for id in ids {
            guard let record = summary[id], record.outcome == .blocked, let root = record.rootCause else { continue }
            let path = graph.closureOfRequirements(of: [id]).intersection(graph.closureOfDependants(of: [root]))
            wanted.formUnion(path.union([root]))
        }
        wanted.formUnion(graph.closureOfDependants(of: wanted))
        wantedReruns.formUnion(wanted.filter { places[$0] != nil })
    }
}
