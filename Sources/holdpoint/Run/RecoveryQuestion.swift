import Synchronization

/// The question whether to take back what killed runs have left, and its answer, which may come before anybody waits.
final class RecoveryQuestion: Sendable {
    private struct State {
        var answer: Bool?
        var waiting: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// Answers. Only the first answer counts.
    func answer(_ isWanted: Bool) {
        state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.answer == nil else { return nil }
            state.answer = isWanted
            defer { state.waiting = nil }
            return state.waiting
        }?.resume(returning: isWanted)
    }

    /// Waits for the answer. Called once.
    func wait() async -> Bool {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Bool? in
                if state.answer == nil { state.waiting = continuation }
                return state.answer
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
