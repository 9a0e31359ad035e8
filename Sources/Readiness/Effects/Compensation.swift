/// What takes a change on the target back, as data: it is written down before the change, so that `holdpoint recover`
/// can finish what a run that was killed could not.
///
/// Each is idempotent: it may run when the change never happened, and again when it has been taken back already.
package enum Compensation: Sendable, Codable, Equatable {
    /// Cancel every working order of an account whose client id begins with a prefix.
    case cancelOrders(account: String, prefix: String)
    /// Trade an account's position in a symbol back to what it was.
    ///
    /// With a mark it ends only when the position that is told is the one that the fills since then left; without one
    /// (a journal of before there were marks) what is told is believed.
    case restorePosition(account: String, symbol: String, quantity: DecimalValue, since: DropCopyMark? = nil)
    /// Take back every armed stop of an account in a symbol.
    case disarmStops(account: String, symbol: String)
    /// Give the feed back to the market: scripted paths and cuts end.
    case restoreFeed
    /// Release the kill switch.
    case releaseKillSwitch
    /// Return every session of the pool that was checked out under a prefix.
    case returnSessions(prefix: String)
    /// Run a command that an external validator named, without a shell; it must end with exit code 0. What it needs of
    /// secrets is named, never written down: variables by the names of the profile's secrets.
    case command([String], folder: String, secretEnvironment: [String: String])

    /// What is done, in words.
    package var words: String {
        switch self {
        case .cancelOrders(let account, let prefix):
            "cancel every working order of \(account) whose client id begins with \(prefix)"
        case .restorePosition(let account, let symbol, let quantity, _):
            "trade the position of \(account) in \(symbol) back to \(quantity)"
        case .disarmStops(let account, let symbol): "disarm the stops of \(account) in \(symbol)"
        case .restoreFeed: "give the feed back to the market"
        case .releaseKillSwitch: "release the kill switch"
        case .returnSessions(let prefix): "return the pool's sessions held as \(prefix)…"
        case .command(let words, _, _):
            "run " + String(words.map(ShellWord.quoted).joined(separator: " ").prefix(500))
        }
    }
}

/// A place in the drop copy of one life of the target: every fill behind it came later than what was looked at then.
package struct DropCopyMark: Sendable, Codable, Equatable {
    /// The newest message there was.
    package var sequence: Int64
    /// The life that the number is of; nil where the target does not tell its lives apart. Another life's drop copy
    /// begins anew.
    package var bootID: String?

    /// Names a place.
    package init(sequence: Int64, bootID: String?) {
        self.sequence = sequence
        self.bootID = bootID
    }
}

/// Takes changes back. One implementation serves the run that made them and `holdpoint recover`.
package protocol Compensator: Sendable {
    /// Takes a change back and makes certain of it.
    ///
    /// - Throws: `ProbeError` when it could not be taken back, or when that cannot be told.
    func perform(_ compensation: Compensation) async throws(ProbeError)
}
