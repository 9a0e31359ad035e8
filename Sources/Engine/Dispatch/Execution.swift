import Readiness

/// A check whose body runs, or has ended and is being cleaned up after.
struct Execution {
    /// Why a body was asked to stop.
    enum CancelReason { case asked, hardLimit }

    let ticket: CheckTicket
    let definition: CheckDefinition
    let startedAt: Duration
    private let task: Task<Void, Never>
    /// What the body has registered, oldest first.
    var effects: [(record: EffectRecord, undo: Undo)] = []
    /// The limits of time, as far as they have been reached.
    var limits: Limits
    private var cancelReason: CancelReason?
    private var ended: BodyResult?
    private(set) var isLeftBehind = false

    init(ticket: CheckTicket, definition: CheckDefinition, task: Task<Void, Never>, startedAt: Duration) {
        self.ticket = ticket
        self.definition = definition
        self.task = task
        self.startedAt = startedAt
        limits = Limits(definition, startedAt: startedAt)
    }

    /// Whether the body runs and has not been asked to stop.
    var isAtWork: Bool { ended == nil && !isLeftBehind && cancelReason == nil }

    /// Asks the body to stop. Only the first reason counts.
    mutating func cancel(because reason: CancelReason, at now: Duration) {
        guard isAtWork else { return }
        cancelReason = reason
        limits.cancelled(at: now)
        task.cancel()
    }

    mutating func end(with result: BodyResult) {
        ended = result
        limits.end()
    }

    /// Gives the body up: what it still says is ignored.
    mutating func leaveBehind() {
        isLeftBehind = true
        limits.end()
    }

    /// What the execution came to, by why it ended and what the body said.
    var result: BodyResult {
        if isLeftBehind {
            return BodyResult(
                outcome: .error(.checkerTimeout), message: "its body did not stop and was left behind", grade: .none)
        }
        switch cancelReason {
        case .asked: return BodyResult(outcome: .cancelled, message: "cancelled while it ran", grade: .none)
        case .hardLimit:
            let limit = DurationText.short(definition.hardLimit)
            return BodyResult(
                outcome: .error(.checkerTimeout), message: "it ran longer than its limit of \(limit)", grade: .none)
        case nil:
            guard let ended else {
                return BodyResult(outcome: .error(.bug), message: "its end is unknown", grade: .none)
            }
            if ended.outcome == .cancelled {
                return BodyResult(outcome: .error(.bug), message: "it stopped without having been asked", grade: .none)
            }
            return ended
        }
    }
}

/// The limits of a body's time. A value that is asked with the time of now.
struct Limits {
    /// What has become due.
    enum Action: Equatable {
        /// The soft limit has passed.
        case slow(elapsed: Duration, left: Duration)
        /// The hard limit has passed: the body is to be asked to stop.
        case overrun
        /// It was asked and has not stopped within its grace.
        case leaveBehind
    }

    private let startedAt: Duration
    private let soft: Duration
    private let hard: Duration
    private let grace: Duration
    private var isSlowTold = false
    private var cancelledAt: Duration?
    private var isOver = false

    init(_ definition: CheckDefinition, startedAt: Duration) {
        self.startedAt = startedAt
        soft = definition.softLimit
        hard = definition.hardLimit
        grace = definition.grace
    }

    mutating func cancelled(at now: Duration) { cancelledAt = now }

    mutating func end() { isOver = true }

    /// What has become due since the last call; each thing once.
    mutating func check(at now: Duration, skippingGrace: Bool) -> Action? {
        guard !isOver else { return nil }
        if let cancelledAt { return skippingGrace || now - cancelledAt >= grace ? .leaveBehind : nil }
        let elapsed = now - startedAt
        if elapsed >= hard { return .overrun }
        guard elapsed >= soft, !isSlowTold else { return nil }
        isSlowTold = true
        return .slow(elapsed: elapsed, left: hard - elapsed)
    }
}
