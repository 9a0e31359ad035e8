import Readiness

/// Ticks, limits and the run's budget.
extension Dispatcher {
    /// How often time is looked at while something runs.
    private static var tickInterval: Duration { .milliseconds(50) }

    /// Why a check that the budget has no time for was not started.
    static var tooLate: String { "the run's budget was used up before it could start" }

    /// Whether the run's budget, which bounds round 1, is used up.
    var isOutOfTime: Bool {
        guard round == 1, let deadline else { return false }
        return setup.clock.now >= deadline
    }

    /// Sees to it that time is looked at again.
    mutating func keepTicking() {
        guard !isTicking, !executions.isEmpty || !waitingForOthers.isEmpty else { return }
        isTicking = true
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                // A tick that comes early because everything is being cancelled does no harm.
                do throws(ProbeError) { try await clock.sleep(for: Self.tickInterval) } catch {}
                inbox.post(.tick)
            })
    }

    /// Does what has become due.
    mutating func lookAtTheClock() {
        let now = setup.clock.now
        // What has not started first: the end of a running one must not start another that there is no time for.
        if isOutOfTime { giveUpWaiting(with: .outOfBudget(Self.tooLate)) }
        for id in executions.keys.sorted() {
            guard let execution = executions[id], !execution.isBackingOff else { continue }
            var limits = execution.attempt.limits
            let action = limits.check(at: now, skippingGrace: skipsGrace)
            executions[id]?.update { $0.limits = limits }
            switch action {
            case .slow(let elapsed, let left):
                tell(.checkSlow(CheckSlow(elapsedMs: elapsed.milliseconds, hardInMs: left.milliseconds)), of: id)
            case .overrun: executions[id]?.cancel(because: .hardLimit, at: now)
            case .budgetOver: executions[id]?.cancel(because: .budget, at: now)
            case .leaveBehind:
                executions[id]?.update { $0.leaveBehind() }
                takeBack(execution.ticket)
            case nil: break
            }
        }
    }

    /// Finishes what is predicted to end after the budget, before anything starts. What requires it is blocked.
    mutating func leaveOutWhatDoesNotFit() {
        guard let budget else { return }
        let left = plan.steps.map(\.check.definition.id).filter(budget.leftOut.contains)
        for id in schedule.giveUp(left, as: .unverified) {
            let time = budget.predicted(id)
            tellFinished(
                id,
                .outOfBudget(
                    "it takes about \(DurationText.short(time)) and would end after the run's budget of "
                        + DurationText.short(budget.budget)))
        }
    }

    /// Finishes checks that have not started.
    ///
    /// - Parameter ids: which; nil for all.
    mutating func giveUpWaiting(_ ids: [CheckID]? = nil, with finished: CheckFinished) {
        for id in schedule.giveUp(ids ?? schedule.pendingChecks, as: finished.outcome) { tellFinished(id, finished) }
        for wait in waitingForOthers where ids?.contains(wait.check) ?? true { stopWaiting(wait.check, with: finished) }
    }
}
