import Synchronization

/// Which faults are set now. The places where a fault bites ask it; nothing else in the desk does.
package final class FaultBoard: Sendable {
    struct Setting: Sendable {
        let magnitude: FaultMagnitude
        /// UTC, ISO 8601.
        let since: String
    }

    private let settings = Mutex<[Fault: Setting]>([:])

    /// A board with no fault set.
    package init() {}

    /// Whether the fault is set.
    package func isSet(_ fault: Fault) -> Bool { settings.withLock { $0[fault] != nil } }

    /// The magnitude of a fault that is counted in lots, or nil when it is not set.
    func lots(of fault: Fault) -> Int64? {
        guard case .lots(let lots) = settings.withLock({ $0[fault]?.magnitude }) else { return nil }
        return lots
    }

    /// The magnitude of a fault that is a time, in microseconds, or nil when it is not set.
    func microseconds(of fault: Fault) -> Int64? {
        guard case .time(let microseconds) = settings.withLock({ $0[fault]?.magnitude }) else { return nil }
        return microseconds
    }

    /// Sets a fault, or changes its magnitude. Effects outside the board are `FaultEffects`' business.
    package func set(_ fault: Fault, _ magnitude: FaultMagnitude, since: String? = nil) {
        settings.withLock { $0[fault] = Setting(magnitude: magnitude, since: since ?? DeskClock.wallText()) }
    }

    /// Clears a fault.
    package func clear(_ fault: Fault) { settings.withLock { $0[fault] = nil } }

    var all: [Fault: Setting] { settings.withLock { $0 } }
}
