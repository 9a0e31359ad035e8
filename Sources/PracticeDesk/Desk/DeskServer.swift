import Synchronization

/// A desk that serves: the whole trading system of one home, in this process.
package final class DeskServer: Sendable {
    private let parts: DeskParts
    private let stopping = OneTimeSignal()
    private let stopped = OneTimeSignal()
    private let isStopping = Mutex(false)

    private init(parts: DeskParts) { self.parts = parts }

    /// Starts a desk; when this returns it serves.
    ///
    /// - Throws: `HomeError` when the home is not whole, is served already, or the port is taken. Nothing is repaired.
    package static func start(home: DeskHome, options: DeskOptions = DeskOptions()) async throws -> DeskServer {
        DeskServer(parts: try await DeskParts.assemble(home: home, options: options))
    }

    /// What the desk tells of itself now, the token included.
    package var record: DeskRecord { parts.currentRecord() }

    /// Returns when somebody has called `stop`, or the calling task is cancelled.
    package func waitUntilStopping() async { await stopping.wait() }

    /// Asks whoever waits in `waitUntilStopping` to go on and stop; may be called from anywhere, and returns at once.
    package func requestStop() { stopping.send() }

    /// Stops in order: no more requests, working orders cancelled, faults cleared, ledger and logs flushed, `desk.json`
    /// removed. A second call waits for the first.
    ///
    /// - Throws: the first error; the rest is stopped all the same.
    package func stop() async throws {
        let isFirst = isStopping.withLock { stopping in
            defer { stopping = true }
            return !stopping
        }
        guard isFirst else { return await stopped.wait() }
        stopping.send()
        defer { stopped.send() }
        try await parts.dismantle()
    }
}
