/// Scripts and cuts the target's feed. Every call is an effect: register `Compensation.restoreFeed` before.
package protocol FeedProbe: Sendable {
    /// Plays prices, one for each tick and symbol, instead of the market; after the last one it is held.
    ///
    /// - Parameters:
    ///   - paths: prices by symbol, all of one length.
    ///   - interval: between two ticks.
    func play(_ paths: [PricePath], every interval: Duration) async throws(ProbeError) -> Answer<Bool>
    /// Stops the ticks of some symbols.
    func cut(_ symbols: [String]) async throws(ProbeError) -> Answer<Bool>
    /// Gives all symbols back to the market.
    func restore() async throws(ProbeError) -> Answer<Bool>
}

/// The prices that a symbol is to take, one after the other.
package struct PricePath: Sendable, Codable, Equatable {
    /// The instrument.
    package var symbol: String
    /// Whole ticks, above zero.
    package var prices: [DecimalValue]

    /// Describes a path.
    package init(symbol: String, prices: [DecimalValue]) {
        self.symbol = symbol
        self.prices = prices
    }
}
