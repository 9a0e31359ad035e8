import Readiness

/// Checks that are started, end, are tried again and finish.
extension Dispatcher {
    /// Starts a check that the schedule has given its place to.
    mutating func start(_ id: CheckID) {
        if isOutOfTime {
            tellFinished(id, .outOfBudget(Self.tooLate))
            schedule.finish(id, .unverified)
            return
        }
        if let lock = lockOfOthers(inTheWayOf: id) { return waitForOthers(id, lock) }
        launch(id)
    }

    /// Starts the first attempt of a check that holds all its locks.
    mutating func launch(_ id: CheckID) {
        guard let place = places[id] else { return }
        let waited = lockWaits.removeValue(forKey: id).map { (setup.clock.now - $0).milliseconds } ?? 0
        for lock in plan.steps[place].check.definition.locks {
            tell(.lockAcquired(LockChange(name: lock, waitedMs: waited)), of: id)
        }
        let attempt = attempt(1, at: place)
        executions[id] = Execution(attempt, startedAt: setup.clock.now)
    }

    /// Starts the body of an attempt. Each has the whole of its check's limits; the run's budget bounds them all.
    private mutating func attempt(_ number: Int, at place: Int) -> Attempt {
        let check = plan.steps[place].check
        let definition = check.definition
        let ticket = CheckTicket(check: definition.id, round: round, attempt: number)
        tell(.checkStarted(CheckStarted(attempt: number)), of: definition.id)
        let channel = CheckChannel(ticket: ticket, place: place + 1, inbox: inbox, setup: setup)
        let again = number > 1 ? "a\(number)-" : ""
        let context = CollectContext(
            criteria: setup.criteria, mode: plan.mode, evidence: channel, reporter: channel, effects: channel,
            noise: setup.noise, clock: setup.clock,
            token: "hp-\(setup.log.run.suffix(10))-\(round)-\(place + 1)-\(again)")
        if let machineTrouble, definition.locks.contains(.machineQuiet) {
            channel.log("cannot \(machineTrouble): other runs on this host may disturb the figures")
        }
        if let targetTrouble, definition.locks.contains(where: { $0 != .machineQuiet }) {
            channel.log("cannot \(targetTrouble): other runs on this target may disturb the check")
        }
        let task = TimeLimit.start { [inbox, interlock = setup.interlock] in
            let result = await CheckBody.run(check, in: context, channel: channel, interlock: interlock)
            channel.flush()
            for measurement in result.measurements { inbox.post(.report(ticket, .checkMeasurement(measurement))) }
            for finding in result.findings { inbox.post(.report(ticket, .checkFinding(finding))) }
            inbox.post(.ended(ticket, result))
        }
        return Attempt(
            ticket, of: definition, task: task, channel: channel,
            limits: Limits(definition, startedAt: setup.clock.now, deadline: round == 1 ? deadline : nil))
    }

    /// A body has ended.
    mutating func end(_ ticket: CheckTicket, _ result: BodyResult) {
        guard let attempt = attempt(of: ticket), !attempt.isLeftBehind else { return }
        executions[ticket.check]?.update { $0.end(with: result) }
        // At once, while what it changed is being taken back: what else needs the endpoint should not start.
        if let execution = executions[ticket.check], !isWorthAnother(execution) { lookAtWhatWasLost(by: execution) }
        takeBack(ticket)
    }

    /// An attempt has been cleaned up after: its check is tried again or finishes.
    mutating func conclude(_ ticket: CheckTicket) {
        guard attempt(of: ticket) != nil, let execution = executions[ticket.check] else { return }
        guard isWorthAnother(execution) else {
            lookAtWhatWasLost(by: execution)
            return finish(ticket.check, execution.result)
        }
        let result = execution.attempt.result
        tell(
            .checkAttemptFinished(
                AttemptFinished(
                    attempt: ticket.attempt, outcome: result.outcome.word, reason: result.outcome.reason,
                    message: result.message, nextInMs: RetryPolicy.backOff.milliseconds)), of: ticket.check)
        executions[ticket.check]?.backOff()
        let next = CheckTicket(check: ticket.check, round: ticket.round, attempt: ticket.attempt + 1)
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                // Only the end of the run cuts it short, and then nobody waits for the attempt any more.
                do throws(ProbeError) { try await clock.sleep(for: RetryPolicy.backOff) } catch { return }
                inbox.post(.again(next))
            })
    }

    /// The time between two attempts is over.
    mutating func tryAgain(_ ticket: CheckTicket) {
        guard let execution = executions[ticket.check], execution.isBackingOff, ticket.round == round,
            execution.ticket.attempt + 1 == ticket.attempt, let place = places[ticket.check]
        else { return }
        if isOutOfTime {
            return finish(ticket.check, .outOfBudget("the run's budget was used up before its next attempt"))
        }
        let attempt = attempt(ticket.attempt, at: place)
        executions[ticket.check]?.begin(attempt)
    }

    private func isWorthAnother(_ execution: Execution) -> Bool {
        guard !isClosing, !execution.isUnwanted, !execution.attempt.isDisturbing, !isOutOfTime else { return false }
        return RetryPolicy.isWorthAnother(execution.attempt.result, attempt: execution.ticket.attempt)
    }

    /// Writes the end of a check down and frees what it held.
    mutating func finish(_ id: CheckID, _ result: BodyResult) {
        guard let execution = executions.removeValue(forKey: id) else { return }
        for lock in execution.definition.locks { tell(.lockReleased(LockChange(name: lock)), of: id) }
        releaseTarget(heldBy: id)
        var rootCause: CheckID?
        if let endpoint = result.unreachable, !execution.definition.isReachability {
            rootCause = endpoint.reachabilityCheck
        }
        tellFinished(
            id,
            CheckFinished(
                outcome: result.outcome.word, reason: result.outcome.reason, message: result.message,
                grade: result.grade, attempts: execution.ticket.attempt,
                durationMs: (setup.clock.now - execution.startedAt).milliseconds, observation: result.observation,
                rootCause: rootCause, remediation: result.remediation))
        schedule.finish(id, result.outcome.word, rootCause: rootCause)
    }
}
