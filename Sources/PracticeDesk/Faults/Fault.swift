/// A way in which the desk can be broken on purpose. Each bites in exactly one place of the code, which names it.
package enum Fault: String, CaseIterable, Sendable {
    /// Bites in `Surface+Discovery`.
    case notReady = "not-ready"
    /// Bites in `TradingSystem.tick`.
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
        case .databaseMissing: "The ledger that the desk tells of is a file that does not exist."
        case .indexDropped: "The index of fills by order is gone from the ledger."
        case .migrationPending: "The last migration was never applied to the ledger."
        }
    }

    /// What form of magnitude it takes.
    package var form: FaultMagnitude.Form {
        switch self {
        case .limitOffByOne: .lots(1...100_000)
        case .slowRisk: .time(milliseconds: 1...10_000)
        default: .none
        }
    }

    /// The magnitude that it has when none is given.
    package var defaultMagnitude: FaultMagnitude {
        switch self {
        case .limitOffByOne: .lots(1)
        case .slowRisk: .time(microseconds: 25_000)
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
