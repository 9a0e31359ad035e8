/// Asks the target how large a position it would take.
package protocol SizingProbe: Sendable {
    /// The size for an edge. Decides, never routes. A refusal is an answer.
    func size(_ request: SizeRequest) async throws(ProbeError) -> Answer<SizeDecision>
}

/// An edge that a position is to be sized for. Text, so that what is no number can be asked for as well.
package struct SizeRequest: Sendable, Codable, Equatable {
    /// The tier whose policy is asked.
    package var tier: String
    /// The instrument, whose lot the quantity is cut to.
    package var symbol: String
    /// p: decimal from 0 to 1.
    package var winProbability: String
    /// b: what a win pays for each unit at stake.
    package var odds: String
    /// Past trades that the probability was estimated from.
    package var trades: Int
    /// USD.
    package var capital: String
    /// USD for a unit.
    package var price: String

    /// Describes an edge.
    package init(
        tier: String, symbol: String, winProbability: String, odds: String, trades: Int, capital: String, price: String
    ) {
        self.tier = tier
        self.symbol = symbol
        self.winProbability = winProbability
        self.odds = odds
        self.trades = trades
        self.capital = capital
        self.price = price
    }
}

/// The size that a target would take.
package struct SizeDecision: Sendable, Codable, Equatable {
    /// Of the capital, before it is cut to lots; 0: no position.
    package var fraction: DecimalValue
    /// Units, cut to whole lots.
    package var quantity: DecimalValue
    /// Why there is no size: `no_edge`, `too_few_trades`, `invalid_input`; nil where there is one.
    package var reasonCode: String?

    /// States a size.
    package init(fraction: DecimalValue, quantity: DecimalValue, reasonCode: String?) {
        self.fraction = fraction
        self.quantity = quantity
        self.reasonCode = reasonCode
    }
}
