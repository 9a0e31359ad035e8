import NIOPosix
import Readiness

/// A thread of its own for work that blocks: SQLite, libpq, file systems. Work is done in the order in which it was given.
///
/// Neither Swift's cooperative threads nor Dispatch's (which share them on Linux) may be held up by a slow query.
final class BlockingWork: Sendable {
    private let pool: NIOThreadPool

    init() {
        pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
    }

    deinit {
        // Ends the thread also where nobody asked for it; does nothing when that has been done.
        pool.shutdownGracefully { _ in }
    }

    /// Does the work on the thread and comes back with what it made.
    ///
    /// - Throws: what the work throws; `CancellationError` when the task is cancelled before the work began,
    ///   and after `finish`.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(work)
    }

    /// Does one piece of work on a thread that is made for it: for file systems, which may take their time.
    ///
    /// - Parameter what: reads after "our side: ", where the trouble is none that the work knows.
    static func once<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable () throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        let thread = BlockingWork()
        do {
            let value = try await thread.run { () throws in try work() }
            await thread.finish {}
            return value
        } catch {
            await thread.finish {}
            switch error {
            case let error as ProbeError: throw error
            case is CancellationError: throw .cancelled
            default: throw ProbeError(ourSide: "\(what): \(error)")
            }
        }
    }

    /// Does one piece of work on a thread that is made for it, and waits for nobody: what comes of it is of no interest.
    static func unwatched(_ work: @escaping @Sendable () -> Void) {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        pool.submit { state in
            if case .active = state { work() }
            pool.shutdownGracefully { _ in }
        }
    }

    /// Does the last work, whatever became of the task, and ends the thread.
    func finish(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            pool.submit { state in
                if case .active = state { work() }
                done.resume()
            }
        }
        // It fails only when it has been shut down already.
        _ = try? await pool.shutdownGracefully()
    }
}
