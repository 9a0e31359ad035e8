import Readiness

/// One attempt of a check: a body that runs, or has ended and is being cleaned up after.
struct Attempt {
    /// Why a body was asked to stop.
    enum CancelReason { case asked, hardLimit, budget }

    let ticket: CheckTicket
    let definition: CheckDefinition
    private let task: Task<Void, Never>
    private let channel: CheckChannel
    /// What the body has registered, oldest first.
    var effects: [EffectRecord] = []
    /// Whether something it changed could not be taken back.
    var isDisturbing = false
    /// The limits of time, as far as they have been reached.
    var limits: Limits
    private var cancelReason: CancelReason?
    private var ended: BodyResult?
    private(set) var isLeftBehind = false

    init(
        _ ticket: CheckTicket, of definition: CheckDefinition, task: Task<Void, Never>, channel: CheckChannel,
        limits: Limits
    ) {
        self.ticket = ticket
        self.definition = definition
        self.task = task
        self.channel = channel
        self.limits = limits
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

    /// Lets the body begin no change any more.
    func seal() { channel.seal() }

    /// What the attempt came to, by why it ended and what the body said.
    var result: BodyResult {
        if isLeftBehind {
            return BodyResult(
                outcome: .error(.checkerTimeout), message: "its body did not stop and was left behind", grade: .none)
        }
        switch cancelReason {
        case .asked: return .cancelled
        case .hardLimit:
            let limit = DurationText.short(definition.hardLimit)
            return BodyResult(
                outcome: .error(.checkerTimeout), message: "it ran longer than its limit of \(limit)", grade: .none)
        case .budget: return .outOfBudget("the run's budget was used up while it ran")
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

extension BodyResult {
    /// A body that was asked to stop by an operator or a signal.
    static let cancelled = BodyResult(outcome: .cancelled, message: "cancelled while it ran", grade: .none)

    /// A body that the run's budget had no time for.
    static func outOfBudget(_ message: String) -> BodyResult {
        BodyResult(outcome: .unverified(.budgetExhausted), message: message, grade: .none)
    }
}
