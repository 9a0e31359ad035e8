import Synchronization

/// A process of a desk that serves: as primary the whole trading system of one home, as standby its identity alone.
package final class DeskServer: Sendable {
    private let instance: any DeskInstance
    private let ending: DeskEnding
    private let stopped = OneTimeSignal()
    private let isStopping = Mutex(false)

    private init(instance: any DeskInstance, ending: DeskEnding) {
        self.instance = instance
        self.ending = ending
    }

    /// Starts a desk; when this returns it serves.
    ///
    /// - Throws: `HomeError` when the home is not whole, is served already, or the port is taken. Nothing is repaired.
    package static func start(home: DeskHome, options: DeskOptions = DeskOptions()) async throws -> DeskServer {
        let ending = DeskEnding()
        let instance: any DeskInstance =
            switch options.role {
            case .primary: try await DeskParts.assemble(home: home, options: options, ending: ending)
            case .standby: try await StandbyParts.assemble(home: home, options: options, ending: ending)
            }
        return DeskServer(instance: instance, ending: ending)
    }

    /// What the desk tells of itself now, the token included.
    package var record: DeskRecord { instance.currentRecord() }

    /// Returns when somebody has called `stop` or asked for a restart, or the calling task is cancelled.
    package func waitUntilStopping() async { await ending.wait() }

    /// Asks whoever waits in `waitUntilStopping` to go on and stop; may be called from anywhere, and returns at once.
    package func requestStop() { ending.ask(for: .stop) }

    /// Ends as was asked: stops, or takes itself apart for a restart.
    ///
    /// - Throws: the first error; the rest is stopped all the same, and there is no restart.
    package func end() async throws -> Desk.End {
        guard ending.wanted == .restart else {
            try await stop()
            return .stopped
        }
        let restart = instance.restart()
        guard try await dismantle(keepsPlace: true) else { return .stopped }
        return .restarting(restart)
    }

    /// Stops in order: no more requests, working orders cancelled, faults cleared, ledger and logs flushed, the record
    /// removed. A second call waits for the first.
    ///
    /// - Throws: the first error; the rest is stopped all the same.
    package func stop() async throws { try await dismantle(keepsPlace: false) }

    /// False when somebody else has done it, or does it now; then this has waited.
    @discardableResult
    private func dismantle(keepsPlace: Bool) async throws -> Bool {
        let isFirst = isStopping.withLock { stopping in
            defer { stopping = true }
            return !stopping
        }
        guard isFirst else {
            await stopped.wait()
            return false
        }
        ending.ask(for: keepsPlace ? .restart : .stop)
        defer { stopped.send() }
        try await instance.dismantle(keepsPlace: keepsPlace)
        return true
    }
}
