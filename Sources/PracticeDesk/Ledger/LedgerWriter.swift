import Synchronization

/// Takes changes of the books from the trading core without making it wait, and writes them in batches on its own
/// thread.
///
/// While a batch is being written the next one grows, so a burst costs few transactions. What cannot be written is kept
/// and tried again; when too much waits, `isOverfull` says so and the gateway takes no more orders.
final class LedgerWriter: Sendable {
    private struct State {
        var waiting: [LedgerEntry] = []
        var drainPending = false
        var written: Int64 = 0
    }

    static let bound = 50_000
    private static let batch = 5000

    let thread = BlockingThread()
    private let ledger: any Ledger
    private let log: DeskLog
    private let state = Mutex(State())

    init(ledger: any Ledger, log: DeskLog) {
        self.ledger = ledger
        self.log = log
    }

    /// More waits to be written than the desk may keep in memory.
    var isOverfull: Bool { state.withLock { $0.waiting.count > Self.bound } }

    /// How many changes have reached the ledger since the start.
    var written: Int64 { state.withLock { $0.written } }

    /// Adds a change; changes are written in the order in which they were added.
    func add(_ entry: LedgerEntry) {
        let mustStart = state.withLock { state in
            state.waiting.append(entry)
            guard !state.drainPending else { return false }
            state.drainPending = true
            return true
        }
        if mustStart { thread.enqueue { self.drain() } }
    }

    /// Tries again what could not be written before; the heartbeat calls it.
    func retry() {
        let mustStart = state.withLock { state in
            guard !state.waiting.isEmpty, !state.drainPending else { return false }
            state.drainPending = true
            return true
        }
        if mustStart { thread.enqueue { self.drain() } }
    }

    /// Writes the last of it, on the calling thread, which must be `thread`; says so if something cannot be written.
    func finish() throws(HomeError) {
        drain()
        let left = state.withLock { $0.waiting }
        if !left.isEmpty { try ledger.write(left) }
    }

    /// Writes everything, on the calling thread, which must be `thread`.
    private func drain() {
        while true {
            let batch = state.withLock { state in
                if state.waiting.isEmpty { state.drainPending = false }
                return Array(state.waiting.prefix(Self.batch))
            }
            if batch.isEmpty { return }
            do throws(HomeError) {
                try ledger.write(batch)
                state.withLock {
                    $0.waiting.removeFirst(batch.count)
                    $0.written += Int64(batch.count)
                }
            } catch {
                state.withLock { $0.drainPending = false }
                log.write("ledger.write_failed", ["error": .text("\(error)"), "entries": .integer(Int64(batch.count))])
                return
            }
        }
    }
}
