// Payloads of events: what becomes of a check, from waiting to its outcome. Field names in the log are the coding keys.

/// What holds a check up.
package struct CheckWaiting: Sendable, Codable, Equatable {
    /// `dependency`, `lock` or `target` (which is being looked at).
    package var on: String
    /// The checks, locks or endpoints that it waits for. A lock that another process has says whose:
    /// `target.process, held by run 01K…, pid 4711`.
    package var names: [String]

    /// States it; see the properties.
    package init(on: String, names: [String]) {
        self.on = on
        self.names = names
    }
}

/// A lock changed hands.
package struct LockChange: Sendable, Codable, Equatable {
    /// Which.
    package var name: Lock
    /// How long the check stood ready before it got the lock; nil on release.
    package var waitedMs: Int64?

    /// States it; see the properties.
    package init(name: Lock, waitedMs: Int64? = nil) {
        self.name = name
        self.waitedMs = waitedMs
    }

    private enum CodingKeys: String, CodingKey {
        case name, waitedMs = "waited_ms"
    }
}

/// A body runs.
package struct CheckStarted: Sendable, Codable, Equatable {
    /// From 1.
    package var attempt: Int

    /// States it; see the properties.
    package init(attempt: Int) {
        self.attempt = attempt
    }
}

/// How far a check is.
package struct CheckProgress: Sendable, Codable, Equatable {
    /// So far.
    package var done: Int
    /// In all; 0 where that is not known.
    package var total: Int
    /// `samples`, `limits`.
    package var unit: String

    /// States it; see the properties.
    package init(done: Int, total: Int, unit: String) {
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// Text of a check: one line, or several that were coalesced, separated by `\n`.
package struct CheckLog: Sendable, Codable, Equatable {
    /// Redacted and capped; may hold text of the target: sanitise before showing.
    package var text: String
    /// Lines that were dropped before these.
    package var dropped: Int

    /// States it; see the properties.
    package init(text: String, dropped: Int) {
        self.text = text
        self.dropped = dropped
    }
}

/// The soft limit has passed.
package struct CheckSlow: Sendable, Codable, Equatable {
    /// Since the body began.
    package var elapsedMs: Int64
    /// Until it is ended.
    package var hardInMs: Int64

    /// States it; see the properties.
    package init(elapsedMs: Int64, hardInMs: Int64) {
        self.elapsedMs = elapsedMs
        self.hardInMs = hardInMs
    }

    private enum CodingKeys: String, CodingKey {
        case elapsedMs = "elapsed_ms", hardInMs = "hard_in_ms"
    }
}

/// An attempt that another one follows. What it measured, found and kept counts for nothing; it stays in the log.
package struct AttemptFinished: Sendable, Codable, Equatable {
    /// From 1.
    package var attempt: Int
    /// What it came to: `error`, or `unverified` for transient trouble on the way to the target. Never a fail.
    package var outcome: Outcome.Word
    /// From the closed list of the outcome.
    package var reason: String?
    /// One sentence for a person. May hold text of the target: sanitise before showing.
    package var message: String
    /// Until the next attempt starts.
    package var nextInMs: Int64

    /// States it; see the properties.
    package init(attempt: Int, outcome: Outcome.Word, reason: String?, message: String, nextInMs: Int64) {
        self.attempt = attempt
        self.outcome = outcome
        self.reason = reason
        self.message = message
        self.nextInMs = nextInMs
    }

    private enum CodingKeys: String, CodingKey { case attempt, outcome, reason, message, nextInMs = "next_in_ms" }
}

/// The outcome of a check for its round.
package struct CheckFinished: Sendable, Codable, Equatable {
    /// What it showed.
    package var outcome: Outcome.Word
    /// From the closed list of the outcome; nil for a pass.
    package var reason: String?
    /// One sentence for a person. May hold text of the target: sanitise before showing.
    package var message: String
    /// What the measurements rest on.
    package var grade: Grade
    /// Attempts made; 0 for a check whose body never ran.
    package var attempts: Int
    /// From the first attempt's start to the end, waiting apart; 0 for a check whose body never ran.
    package var durationMs: Int64
    /// The id of the evidence that holds the observation, as JSON, that the last attempt was judged by; nil where nothing
    /// was judged.
    package var observation: String?
    /// The nearest check that stands in the way.
    package var blockedBy: CheckID?
    /// The first that was red by itself.
    package var rootCause: CheckID?
    /// How to mend it.
    package var remediation: Remediation?

    /// States it; see the properties.
    package init(
        outcome: Outcome.Word, reason: String? = nil, message: String, grade: Grade, attempts: Int, durationMs: Int64,
        observation: String? = nil, blockedBy: CheckID? = nil, rootCause: CheckID? = nil,
        remediation: Remediation? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.message = message
        self.grade = grade
        self.attempts = attempts
        self.durationMs = durationMs
        self.observation = observation
        self.blockedBy = blockedBy
        self.rootCause = rootCause
        self.remediation = remediation
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, reason, message, grade, attempts, durationMs = "duration_ms", observation
        case blockedBy = "blocked_by"
        case rootCause = "root_cause", remediation
    }
}
