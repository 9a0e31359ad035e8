import GRDB
import NIOCore
import NIOPosix
import Readiness
import Synchronization

/// One piece of work on a database that can be stopped from outside: by its time limit or by cancelling its task.
///
/// `interrupt()` reaches only a statement that is running at that moment, so it is repeated until the work has ended.
/// A loop over rows asks `checkpoint()` as well.
final class LedgerJob: Sendable {
    enum Stop: Sendable { case limit, cancelled }

    private struct State {
        var queue: DatabaseQueue?
        var stop: Stop?
        var timer: Scheduled<Void>?
        var repeater: RepeatedTask?
        var hasEnded = false
    }

    private let limit: Duration
    private let state = Mutex(State())
    // Timers of an event loop: neither the cooperative threads nor the work's own thread has to be free for them.
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    init(limit: Duration) { self.limit = limit }

    /// Called on the work's thread when it begins; the limit counts from here.
    func begin() throws(ProbeError) {
        let timer = loop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) { self.stop(.limit) }
        state.withLock { $0.timer = timer }
        try checkpoint()
    }

    /// Names the connection that the work is done on from here.
    func use(_ queue: DatabaseQueue) { state.withLock { $0.queue = queue } }

    /// Called when the work has ended, or will never begin. Nothing is interrupted from here on.
    func end() {
        let (timer, repeater) = state.withLock { state in
            state.hasEnded = true
            state.queue = nil
            return (state.timer.take(), state.repeater.take())
        }
        timer?.cancel()
        repeater?.cancel()
    }

    /// Stops the work soon. The first reason counts.
    func stop(_ reason: Stop) {
        let isFirst = state.withLock { state in
            guard state.stop == nil, !state.hasEnded else { return false }
            state.stop = reason
            return true
        }
        guard isFirst else { return }
        let repeater = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { task in
            // Under the lock, so that it cannot reach a later piece of work.
            let goesOn = self.state.withLock { state in
                state.queue?.interrupt()
                return !state.hasEnded
            }
            if !goesOn { task.cancel() }
        }
        state.withLock { $0.repeater = repeater }
    }

    /// Throws when the work is to stop.
    func checkpoint() throws(ProbeError) {
        if let reason = state.withLock({ $0.stop }) { throw Self.error(reason, limit) }
    }

    /// What the work ended with, seen in the light of why it was stopped.
    func explained(_ error: any Error, doing what: String) -> ProbeError {
        if let reason = state.withLock({ $0.stop }) { return Self.error(reason, limit) }
        return SQLiteTrouble.probeError(error, doing: what)
    }

    private static func error(_ reason: Stop, _ limit: Duration) -> ProbeError {
        switch reason {
        case .limit: ProbeError(.unreachable, at: .ledger, "no whole answer within \(DurationText.short(limit))")
        case .cancelled: .cancelled
        }
    }
}
