package import FoundationEssentials
import Readiness

/// Pearson's coefficient of two series of returns, worked out in decimals and asked of nobody.
package enum PearsonOracle {
    /// Fewer returns say nothing.
    package static let leastReturns = 20

    /// The coefficient of two series of text, as a target is asked for it.
    ///
    /// - Returns: nil where there is none: different lengths, too few, anything that is no number, a constant series.
    package static func coefficient(_ held: [String], _ wanted: [String]) -> Decimal? {
        let left = held.compactMap { DecimalValue(parsing: $0)?.decimal }
        let right = wanted.compactMap { DecimalValue(parsing: $0)?.decimal }
        guard left.count == held.count, right.count == wanted.count else { return nil }
        return coefficient(left[...], right[...])
    }

    /// The coefficient of two series of numbers, to 18 digits. Sums of short decimals are exact; roots and the last
    /// division are off at the 28th digit or so, which must not put a coefficient of 0.7 to the wrong side of 0.7.
    package static func coefficient(_ held: ArraySlice<Decimal>, _ wanted: ArraySlice<Decimal>) -> Decimal? {
        guard held.count == wanted.count, held.count >= leastReturns else { return nil }
        let count = Decimal(held.count)
        var (x, y, xx, yy, xy): (Decimal, Decimal, Decimal, Decimal, Decimal) = (0, 0, 0, 0, 0)
        for (left, right) in zip(held, wanted) {
            x += left
            y += right
            xx += left * left
            yy += right * right
            xy += left * right
        }
        let (spreadX, spreadY) = (count * xx - x * x, count * yy - y * y)
        guard spreadX > 0, spreadY > 0 else { return nil }
        let coefficient = (count * xy - x * y) / (squareRoot(spreadX) * squareRoot(spreadY))
        let half = Decimal(sign: coefficient < 0 ? .minus : .plus, exponent: -19, significand: 5)
        return Steps.cut(coefficient + half, digits: 18)
    }

    /// The square root of a number that is not negative, by Newton's method.
    package static func squareRoot(_ value: Decimal) -> Decimal {
        guard value > 0 else { return 0 }
        // From above the steps only fall, until rounding holds them.
        var root = value > 1 ? value : 1
        while true {
            let next = (root + value / root) / 2
            guard next < root else { return root }
            root = next
        }
    }
}
