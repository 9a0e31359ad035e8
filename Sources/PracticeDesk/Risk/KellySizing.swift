import FoundationEssentials

/// How large a position an edge deserves: Kelly's fraction f* = (p·b − q)/b, a share of it, and never more than a cap.
package struct KellySizing: Sendable {
    /// An edge, as text: what is no number must be answered, not refused.
    package struct Edge: Sendable {
        /// p, 0…1.
        package var winProbability: String
        /// b: what a win pays for each unit at stake; above zero.
        package var odds: String
        /// Past trades that the probability was estimated from.
        package var trades: Int64
        /// USD, above zero.
        package var capital: String
        /// USD for one unit, above zero.
        package var price: String

        /// An edge to be judged.
        package init(winProbability: String, odds: String, trades: Int64, capital: String, price: String) {
            self.winProbability = winProbability
            self.odds = odds
            self.trades = trades
            self.capital = capital
            self.price = price
        }
    }

    /// Why there is no size.
    package enum Refusal: String, Error {
        /// Something is no decimal number, or out of its range.
        case invalidInput = "invalid_input"
        /// The probability rests on too few trades.
        case tooFewTrades = "too_few_trades"
        /// f* is zero or less.
        case noEdge = "no_edge"
    }

    /// A size.
    package struct Size: Sendable, Equatable {
        /// Of the capital, as decimal text of up to 30 digits behind the point.
        package var fraction: String
        /// Units, as decimal text in whole lots.
        package var quantity: String

        /// A size in these words.
        package init(fraction: String, quantity: String) {
            self.fraction = fraction
            self.quantity = quantity
        }
    }

    private let policy: SizingPolicy
    private let faults: FaultBoard

    /// Sizing by a policy.
    package init(policy: SizingPolicy, faults: FaultBoard) {
        self.policy = policy
        self.faults = faults
    }

    /// The size for an edge, or why there is none.
    package func size(_ edge: Edge) -> Result<Size, Refusal> {
        guard let p = DecimalText.parse(edge.winProbability), let b = DecimalText.parse(edge.odds),
            let capital = DecimalText.parse(edge.capital), let price = DecimalText.parse(edge.price),
            p >= 0, p <= 1, b > 0, capital > 0, price > 0
        else { return .failure(.invalidInput) }
        guard edge.trades >= policy.kellyMinTrades else { return .failure(.tooFewTrades) }
        let gain = p * b - (1 - p)
        guard gain > 0 else { return .failure(.noEdge) }
        // Fault `kelly-overbet`: the full fraction, as the textbook has it.
        let share = faults.isSet(.kellyOverbet) ? 1 : policy.kellyFraction
        // The cap is compared before anything is divided, so that both sides of it are exact.
        let isCapped = gain * share > policy.kellyMaxFraction * b
        // One division each, at the end: where the true quantity is a whole number of lots, so is this one.
        let fraction = isCapped ? policy.kellyMaxFraction : gain * share / b
        let quantity = isCapped ? capital * policy.kellyMaxFraction / price : capital * gain * share / (b * price)
        guard fraction.isFinite, quantity.isFinite else { return .failure(.invalidInput) }
        return .success(
            Size(
                fraction: DecimalText.cut(fraction, digits: 30),
                quantity: DecimalText.cut(quantity, digits: 2, atLeast: 2)))
    }
}
