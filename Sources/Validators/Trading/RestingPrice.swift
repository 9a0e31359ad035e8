import FoundationEssentials
import Readiness

extension SymbolState {
    /// Whether the numbers make sense together: an order can be priced from them.
    var isPlausible: Bool { reference > "0" && last > "0" && bid > "0" && ask >= bid && tick > "0" && lot > "0" }

    /// The highest price at which a buy order rests for certain: half a percent below the bid.
    ///
    /// A market that falls by that much between the look and the order would fill it; the readiness accounts and the
    /// smallest lot keep that harmless, and a fill is told, not hidden.
    var highestRestingPrice: Decimal { bid.decimal * 995 / 1000 }

    /// A buy price so many percent below the reference, below the bid as well, on a whole tick.
    ///
    /// - Returns: nil where nothing above zero is left.
    func restingPrice(percentBelow percent: Decimal) -> Decimal? {
        let wanted = min(reference.decimal * (100 - percent) / 100, highestRestingPrice)
        guard let ticks = Steps.floor(wanted, step: tick.decimal), ticks > 0 else { return nil }
        return Decimal(ticks) * tick.decimal
    }
}

extension [SymbolState] {
    /// The plausible ones, cheapest first, ties by name.
    var tradable: [SymbolState] {
        filter(\.isPlausible).sorted { ($0.reference, $0.symbol) < ($1.reference, $1.symbol) }
    }

    /// The cheapest symbol that an order can be priced for.
    ///
    /// - Throws: `ProbeError` of nonsense: a feed without one sound symbol is none.
    func cheapest() throws(ProbeError) -> SymbolState {
        guard let first = tradable.first else {
            throw ProbeError(.nonsense, at: .surface, "the feed has no symbol with sound prices, tick and lot")
        }
        return first
    }
}

/// How far below the reference the checks' resting orders are placed.
enum RestingDistance {
    /// Percent. Far from the market, and inside the collar of any tier that trades at all.
    static let percent: Decimal = 3

    /// Percent that a tier's price collar surely allows.
    static func percent(in tier: TierLimits) -> Decimal { min(percent, tier[.priceCollar] * 3 / 4) }
}
