/// Which way an order trades.
package enum Side: String, Sendable {
    /// Acquires the instrument.
    case buy
    /// Disposes of the instrument; the paper venue lets an account go short.
    case sell

    /// +1 for a buy, −1 for a sell: what one lot does to a position.
    var sign: Int64 { self == .buy ? 1 : -1 }
}
