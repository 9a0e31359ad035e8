import Readiness
import Synchronization

/// How long one piece of work on a server may still take, and whether it is to stop.
///
/// Made on the caller's side, asked on the thread of the connection.
final class ServerWatch: Sendable {
    enum Stop: Sendable { case limit, cancelled }

    let limit: Duration
    private let isCancelled = Mutex(false)
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    init(limit: Duration) { self.limit = limit }

    /// Called on the work's thread when it begins; the limit counts from here.
    func begin() { end.withLock { $0 = ContinuousClock.now + limit } }

    /// Stops the work soon.
    func cancel() { isCancelled.withLock { $0 = true } }

    /// Why the work is to stop now; nil as long as it may go on.
    var stop: Stop? {
        if isCancelled.withLock({ $0 }) { return .cancelled }
        guard let end = end.withLock({ $0 }) else { return nil }
        return ContinuousClock.now < end ? nil : .limit
    }

    /// What work ends with that was stopped.
    func error(_ reason: Stop) -> ProbeError {
        switch reason {
        case .limit: ProbeError(.unreachable, at: .ledger, "no whole answer within \(DurationText.short(limit))")
        case .cancelled: .cancelled
        }
    }
}
