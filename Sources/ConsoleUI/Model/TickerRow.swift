package import Readiness

/// A line of the event ticker.
package struct TickerRow: Sequenced {
    /// The event's number in the log.
    package var sequence: Int
    /// The time of day, UTC.
    package var time: String
    /// One word: an outcome, `RUN`, `VERDICT` …
    package var word: String
    /// How the word looks.
    package var role: Role
    /// The check it is about.
    package var check: CheckID?
    /// What happened.
    package var text: String
    /// How long it took, where that is known.
    package var took: String?

    /// The line for an event; nil for one that would only be noise here.
    package init?(_ event: ValidationEvent) {
        sequence = event.sequence
        time = event.time.timeOfDay
        check = event.check
        role = .muted
        switch event.body {
        case .checkStarted(let start):
            word = "RUN"
            role = .statusRunning
            text = start.attempt > 1 ? "attempt \(start.attempt)" : "started"
        case .checkWaiting(let waiting):
            word = "WAIT"
            role = .statusWaiting
            text = "for " + waiting.names.joined(separator: ", ")
        case .checkSlow(let slow):
            word = "SLOW"
            role = .noticeWarning
            text =
                "running for \(DurationText.short(.milliseconds(slow.elapsedMs))), ended in "
                + DurationText.short(.milliseconds(slow.hardInMs))
        case .checkAttemptFinished(let attempt):
            word = "RETRY"
            role = .noticeWarning
            text =
                "attempt \(attempt.attempt) ended in \(attempt.outcome.rawValue): \(attempt.message); again in "
                + DurationText.short(.milliseconds(attempt.nextInMs))
        case .checkFinished(let finish):
            word = finish.outcome.shortWord
            role = finish.outcome.role
            text = finish.message
            took = finish.attempts > 0 ? DurationText.short(.milliseconds(finish.durationMs)) : nil
        case .effectRegistered(let effect):
            word = "EFFECT"
            text = effect.description
        case .effectUndoFailed(let effect):
            word = "UNDO!"
            role = .noticeError
            text = "not taken back: " + effect.description + (effect.detail.map { ": " + $0 } ?? "")
        case .gateChanged(let change):
            word = "GATE"
            role = .strong
            text = "the verdict is " + change.decision.verdict.title
        case .planAnnounced(let plan):
            word = "PLAN"
            text = "\(plan.checks.count) checks" + (plan.excluded.isEmpty ? "" : ", \(plan.excluded.count) left out")
        case .roundStarted(let round):
            word = "ROUND"
            role = .strong
            text = "\(round.checks.count) checks run again: \(round.why)"
        case .targetIdentified(let target):
            word = "TARGET"
            text = "\(target.target) (\(target.environment)): \(target.detail)"
        case .operatorAction(let action):
            word = "YOU"
            role = .strong
            text = "\(action.action) \(action.object)"
        case .runCancelling(let cancelling):
            word = "CANCEL"
            role = .noticeWarning
            text = "\(cancelling.phase): \(cancelling.why)"
        case .runFinished(let end):
            word = "END"
            role = .strong
            text = "the run is closed: \(end.decision.verdict.title)"
        case .runCreated(let run):
            word = "START"
            text = "\(run.engine), mode \(run.mode.rawValue), by \(run.operatorName)"
        case .policyLoaded, .checkQueued, .lockAcquired, .lockReleased, .effectUndone, .checkProgress, .checkLog,
            .checkMeasurement, .checkEvidence, .checkFinding:
            return nil
        }
    }
}

/// A line that a check said.
package struct LogRow: Sequenced {
    /// The event's number in the log.
    package var sequence: Int
    /// The time of day, UTC.
    package var time: String
    /// What it said; not sanitised.
    package var text: String
    /// Lines dropped at the source before this one.
    package var dropped: Int

    /// Keeps a line.
    package init(sequence: Int, time: String, text: String, dropped: Int) {
        self.sequence = sequence
        self.time = time
        self.text = text
        self.dropped = dropped
    }
}
