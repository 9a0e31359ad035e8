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
    package func verdict(held: [Decimal], wanted: [Decimal], limit: Decimal) -> Verdict {
        // Fault `correlation-ignored`: it is never computed, and nobody misses it.
        if faults.isSet(.correlationIgnored) { return Verdict() }
        guard let coefficient = Self.coefficient(held, wanted) else {
            return Verdict(reason: .correlationUnknown)
        }
        return Verdict(coefficient: coefficient, reason: coefficient > limit ? .maxCorrelation : nil)
    }

    /// Pearson's coefficient, or nil when it does not exist: series of different or too small lengths, or a constant
    /// one.
    package static func coefficient(_ left: [Decimal], _ right: [Decimal]) -> Decimal? {
        guard left.count == right.count, left.count >= least, isMoving(left), isMoving(right) else { return nil }
        let (x, y) = (deviations(scaled(left)), deviations(scaled(right)))
        // One root of each sum and not of their product: the numbers stay of one size.
        guard let spreadX = DecimalRoot.of(product(x, x)), let spreadY = DecimalRoot.of(product(y, y)),
            spreadX > 0, spreadY > 0
        else { return nil }
        let coefficient = product(x, y) / spreadX / spreadY
        guard coefficient.isFinite else { return nil }
        let half = Decimal(sign: coefficient < 0 ? .minus : .plus, exponent: -digits - 1, significand: 5)
        return DecimalText.parse(DecimalText.cut(coefficient + half, digits: digits))
    }

    /// Asked of the numbers themselves: a sum of very long ones is rounded, and then a constant series seems to move.
    private static func isMoving(_ series: [Decimal]) -> Bool { series.contains { $0 != series[0] } }

    /// The series in a unit in which it is neither huge nor tiny: the coefficient is the same in any, but a decimal
    /// keeps its 38 digits only far from the ends of its range.
    private static func scaled(_ series: [Decimal]) -> [Decimal] {
        let largest = series.reduce(0) { max($0, $1.magnitude) }
        // The order of magnitude of a number with up to 38 digits behind its exponent.
        let order = largest.exponent + largest.significand.description.utf8.count
        guard abs(order) > 10 else { return series }
        let unit = Decimal(sign: .plus, exponent: -order, significand: 1)
        return series.map { $0 * unit }
    }

    /// How far each number is from the mean, times their count: multiplied out, because the mean itself need not be an
    /// exact decimal, and the coefficient does not change with a factor.
    private static func deviations(_ series: [Decimal]) -> [Decimal] {
        let count = Decimal(series.count)
        let sum = series.reduce(0, +)
        return series.map { $0 * count - sum }
    }

    private static func product(_ left: [Decimal], _ right: [Decimal]) -> Decimal {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
