import FoundationEssentials
package import Readiness

/// What became of one armed stop: enough to judge it again under another policy.
package struct StopTrial: Codable, Sendable {
    /// `long.path`, `short.gap` …
    package var name: String
    /// The instrument.
    package var symbol: String
    /// What was held when the stop was armed, negative when short.
    package var held: DecimalValue
    /// The stop as it was armed.
    package var armed: StopState
    /// The last price that was played, the farthest through the stop.
    package var farthest: DecimalValue
    /// The fills of the exit order in the drop copy.
    package var exits: [DropCopy.Event]
    /// From the earliest moment at which the price can have reached the stop to our seeing the whole position closed;
    /// nil when that was not seen.
    package var exitTime: Duration?
    /// Whether a fill was seen before the price can have reached the stop.
    package var isEarly: Bool
    /// How long was watched after that earliest moment.
    package var watched: Duration
    /// What was held afterwards.
    package var left: DecimalValue
    /// The stop as it was afterwards; nil where it is not listed any more.
    package var after: StopState.Status?
    /// The conversation. Exercised only if the drop copy has no gap, and says side and quantity of each fill.
    package var evidence: Evidence

    /// The way in which the exit must go.
    var exitSide: OrderRequest.Side { held.decimal > 0 ? .sell : .buy }
    /// How much the exit must be for.
    var exitQuantity: Decimal { held.decimal > 0 ? held.decimal : -held.decimal }
    /// How much it was for.
    var exited: Decimal { exits.reduce(0) { $0 + ($1.quantity?.decimal ?? 0) } }

    /// How much of it closed the position: what went the other way made it larger. A fill that does not say which way it
    /// went is taken for right; the evidence is too thin for a pass then.
    var closed: Decimal {
        exits.reduce(0) { sum, exit in
            let quantity = exit.quantity?.decimal ?? 0
            return exit.side == exitSide.opposite ? sum - quantity : sum + quantity
        }
    }

    /// From the first to the last fill's stamp of the target's own clock, nil without stamps.
    var exitSpan: Duration? {
        guard let first = exits.first?.at, let last = exits.last?.at else { return nil }
        return .microseconds(last.microseconds - first.microseconds)
    }

    /// The first price of the exit at which nothing can have been traded: beyond what was played by more than a spread, or
    /// better than the stop.
    var impossiblePrice: DecimalValue? {
        let (stop, farthest) = (armed.stopPrice.decimal, farthest.decimal)
        return exits.compactMap(\.price).first { price in
            exitSide == .sell
                ? price.decimal > stop * 1002 / 1000 || price.decimal < farthest * 98 / 100
                : price.decimal < stop * 998 / 1000 || price.decimal > farthest * 102 / 100
        }
    }
}
