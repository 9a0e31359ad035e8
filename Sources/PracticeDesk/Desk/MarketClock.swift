import NIOCore
import NIOPosix

/// The simulator's own clock and the desk's heartbeat, on a loop of their own: no request can hold them up.
final class MarketClock: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Each symbol's time between two ticks; the symbols take turns within it.
    static let interval = TimeAmount.milliseconds(100)

    /// Begins to tick.
    func start(system: TradingSystem, writer: LedgerWriter, log: DeskLog) {
        let loop = group.next()
        let turns = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: loop)
        let turn = TimeAmount.nanoseconds(Self.interval.nanoseconds / Int64(Instrument.all.count))
        loop.scheduleRepeatedTask(initialDelay: turn, delay: turn) { _ in
            system.tick(Instrument.all[turns.value % Instrument.all.count])
            turns.value += 1
        }
        let beats = NIOLoopBoundBox.makeBoxSendingValue(Int64(0), eventLoop: loop)
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in
            beats.value += 1
            log.write("heartbeat", ["seq": .integer(beats.value), "state": "serving"])
            writer.retry()
        }
    }

    /// Ends the loop; after it no tick comes.
    func stop() async throws { try await group.shutdownGracefully() }
}
