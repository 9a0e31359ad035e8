package import FoundationEssentials

/// How much of the capital a position may have, as the home's limits file says under `sizing`.
package struct SizingPolicy: Hashable, Sendable {
    /// The share of the full Kelly fraction that is put at stake: 0.01…1.
    package var kellyFraction: Decimal
    /// The most of the capital that one position may have: 0.01…1.
    package var kellyMaxFraction: Decimal
    /// Past trades below which a win probability is worth nothing: a whole number.
    package var kellyMinTrades: Int64

    /// A policy of these numbers; they come from the file.
    package init(kellyFraction: Decimal, kellyMaxFraction: Decimal, kellyMinTrades: Int64) {
        self.kellyFraction = kellyFraction
        self.kellyMaxFraction = kellyMaxFraction
        self.kellyMinTrades = kellyMinTrades
    }
}
