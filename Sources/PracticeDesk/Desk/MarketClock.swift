import NIOCore
import NIOPosix

/// The simulator's own clock, that of drills and the desk's heartbeat, on a loop of their own: no request can hold them
/// up.
final class MarketClock: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Each symbol's time between two ticks; the symbols take turns within it.
    static let interval = TimeAmount.milliseconds(100)

    /// Begins to tick.
    func start(system: TradingSystem, writer: LedgerWriter, heartbeat: Heartbeat, log: DeskLog) {
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
        // Twice a second, so that there is one in every second however late one of them comes.
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(500)) { _ in heartbeat.beat() }
    }

    /// Steps a play on until other plays, a cut or a restore have taken all of its symbols over.
    func run(play: Int, every interval: TimeAmount, in system: TradingSystem) {
        group.next().scheduleRepeatedTask(initialDelay: interval, delay: interval) { task in
            if !system.step(play: play) { task.cancel() }
        }
    }

    /// Ends the loop; after it no tick comes.
    func stop() async throws { try await group.shutdownGracefully() }
}
