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
        /// Take back what earlier runs have left changed? Three answers, none of them by itself.
        case recover(RecoveryOffer)
    }

    /// What is asked.
    package var question: Question
    /// When it opened, on the console's clock.
    package var openedAt: Duration
    /// The place of the chosen answer among its answers. The first is always to leave things as they are, the last the
    /// one that does most.
    package internal(set) var choice: Int
    /// The first visible line of its text, where the screen is too small for all of it.
    package internal(set) var top = 0

    init(_ question: Question, at now: Duration, isAffirmed: Bool = false) {
        self.question = question
        openedAt = now
        choice = isAffirmed ? 1 : 0
    }

    /// Whether the answer that does what the question asks about is chosen.
    package var isAffirmed: Bool { choice == answers.count - 1 && choice > 0 }

    /// What can be answered, in the order of the screen; none where something is typed.
    package var answers: [String] {
        switch question {
        case .quit: ["Stay", "Cancel and leave"]
        case .cancel: ["Let it run", "Cancel it"]
        case .rerun: ["Leave it", "Run it"]
        case .rerunFailed: ["Leave them", "Run them"]
        case .recover: ["Quit", "Leave it", "Take it back"]
        case .cancelAll, .magnitude: []
        }
    }

    /// Keys this early after a dangerous question opened were meant for what was there before.
    package static let deafness = Duration.milliseconds(400)

    /// What must be typed to end everything.
    package static let cancelWord = "cancel"

    /// Whether answering it can undo somebody's work.
    package var isDangerous: Bool {
        switch question {
        // It comes by itself, over whatever somebody was just about to press.
        case .quit, .cancel, .cancelAll, .recover: true
        case .rerun, .rerunFailed, .magnitude: false
        }
    }
}

/// What earlier runs left changed on a target.
package struct RecoveryOffer: Sendable, Equatable {
    /// How many of them were killed: their logs were never closed.
    package var killed: Int
    /// How many of them ended in order, with a change that could not be taken back.
    package var ended: Int
    /// What would be done for each change, in words. Not sanitised.
    package var compensations: [String]

    /// Describes what was left.
    package init(killed: Int, ended: Int, compensations: [String]) {
        self.killed = killed
        self.ended = ended
        self.compensations = compensations
    }

    /// `2 runs were killed, and 1 run ended with changes that could not be taken back`.
    package var sentence: String {
        let what = compensations.count == 1 ? "a change" : "changes"
        func ended(_ subject: String) -> String { "\(subject) ended with \(what) that could not be taken back" }
        let killed = "\(Counted.of(self.killed, "run")) \(self.killed == 1 ? "was" : "were") killed"
        if self.ended == 0 { return "\(killed) and left the target changed" }
        let others = ended(Counted.of(self.ended, "run"))
        return self.killed == 0 ? others : "\(killed), and \(others)"
    }
}
