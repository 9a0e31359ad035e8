package import FoundationEssentials

/// Whether what is wanted moves too much like what is held: Pearson's coefficient of their returns, in decimals.
///
/// Only the same direction counts: a coefficient far below zero is spread, not concentration.
package struct CorrelationRule: Sendable {
    /// What follows from two series.
    package struct Verdict: Sendable, Equatable {
        /// Pearson's coefficient, rounded to 20 digits behind the point; nil when there is none.
        package var coefficient: Decimal?
        /// Why the position is denied; nil when it is not.
        package var reason: ReasonCode?

        /// A verdict; without a coefficient and a reason: accepted unseen.
        package init(coefficient: Decimal? = nil, reason: ReasonCode? = nil) {
            self.coefficient = coefficient
            self.reason = reason
        }
    }

    /// Fewer returns than this tell nothing.
    package static let least = 20
    /// Digits behind the point of a coefficient: far more than any limit has, and few enough that the last digits of
    /// the arithmetic, which are rounded, play no part.
    private static let digits = 20

    private let faults: FaultBoard

    /// A rule that the board's faults may break.
    package init(faults: FaultBoard) { self.faults = faults }

    /// Decides on two series, oldest first, against a limit that is inclusive.
    package func verdict(held: ReturnSeries, wanted: ReturnSeries, limit: Decimal) -> Verdict {
        // Fault `correlation-ignored`: it is never computed, and nobody misses it.
        if faults.isSet(.correlationIgnored) { return Verdict() }
        guard let coefficient = held.coefficient(with: wanted) else {
            return Verdict(reason: .correlationUnknown)
        }
        return Verdict(coefficient: coefficient, reason: coefficient > limit ? .maxCorrelation : nil)
    }

    /// Decides on two series of numbers that are asked about once.
    package func verdict(held: [Decimal], wanted: [Decimal], limit: Decimal) -> Verdict {
        verdict(held: ReturnSeries(held), wanted: ReturnSeries(wanted), limit: limit)
    }

    /// Pearson's coefficient, or nil when it does not exist: series of different or too small lengths, or a constant
    /// one.
    ///
    /// One root of each sum of squares and not of their product: the numbers stay of one size.
    package static func coefficient(_ left: [Decimal], _ right: [Decimal]) -> Decimal? {
        ReturnSeries(left).coefficient(with: ReturnSeries(right))
    }

    /// A coefficient as it is told and compared; nil for one that is no number.
    static func rounded(_ coefficient: Decimal) -> Decimal? {
        guard coefficient.isFinite else { return nil }
        let half = Decimal(sign: coefficient < 0 ? .minus : .plus, exponent: -digits - 1, significand: 5)
        return DecimalText.parse(DecimalText.cut(coefficient + half, digits: digits))
    }
}
