/// A way in which the desk can be broken on purpose. Each bites in exactly one place of the code, which names it.
package enum Fault: String, CaseIterable, Sendable {
    /// Bites in `InstanceSurface.reason`.
    case notReady = "not-ready"
    /// Bites in `TradingSystem.deliver`.
    case feedSilent = "feed-silent"
    /// Bites in `FaultEffects`.
    case killSwitchEngaged = "killswitch-engaged"
    /// Bites in `Trading.send`.
    case venueRejects = "venue-rejects"
    /// Bites in `RiskEngine.decide`.
    case riskOff = "risk-off"
    /// Bites in `RiskLimits.inForce`.
    case limitNotLoaded = "limit-not-loaded"
    /// Bites in `RiskEngine.lotsTooMany`.
    case limitOffByOne = "limit-off-by-one"
    /// Bites in `Trading.submit`.
    case denyAfterSend = "deny-after-send"
    /// Bites in `Surface.paced`.
    case slowRisk = "slow-risk"
    /// Bites in `RecordKeeper.current`.
    case databaseMissing = "database-missing"
    /// Bites in `FaultEffects`.
    case indexDropped = "index-dropped"
    /// Bites in `FaultEffects`.
    case migrationPending = "migration-pending"
    /// Bites in `Trading.book`.
    case lostFill = "lost-fill"
    /// Bites in `DeskLog.write`.
    case logSilent = "log-silent"
    /// Bites in `InstanceSurface.ready`.
    case clockSkew = "clock-skew"
    /// Bites in `DeskIdentity.build`.
    case staleInstance = "stale-instance"
    /// Bites in `Trading.tell`.
    case componentDead = "component-dead"
    /// Bites in `Surface.submit`.
    case limitRace = "limit-race"
    /// Bites in `Trading.watchStops`.
    case stopIgnored = "stop-ignored"
    /// Bites in `KellySizing.size`.
    case kellyOverbet = "kelly-overbet"
    /// Bites in `CorrelationRule.verdict`.
    case correlationIgnored = "correlation-ignored"
    /// Bites in `RiskEngine.decide`.
    case riskFailsOpen = "risk-fails-open"
    /// Bites in `TradingSystem.setKillSwitch`.
    case killSwitchFlagOnly = "killswitch-flag-only"
    /// Bites in `SessionPool.giveBack`.
    case poolLeak = "pool-leak"
    /// Bites in `Ledger.setDuplicateIndex`.
    case duplicateIndex = "duplicate-index"
    /// Bites in `setFloatColumn` of the ledger.
    case floatMoney = "float-money"
    /// Bites in `setOrphanFill` of the ledger.
    case orphanFill = "orphan-fill"
    /// Bites in `Migration.secondHead`.
    case twoHeads = "two-heads"
    /// Bites in `Migration.dangling`.
    case danglingParent = "dangling-parent"

    /// What is broken while it is set, in one sentence.
    package var sentence: String {
        switch self {
        case .notReady: "The desk answers that it is still warming up."
        case .feedSilent: "Market data stops: no symbol ticks any more."
        case .killSwitchEngaged: "The kill switch is engaged, and released when the fault is cleared."
        case .venueRejects: "The venue rejects every new order."
        case .riskOff: "The pre-trade limits are skipped; kill switch and stale data still deny."
        case .limitNotLoaded: "The hunter's price collar was not loaded: a built-in 10.00 % is in force."
        case .limitOffByOne: "The hunter's order quantity is enforced some lots of 0.01 above the declared limit."
        case .denyAfterSend: "An order over its notional limit is sent to the venue first, then denied and cancelled."
        case .slowRisk: "Every risk decision takes this much longer."
        case .databaseMissing: "The ledger that the desk tells of does not exist."
        case .indexDropped: "The index of fills by order is gone from the ledger."
        case .migrationPending: "The last migration was never applied to the ledger."
        case .lostFill: "A fill of a readiness account reaches memory and never the ledger."
        case .logSilent: "Nothing is written to the log any more."
        case .clockSkew: "The desk's clock is this far ahead."
        case .staleInstance: "The standby still runs the build before the last release."
        case .componentDead: "The state machine takes no events any more."
        case .limitRace: "An order is decided on before the one ahead of it has been counted."
        case .stopIgnored: "A stop is armed, and nobody looks at it."
        case .kellyOverbet: "Sizes are the full Kelly fraction, not the share of it that the policy allows."
        case .correlationIgnored: "The correlation with what is held is never computed."
        case .riskFailsOpen: "Stale market data no longer denies an order."
        case .killSwitchFlagOnly: "The kill switch sets a flag; working orders stay at the venue."
        case .poolLeak: "A returned session never goes back to the pool."
        case .duplicateIndex: "The ledger has a second index over the same columns."
        case .floatMoney: "A column for money in the ledger is a binary floating-point number."
        case .orphanFill: "The ledger holds a fill of an order that is not there."
        case .twoHeads: "Two migrations claim the same parent."
        case .danglingParent: "A migration names a parent that does not exist."
        }
    }

    /// What form of magnitude it takes.
    package var form: FaultMagnitude.Form {
        switch self {
        case .limitOffByOne: .lots(1...100_000)
        case .slowRisk, .clockSkew: .time(milliseconds: 1...10_000)
        default: .none
        }
    }

    /// The magnitude that it has when none is given.
    package var defaultMagnitude: FaultMagnitude {
        switch self {
        case .limitOffByOne: .lots(1)
        case .slowRisk: .time(microseconds: 25_000)
        // Five times what the shipped criteria allow.
        case .clockSkew: .time(microseconds: 500_000)
        default: .none
        }
    }

    /// The fault of that name.
    ///
    /// - Throws: `FaultError.unknown` with the nearest known name.
    package static func named(_ name: String) throws(FaultError) -> Fault {
        if let fault = Fault(rawValue: name) { return fault }
        throw .unknown(name.shortened, nearest: NearestName.of(name, in: allCases.map(\.rawValue)))
    }

    /// Reads `NAME` or `NAME=MAGNITUDE`, as a command line gives it.
    ///
    /// - Throws: `FaultError` for an unknown name, and for a magnitude that the fault does not take.
    package static func parse(_ text: String) throws(FaultError) -> (fault: Fault, magnitude: FaultMagnitude) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let fault = try named(String(parts[0]))
        return (fault, try fault.magnitude(parts.count > 1 ? String(parts[1]) : nil))
    }

    /// The magnitude that the text gives this fault; its default when there is no text.
    package func magnitude(_ text: String?) throws(FaultError) -> FaultMagnitude {
        guard let text else { return defaultMagnitude }
        guard let magnitude = FaultMagnitude(text, as: form) else {
            throw .magnitude(of: self, given: text.shortened)
        }
        return magnitude
    }
}
