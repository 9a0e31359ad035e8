package import FoundationEssentials
import Synchronization

/// Some returns that never change, oldest first, with what has been computed of them.
///
/// A price makes a new series, so nothing that is kept here can be out of date. What is kept changes no answer, only
/// when it is computed: the same numbers give the same coefficient, to the last digit.
package final class ReturnSeries: Sendable {
    private enum Content {
        case decimals([Decimal])
        /// In 10^−12, as a price's history has them.
        case units([Int64])
    }

    /// How far the numbers are from their mean, times their count, and the root of the sum of its squares.
    private enum Spread {
        case decimals([Decimal], root: Decimal)
        case units([Int64], root: Decimal)
        /// They do not move, or too little for a number.
        case none
    }

    private struct Kept {
        var spread: Spread?
        /// The last part of the series that was asked for.
        var part: ReturnSeries?
        /// Coefficients with other series, the newest last.
        var coefficients: [(with: UInt64, value: Decimal?)] = []
    }

    /// As many as other symbols can be held, and some more: an account's next order asks for the same ones.
    private static let keptCoefficients = 16
    /// So few and so small units that every sum of their products is exact in 128 bits, and in a decimal's 38 digits.
    private static let exactCount = 100
    private static let exactUnits: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000
    private static let lastNumber = Atomic<UInt64>(0)

    /// Names the series among all of the process.
    private let number = ReturnSeries.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    private let content: Content
    private let kept = Mutex(Kept())

    /// A series of any decimals.
    package init(_ returns: [Decimal]) { content = .decimals(returns) }

    /// A series of whole numbers of 10^−12, such as a price's history has.
    package init(units: [Int64]) {
        // Below ten units decimals are brought to another scale first, and their last digits are rounded there.
        let isExact =
            units.count <= Self.exactCount && units.allSatisfy(Self.exactUnits.contains)
            && units.contains { $0.magnitude >= 10 }
        content = isExact ? .units(units) : .decimals(units.map { FixedPoint.decimal($0, scale: 12) })
    }

    /// The returns.
    package var returns: [Decimal] {
        switch content {
        case .decimals(let returns): returns
        case .units(let units): units.map { FixedPoint.decimal($0, scale: 12) }
        }
    }

    /// How many there are.
    package var count: Int {
        switch content {
        case .decimals(let returns): returns.count
        case .units(let units): units.count
        }
    }

    /// The newest of them; this very series where that is all.
    ///
    /// - Parameter count: at most as many as there are.
    package func newest(_ count: Int) -> ReturnSeries {
        guard count < self.count else { return self }
        if let part = kept.withLock(\.part), part.count == count { return part }
        let part =
            switch content {
            case .decimals(let returns): ReturnSeries(Array(returns.suffix(count)))
            case .units(let units): ReturnSeries(units: Array(units.suffix(count)))
            }
        kept.withLock { $0.part = part }
        return part
    }

    /// Pearson's coefficient with another series; nil where it does not exist. See `CorrelationRule.coefficient`.
    package func coefficient(with other: ReturnSeries) -> Decimal? {
        let known = kept.withLock { kept in kept.coefficients.last { $0.with == other.number } }
        if let known { return known.value }
        let value = computedCoefficient(with: other)
        kept.withLock { kept in
            if kept.coefficients.count == Self.keptCoefficients { kept.coefficients.removeFirst() }
            kept.coefficients.append((other.number, value))
        }
        return value
    }

    // MARK: - Arithmetic

    private func computedCoefficient(with other: ReturnSeries) -> Decimal? {
        guard count == other.count, count >= CorrelationRule.least else { return nil }
        switch (spread(), other.spread()) {
        case (.none, _), (_, .none): return nil
        case (.units(let x, let rootX), .units(let y, let rootY)):
            return CorrelationRule.rounded(Self.product(x, y) / rootX / rootY)
        case (.decimals(let x, let rootX), .decimals(let y, let rootY)):
            return CorrelationRule.rounded(Self.product(x, y) / rootX / rootY)
        case (.units, .decimals), (.decimals, .units):
            // One way of writing for both: their scales may differ.
            return ReturnSeries(returns).computedCoefficient(with: ReturnSeries(other.returns))
        }
    }

    private func spread() -> Spread {
        if let spread = kept.withLock(\.spread) { return spread }
        let spread = computedSpread()
        kept.withLock { $0.spread = spread }
        return spread
    }

    private func computedSpread() -> Spread {
        switch content {
        case .units(let units):
            guard Self.isMoving(units) else { return .none }
            let sum = units.reduce(0, +)
            let deviations = units.map { $0 * Int64(units.count) - sum }
            guard let root = DecimalRoot.of(Self.product(deviations, deviations)), root > 0 else { return .none }
            return .units(deviations, root: root)
        case .decimals(let returns):
            guard Self.isMoving(returns) else { return .none }
            let deviations = Self.deviations(Self.scaled(returns))
            guard let root = DecimalRoot.of(Self.product(deviations, deviations)), root > 0 else { return .none }
            return .decimals(deviations, root: root)
        }
    }

    /// Asked of the numbers themselves: a sum of very long ones is rounded, and then a constant series seems to move.
    private static func isMoving(_ series: [some Equatable]) -> Bool { series.contains { $0 != series[0] } }

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

    /// The same of whole numbers, exactly: at most 37 digits, which a decimal holds.
    private static func product(_ left: [Int64], _ right: [Int64]) -> Decimal {
        var sum: Int128 = 0
        for index in left.indices { sum += Int128(left[index]) * Int128(right[index]) }
        let (upper, lower) = sum.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        let digits = Decimal(UInt64(upper)) * 1_000_000_000_000_000_000 + Decimal(UInt64(lower))
        return Decimal(sign: sum < 0 ? .minus : .plus, exponent: -24, significand: digits)
    }
}
