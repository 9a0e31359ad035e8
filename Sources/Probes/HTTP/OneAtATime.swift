package import Readiness
import Synchronization

/// Lets tasks through one by one, in the order in which they came.
///
/// A series of measurements goes over one connection; whoever waits for it waits here, before his clock starts, so that
/// another's request is never in his figure.
package final class OneAtATime: Sendable {
    private struct State {
        var isHeld = false
        var nextTicket: UInt64 = 0
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    /// Starts free.
    package init() {}

    /// Does the work when it is this task's turn.
    ///
    /// - Throws: what the work throws; `.cancelled` when the task is cancelled while it waits.
    package func run<Value: Sendable>(
        _ work: () async throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        guard await enter() else { throw .cancelled }
        defer { leave() }
        return try await work()
    }

    private func enter() async -> Bool {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                // Nil: wait. A cancellation before this is seen here, one after it finds the ticket in the list.
                let atOnce: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if !state.isHeld {
                        state.isHeld = true
                        return true
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let atOnce { continuation.resume(returning: atOnce) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
            }
            waiter?.resume(returning: false)
        }
    }

    private func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.isHeld = false
                return CheckedContinuation<Bool, Never>?.none
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
