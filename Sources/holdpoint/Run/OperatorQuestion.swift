import Readiness
import Synchronization

/// A question to the operator, and its answer, which may come before anybody waits: whether to take back what killed runs
/// have left, and whether to begin.
final class OperatorQuestion<Answer: Sendable>: Sendable {
    private struct State {
        var answer: Answer?
        var waiting: CheckedContinuation<Answer, Never>?
    }

    private let state = Mutex(State())

    /// Answers. Only the first answer counts.
    func answer(_ answer: Answer) {
        state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard state.answer == nil else { return nil }
            state.answer = answer
            defer { state.waiting = nil }
            return state.waiting
        }?.resume(returning: answer)
    }

    /// Waits for the answer. Called once.
    func wait() async -> Answer {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Answer? in
                if state.answer == nil { state.waiting = continuation }
                return state.answer
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}

/// What an operator answers to a pre-flight.
enum PreflightAnswer: Sendable {
    /// Begin with these checks; nil: as planned.
    case start([CheckID]?)
    /// Nothing is to be run.
    case leave
}
