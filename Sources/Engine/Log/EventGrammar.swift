package import Readiness

/// The order in which events may come. Fed one by one; says what is wrong with the first that does not fit.
package struct EventGrammar: Sendable {
    private var run: String?
    private var monotonic: Int64 = 0
    private var round = 0
    private var isAnnounced = false
    /// Checks of the round that have not finished.
    private var open: Set<CheckID> = []
    private var planned: Set<CheckID> = []
    /// Attempts of each check of the round that have been started.
    private var started: [CheckID: Int] = [:]
    /// Checks whose newest attempt is over, and which are to be tried again.
    private var backingOff: Set<CheckID> = []
    private var locks: [Lock: CheckID] = [:]
    /// The check that registered each effect that is neither undone nor given up.
    private var effects: [String: CheckID?] = [:]

    /// A grammar before the first event.
    package init() {}

    /// Takes the next event.
    ///
    /// - Returns: nil when it fits, else what is wrong with it, in a fragment.
    package mutating func take(_ event: ValidationEvent) -> String? {
        if let run, event.run != run { return "it belongs to another run" }
        if run == nil, event.body.kind != .runCreated { return "a log begins with run.created" }
        if run != nil, event.body.kind == .runCreated { return "run.created comes a second time" }
        run = event.run
        guard event.monotonic >= monotonic else { return "its time runs backwards" }
        monotonic = event.monotonic
        switch event.body {
        case .planAnnounced(let plan):
            guard !isAnnounced else { return "plan.announced comes a second time" }
            isAnnounced = true
            round = 1
            planned = Set(plan.checks.map(\.id))
            open = planned
        case .roundStarted(let started):
            guard isAnnounced else { return "a round is started before a plan is announced" }
            guard open.isEmpty else { return "a round is started before the last one has ended" }
            guard planned.isSuperset(of: started.checks) else { return "a round names a check that is not planned" }
            round += 1
            open = Set(started.checks)
            self.started = [:]
            backingOff = []
        case .runFinished:
            guard open.isEmpty else { return "the run is finished while checks are open" }
            guard locks.isEmpty else { return "the run is finished while locks are held" }
            guard effects.isEmpty else { return "the run is finished while effects are neither undone nor given up" }
        case .lockAcquired(let change):
            guard locks[change.name] == nil else { return "a lock is taken that is held" }
            locks[change.name] = event.check
        case .lockReleased(let change):
            guard locks.removeValue(forKey: change.name) == event.check else {
                return "a lock is released that is not held"
            }
        case .effectRegistered(let effect):
            guard effects[effect.effectID] == nil else { return "an effect is registered twice" }
            if let check = event.check, started[check] == nil || backingOff.contains(check) || !open.contains(check) {
                return "an effect is registered by a check that is not at work"
            }
            effects[effect.effectID] = .some(event.check)
        case .effectUndone(let effect), .effectUndoFailed(let effect):
            guard effects.removeValue(forKey: effect.effectID) != nil else {
                return "an effect is undone that is not registered"
            }
        default: break
        }
        guard let check = event.check, event.body.kind.rawValue.hasPrefix("check.") else { return nil }
        return take(event, of: check)
    }

    private mutating func take(_ event: ValidationEvent, of check: CheckID) -> String? {
        guard planned.contains(check) else { return "it is about a check that is not planned" }
        guard event.round == round else { return "it belongs to another round" }
        guard open.contains(check) else { return "it is about a check that has finished in this round" }
        switch event.body {
        case .checkStarted(let start):
            let attempts = started[check] ?? 0
            guard attempts == 0 || backingOff.remove(check) != nil else { return "it is started while it runs" }
            guard start.attempt == attempts + 1 else { return "attempt \(start.attempt) follows attempt \(attempts)" }
            started[check] = start.attempt
        case .checkAttemptFinished(let ended):
            guard let attempts = started[check], !backingOff.contains(check) else {
                return "an attempt ends that never began"
            }
            guard ended.attempt == attempts else { return "attempt \(ended.attempt) ends while \(attempts) runs" }
            guard [.error, .unverified].contains(ended.outcome) else {
                return "an attempt that ended as \(ended.outcome.rawValue) is followed by another"
            }
            if isChanging(check) { return "an attempt ends while what it changed is neither undone nor given up" }
            backingOff.insert(check)
        case .checkFinished(let finished): return take(finished, of: check)
        default: break
        }
        return nil
    }

    private mutating func take(_ finished: CheckFinished, of check: CheckID) -> String? {
        let attempts = started[check] ?? 0
        if finished.outcome == .pass, finished.grade == .none { return "a pass without evidence" }
        if [.pass, .warn, .fail].contains(finished.outcome), attempts == 0 || backingOff.contains(check) {
            return "an outcome of a check that does not run"
        }
        guard finished.attempts == attempts else { return "it counts \(finished.attempts) attempts of \(attempts)" }
        if finished.outcome == .pass, attempts > 1 { return "a pass that took more than one attempt" }
        if finished.outcome == .warn, finished.reason == WarnReason.flaky.rawValue, attempts < 2 {
            return "a single attempt that is called flaky"
        }
        if isChanging(check) { return "it finishes while what it changed is neither undone nor given up" }
        open.remove(check)
        backingOff.remove(check)
        return nil
    }

    private func isChanging(_ check: CheckID) -> Bool { effects.values.contains { $0 == check } }
}
