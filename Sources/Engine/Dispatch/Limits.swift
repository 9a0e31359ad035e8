import Readiness

/// The limits of an attempt's time. A value that is asked with the time of now.
struct Limits {
    /// What has become due.
    enum Action: Equatable {
        /// The soft limit has passed.
        case slow(elapsed: Duration, left: Duration)
        /// The hard limit has passed: the body is to be asked to stop.
        case overrun
        /// The run's budget is used up before the hard limit: the body is to be asked to stop.
        case budgetOver
        /// It was asked and has not stopped within its grace.
        case leaveBehind
    }

    private let startedAt: Duration
    private let soft: Duration
    private let hard: Duration
    private let grace: Duration
    /// When the run's budget ends, on the same clock.
    private let deadline: Duration?
    private var isSlowTold = false
    private var cancelledAt: Duration?
    private var isOver = false

    init(_ definition: CheckDefinition, startedAt: Duration, deadline: Duration?) {
        self.startedAt = startedAt
        self.deadline = deadline
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
        // Whichever came first, however late it is looked at.
        if let deadline, now >= deadline, deadline < startedAt + hard { return .budgetOver }
        if elapsed >= hard { return .overrun }
        guard elapsed >= soft, !isSlowTold else { return nil }
        isSlowTold = true
        return .slow(elapsed: elapsed, left: min(hard - elapsed, deadline.map { $0 - now } ?? hard))
    }
}
