import Glibc
import NIOCore
import NIOPosix

/// One thread for work that may block: SQLite, files, sockets of a client. Work is done in the order it was given.
///
/// Such work never runs on an event loop or on Swift's cooperative threads, where it would hold up everyone else's.
final class BlockingThread: Sendable {
    private let pool: NIOThreadPool

    init() {
        pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
    }

    /// Does the work and comes back with what it made, even in a cancelled task: a desk that is being stopped flushes.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await future(on: MultiThreadedEventLoopGroup.singleton.next(), work).get()
    }

    /// Does the work and tells a loop what it made.
    func future<Value: Sendable>(
        on loop: any EventLoop, _ work: @escaping @Sendable () throws -> Value
    ) -> EventLoopFuture<Value> {
        pool.runIfActive(eventLoop: loop, work)
    }

    /// Leaves the work to be done after what waits already.
    func enqueue(_ work: @escaping @Sendable () -> Void) {
        pool.submit { state in
            if case .active = state { work() }
        }
    }

    /// Finishes what was given before, then ends the thread.
    func finish() async throws {
        try await run {}
        try await pool.shutdownGracefully()
    }

    /// Ends the thread, and blocks until it has; for a start that failed.
    func end() {
        // Only a pool's own threads may not wait for it, and this is called on none of them.
        try? pool.syncShutdownGracefully()
    }

    /// Blocks the calling thread, which must be one for blocking work.
    static func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    /// Does blocking work of a caller that keeps no thread of its own.
    static func once<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
