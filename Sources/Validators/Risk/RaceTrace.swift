import FoundationEssentials
package import Readiness

/// Everything that was seen of the races for one limit: enough to judge it again under another policy.
package struct RaceTrace: Codable, Sendable {
    /// Orders that arrived together, counted by what became of them.
    package struct Round: Codable, Sendable {
        /// Answered as working or filled.
        package var accepted: Int
        /// Of those, answered as filled.
        package var filled: Int
        /// Answered as rejected by the venue.
        package var rejected: Int
        /// Answered as denied, by reason.
        package var denied: [String: Int]
        /// What the venue let in, by the drop copy.
        package var atVenue: Int
    }

    /// The tier.
    package var scope: String
    /// `max_position_quantity`, `max_open_orders`.
    package var limit: String
    /// The instrument.
    package var symbol: String
    /// Of each order.
    package var price: DecimalValue
    /// What each order counts against the limit.
    package var step: DecimalValue
    /// What counted against the limit before.
    package var before: DecimalValue
    /// Orders of one round.
    package var orders: Int
    /// In the order in which they were made.
    package var rounds: [Round]
    /// Client ids of denied orders that the drop copy shows.
    package var leaked: [String]
    /// The rounds, one a line.
    package var evidence: Evidence

    /// The most that was ever let out together, with what there was before, in the limit's unit.
    var mostTogether: Decimal {
        let most = rounds.map { max($0.accepted, $0.atVenue) }.max() ?? 0
        return before.decimal + Decimal(most) * step.decimal
    }
}
