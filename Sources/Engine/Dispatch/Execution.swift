import Readiness

/// A check that has been started and has not finished: its attempts, one after the other.
struct Execution {
    /// When the first attempt started.
    let startedAt: Duration
    /// The newest attempt.
    private(set) var attempt: Attempt
    /// What the attempts before it came to, oldest first.
    private(set) var superseded: [BodyResult] = []
    /// Whether the newest attempt is over and another is to come.
    private(set) var isBackingOff = false
    /// Whether somebody asked for its end: then no attempt follows.
    private(set) var isUnwanted = false

    init(_ attempt: Attempt, startedAt: Duration) {
        self.attempt = attempt
        self.startedAt = startedAt
    }

    var ticket: CheckTicket { attempt.ticket }
    var definition: CheckDefinition { attempt.definition }

    /// Changes the newest attempt.
    mutating func update(_ change: (inout Attempt) -> Void) { change(&attempt) }

    /// Asks for its end.
    mutating func cancel(because reason: Attempt.CancelReason, at now: Duration) {
        isUnwanted = true
        attempt.cancel(because: reason, at: now)
    }

    /// Puts the newest attempt aside and waits for the next.
    mutating func backOff() {
        superseded.append(attempt.result)
        isBackingOff = true
    }

    /// The next attempt runs.
    mutating func begin(_ next: Attempt) {
        attempt = next
        isBackingOff = false
    }

    /// What the check came to. A pass that took more than one attempt is flaky, and says why.
    var result: BodyResult {
        var result = attempt.result
        guard let first = superseded.first, !isBackingOff else { return result }
        let before =
            "the first attempt ended as \(first.outcome.word.rawValue)"
            + (first.outcome.reason.map { "(\($0))" } ?? "") + ": \(first.message)"
        if result.outcome.word == .pass {
            result.outcome = .warn(.flaky)
            result.message = "it passed on attempt \(ticket.attempt) only; \(before)"
        }
        return result
    }
}
