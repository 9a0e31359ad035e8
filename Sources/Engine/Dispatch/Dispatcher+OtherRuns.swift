import Readiness

/// Locks that other runs hold too: on the whole machine, and on the target.
///
/// A check that waits here counts as started for the schedule, so that nothing that it excludes starts meanwhile. It
/// holds no lock of the target; what it waits for is held by checks that run, and those end.
extension Dispatcher {
    /// Tries once to take what a check needs between processes.
    ///
    /// - Returns: nil when it holds all; else what another run has.
    mutating func lockOfOthers(inTheWayOf id: CheckID) -> Lock? {
        guard let place = places[id] else { return nil }
        let definition = plan.steps[place].check.definition
        if let lock = targetLock(inTheWayOf: definition) { return lock }
        guard isMachineHeld(for: definition) else {
            // Not kept while the machine is waited for: nothing is.
            releaseTarget(heldBy: id)
            return .machineQuiet
        }
        return nil
    }

    private mutating func targetLock(inTheWayOf definition: CheckDefinition) -> Lock? {
        guard let locks = setup.targetLocks, targetTrouble == nil else { return nil }
        let need = TargetLocks.Need(definition)
        do throws(MachineLockError) {
            if let lock = try locks.attempt(need) { return lock }
            holdingTarget.insert(definition.id)
        } catch { targetTrouble = error.description }
        return nil
    }

    private mutating func isMachineHeld(for definition: CheckDefinition) -> Bool {
        guard let lock = setup.machineLock, machineTrouble == nil else { return true }
        let wantsItAlone = definition.locks.contains(.machineQuiet)
        do throws(MachineLockError) { return try lock.attempt(wantsItAlone ? .alone : .shared) } catch {
            machineTrouble = error.description
            return true
        }
    }

    /// Gives back what a check holds of the target between processes.
    mutating func releaseTarget(heldBy id: CheckID) {
        guard holdingTarget.remove(id) != nil, let place = places[id] else { return }
        setup.targetLocks?.release(TargetLocks.Need(plan.steps[place].check.definition))
    }

    /// Lets a check wait, and says for whom.
    mutating func waitForOthers(_ id: CheckID, _ lock: Lock) {
        let now = setup.clock.now
        if lockWaits[id] == nil { lockWaits[id] = now }
        let waiting = words(of: lock)
        waitingForOthers.append(
            WaitForOthers(check: id, since: now, lock: lock, toldAt: now, told: waiting))
        tell(.checkWaiting(waiting), of: id)
    }

    /// Tries again for each check that waits, in the order they came; gives those up that have waited long enough.
    mutating func retryLocksOfOthers() {
        for wait in waitingForOthers {
            guard let lock = lockOfOthers(inTheWayOf: wait.check) else {
                waitingForOthers.removeAll { $0.check == wait.check }
                givenUpOn.remove(wait.lock)
                launch(wait.check)
                continue
            }
            goOnWaiting(wait, for: lock)
        }
        if waitingForOthers.isEmpty { executions.isEmpty ? leaveQueues() : setup.targetLocks?.withdraw() }
    }

    private mutating func goOnWaiting(_ wait: WaitForOthers, for lock: Lock) {
        var wait = wait
        let now = setup.clock.now
        let isOver = now - wait.since >= setup.lockPatience || givenUpOn.contains(lock)
        if lock != wait.lock || isOver || now - wait.toldAt >= WaitForOthers.interval {
            let waiting = words(of: lock)
            if waiting != wait.told { tell(.checkWaiting(waiting), of: wait.check) }
            (wait.lock, wait.told, wait.toldAt) = (lock, waiting, now)
            let (done, total) = (now - wait.since, setup.lockPatience)
            tell(
                .checkProgress(
                    CheckProgress(
                        done: Int(done.components.seconds), total: Int(total.components.seconds), unit: "s waited")),
                of: wait.check)
        }
        if isOver {
            givenUpOn.insert(lock)
            return stopWaiting(wait.check, with: wait.finished(at: now, patience: setup.lockPatience))
        }
        if let place = waitingForOthers.firstIndex(where: { $0.check == wait.check }) { waitingForOthers[place] = wait }
    }

    /// Finishes a check that waits.
    mutating func stopWaiting(_ id: CheckID, with finished: CheckFinished) {
        waitingForOthers.removeAll { $0.check == id }
        lockWaits[id] = nil
        tellFinished(id, finished)
        schedule.finish(id, finished.outcome)
    }

    /// Gives the machine up, and every place in a queue: nothing of ours runs or waits.
    mutating func leaveQueues() {
        setup.targetLocks?.withdraw()
        guard let lock = setup.machineLock, machineTrouble == nil else { return }
        lock.withdraw()
        do throws(MachineLockError) { _ = try lock.attempt(.none) } catch { machineTrouble = error.description }
    }

    private func words(of lock: Lock) -> CheckWaiting {
        let holders =
            lock == .machineQuiet ? setup.machineLock?.holders() : setup.targetLocks?.holders(of: lock)
        return CheckWaiting(on: "lock", names: ["\(lock.rawValue), held by \(LockHolder.words(holders ?? []))"])
    }
}
