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

    // MARK: - Market

    /// One tick of one symbol, when the market's clock says so.
    func tick(_ instrument: Instrument) { _ = deliver { $0.tick(instrument) } }

    /// One tick of a play. False when the play is over.
    func step(play: Int) -> Bool {
        // A tick that the fault keeps back does not end the play.
        deliver { $0.step(play: play) } ?? true
    }

    /// Ends every drill; the symbols tick at once, so that an order has fresh data again.
    func restoreFeed() -> [Instrument] {
        let restored = with { $0.market.restore() }
        for instrument in restored { tick(instrument) }
        return restored
    }

    /// Lets a tick reach the core; nil if it does not.
    private func deliver<Value: Sendable>(_ tick: (inout Trading) -> Value) -> Value? {
        // Fault `feed-silent`: the tick never arrives.
        if faults.isSet(.feedSilent) { return nil }
        return trading.withLock { tick(&$0) }
    }

    // MARK: - Kill switch and heartbeat

    /// Engages or releases the kill switch; engaging takes every working order back from the venue, in the same step.
    func setKillSwitch(engaged: Bool, by: String) -> KillSwitch {
        trading.withLock { trading in
            if engaged != trading.killSwitch.engaged {
                trading.killSwitch =
                    engaged ? KillSwitch(engaged: true, since: DeskClock.wallText(), by: by) : .released
                trading.tell(engaged ? .halt : .resume)
            }
            // Fault `killswitch-flag-only`: the flag is set, and what works at the venue stays there.
            if engaged, !faults.isSet(.killSwitchFlagOnly) { trading.cancelAll() }
            return trading.killSwitch
        }
    }

    /// A heartbeat: time passes for the strategy, and whoever can take the lock works.
    func beat(_ work: WorkCounters) {
        trading.withLock { trading in
            trading.tell(.clock(now: DeskClock.stamp()))
            for component in [Component.marketData, .risk, .gateway] { work.did(component) }
        }
    }
}
