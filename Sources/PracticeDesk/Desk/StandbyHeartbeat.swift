import NIOCore
import NIOPosix

/// A standby's sign of life in its log, once a second, on a loop of its own.
final class StandbyHeartbeat: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Begins to beat.
    func start(log: DeskLog) {
        let loop = group.next()
        let beats = NIOLoopBoundBox.makeBoxSendingValue(Int64(0), eventLoop: loop)
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in
            beats.value += 1
            log.write("heartbeat", ["seq": .integer(beats.value), "state": "standby"])
        }
    }

    /// Ends the loop; after it no beat comes.
    func stop() async throws { try await group.shutdownGracefully() }
}
