package import FoundationEssentials
package import Readiness

/// What a position's size has to be, worked out in decimals and asked of nobody.
///
/// f* = (p·b − q)/b with q = 1 − p, times the fraction of Kelly that the policy allows, at most the greatest share of the
/// capital; the quantity is what that buys, cut to whole lots.
package struct KellyOracle: Sendable {
    /// What has to be answered.
    package enum Answer: Sendable, Equatable {
        /// This share of the capital, and a quantity from `least` to `most`. They differ, by one lot, only where the share
        /// has no exact decimal form and the quantity falls on a whole lot: then rounding may decide.
        case size(fraction: Decimal, least: Decimal, most: Decimal)
        /// No position, for that reason.
        case none(reason: String)
    }

    /// The share of f* that is put at stake.
    package var fraction: Decimal
    /// The greatest share of the capital.
    package var maxFraction: Decimal
    /// Past trades below which a probability is worth nothing.
    package var minTrades: Int

    /// A policy's numbers.
    package init(fraction: Decimal, maxFraction: Decimal, minTrades: Int) {
        self.fraction = fraction
        self.maxFraction = maxFraction
        self.minTrades = minTrades
    }

    /// The answer to a request, in the order that the surface documents: invalid input, too few trades, no edge.
    package func answer(to request: SizeRequest, lot: Decimal) -> Answer {
        guard let p = DecimalValue(parsing: request.winProbability)?.decimal, p >= 0, p <= 1,
            let b = DecimalValue(parsing: request.odds)?.decimal, b > 0,
            let capital = DecimalValue(parsing: request.capital)?.decimal, capital > 0,
            let price = DecimalValue(parsing: request.price)?.decimal, price > 0
        else { return .none(reason: "invalid_input") }
        guard request.trades >= minTrades else { return .none(reason: "too_few_trades") }
        // p·b − q: products and sums of short decimals are exact, so that no edge is no edge to the last digit.
        let edge = p * b - (1 - p)
        guard edge > 0 else { return .none(reason: "no_edge") }
        guard edge * fraction < maxFraction * b else {
            let quantity = whole(maxFraction * capital, of: price * lot, lot)
            return .size(fraction: maxFraction, least: quantity, most: quantity)
        }
        let share = edge * fraction / b
        // Multiplied out: the division comes last and is only looked at for whole lots.
        let quantity = whole(edge * fraction * capital, of: b * price * lot, lot)
        let isExact = share * b == edge * fraction
        let isOnLot = quantity * b * price == edge * fraction * capital
        let least = isOnLot && !isExact && quantity > 0 ? quantity - lot : quantity
        return .size(fraction: share, least: least, most: quantity)
    }

    private func whole(_ amount: Decimal, of step: Decimal, _ lot: Decimal) -> Decimal {
        Decimal(Steps.floor(amount, step: step) ?? 0) * lot
    }
}
