import Readiness

/// The lock on the whole machine, which other runs on the host hold too.
extension Dispatcher {
    mutating func mayStartOnThisMachine(_ id: CheckID) -> Bool {
        guard let lock = setup.machineLock, machineTrouble == nil, let place = places[id] else { return true }
        let wantsItAlone = plan.steps[place].check.definition.locks.contains(.machineQuiet)
        do throws(MachineLockError) { return try lock.attempt(wantsItAlone ? .alone : .shared) } catch {
            machineTrouble = error.description
            return true
        }
    }

    mutating func retryMachineLock() {
        let waiting = waitingForMachine
        waitingForMachine = []
        for id in waiting {
            if mayStartOnThisMachine(id) { start(id) } else { waitingForMachine.append(id) }
        }
        if executions.isEmpty && waitingForMachine.isEmpty { giveMachineUp() }
    }

    mutating func giveMachineUp() {
        guard let lock = setup.machineLock, machineTrouble == nil else { return }
        lock.withdraw()
        do throws(MachineLockError) { _ = try lock.attempt(.none) } catch { machineTrouble = error.description }
    }
}
