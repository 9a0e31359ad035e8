import Synchronization

/// The trading core behind its lock: whatever the surface, the clock and the faults do to it goes through here.
///
/// Every step is a few microseconds of memory work, so an event loop may take the lock.
final class TradingSystem: Sendable {
    private let trading: Mutex<Trading>
    private let faults: FaultBoard

    init(_ trading: Trading, faults: FaultBoard) {
        self.trading = Mutex(trading)
        self.faults = faults
    }

    /// Looks at the state or changes it, alone.
    func with<Value: Sendable>(_ step: (inout Trading) -> Value) -> Value {
        trading.withLock { step(&$0) }
    }

    /// One tick of one symbol, when the market's clock says so.
    func tick(_ instrument: Instrument) {
        // Fault `feed-silent`: the tick never arrives.
        if faults.isSet(.feedSilent) { return }
        trading.withLock { $0.tick(instrument) }
    }

    /// Engages or releases the kill switch; engaging takes every working order back from the venue first.
    func setKillSwitch(engaged: Bool, by: String) -> KillSwitch {
        trading.withLock { trading in
            if engaged != trading.killSwitch.engaged {
                trading.killSwitch =
                    engaged ? KillSwitch(engaged: true, since: DeskClock.wallText(), by: by) : .released
                if engaged { trading.cancelAll() }
            }
            return trading.killSwitch
        }
    }
}
