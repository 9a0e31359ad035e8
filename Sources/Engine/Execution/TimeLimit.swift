package import Readiness
import Synchronization

/// Ends the wait for a body that may not stop: the one deliberate exception to structured concurrency.
///
/// A task group cannot return before its children, so a run over a stuck body could never end. Here the body runs in an
/// unstructured task: it is cancelled at its limit, given its grace, and then left behind and reported. What it still
/// says is ignored. It costs a task and whatever the body holds until it stops by itself.
package enum TimeLimit {
    /// Starts a body whose end somebody else watches (the dispatcher, by its ticks).
    static func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> { Task { await body() } }

    /// Runs a body for at most a limit.
    ///
    /// - Returns: its value, or nil when it was left behind: it has been cancelled and nobody waits for it.
    package static func race<Value: Sendable>(
        _ limit: Duration, on clock: any CheckClock, _ body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let finish = Finish<Value>()
        return await withCheckedContinuation { continuation in
            finish.arm(continuation)
            let running = Task { finish.resume(await body()) }
            let timer = Task {
                do throws(ProbeError) { try await clock.sleep(for: limit) } catch { return }
                if finish.resume(nil) { running.cancel() }
            }
            finish.onEnd { timer.cancel() }
        }
    }

    /// Resumes one continuation once.
    private final class Finish<Value: Sendable>: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Value?, Never>?
            var isDone = false
            var onEnd: (@Sendable () -> Void)?
        }

        private let state = Mutex(State())

        func arm(_ continuation: CheckedContinuation<Value?, Never>) {
            state.withLock { $0.continuation = continuation }
        }

        func onEnd(_ action: @escaping @Sendable () -> Void) {
            let isDone = state.withLock { state -> Bool in
                if !state.isDone { state.onEnd = action }
                return state.isDone
            }
            if isDone { action() }
        }

        @discardableResult
        func resume(_ value: Value?) -> Bool {
            let (continuation, action) = state.withLock { state in
                defer {
                    state.continuation = nil
                    state.onEnd = nil
                    state.isDone = true
                }
                return (state.continuation, state.onEnd)
            }
            continuation?.resume(returning: value)
            if continuation != nil { action?() }
            return continuation != nil
        }
    }
}
