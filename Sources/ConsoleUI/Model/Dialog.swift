package import Readiness

/// A question that must be answered before anything else.
package struct Dialog: Sendable, Equatable {
    /// What is asked.
    package enum Question: Sendable, Equatable {
        /// Leave although something runs?
        case quit
        /// End one check?
        case cancel(CheckID)
        /// End everything? Wants a typed word.
        case cancelAll(typed: String)
        /// Run one check again, with those that follow from it?
        case rerun(CheckID)
        /// Run again whatever is red or unknown by itself?
        case rerunFailed
        /// How strong shall a fault be?
        case magnitude(name: String, hint: String, typed: String)
        /// Take back what a run that was killed has left changed?
        case recover(RecoveryOffer)
    }

    /// What is asked.
    package var question: Question
    /// When it opened, on the console's clock.
    package var openedAt: Duration
    /// Whether the second choice, the one that does something, is chosen. The first is always to leave things as they
    /// are.
    package var isAffirmed: Bool

    init(_ question: Question, at now: Duration, isAffirmed: Bool = false) {
        self.question = question
        openedAt = now
        self.isAffirmed = isAffirmed
    }

    /// Keys this early after a dangerous question opened were meant for what was there before.
    package static let deafness = Duration.milliseconds(400)

    /// What must be typed to end everything.
    package static let cancelWord = "cancel"

    /// Whether answering it can undo somebody's work.
    package var isDangerous: Bool {
        switch question {
        case .quit, .cancel, .cancelAll: true
        case .rerun, .rerunFailed, .magnitude, .recover: false
        }
    }
}

/// What earlier runs left changed on a target because they were killed.
package struct RecoveryOffer: Sendable, Equatable {
    /// How many runs.
    package var runs: Int
    /// What would be done for each change, in words. Not sanitised.
    package var compensations: [String]

    /// Describes what was left.
    package init(runs: Int, compensations: [String]) {
        self.runs = runs
        self.compensations = compensations
    }
}
