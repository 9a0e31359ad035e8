package import FoundationEssentials

/// The last returns of one symbol: how far each price was from the one before it, relative to that.
package struct ReturnHistory: Sendable {
    /// How many returns are kept; older ones are forgotten.
    package static let window = 60

    /// The returns, oldest first; at most `window`, each cut after 12 digits behind the point.
    ///
    /// Cut, because numbers of so few digits are multiplied exactly and many times faster than 38-digit quotients are,
    /// and an order waits for it.
    package var returns: [Decimal] { series.returns }
    /// The same with what has been computed of them; a new one with each return.
    package private(set) var series = ReturnSeries(units: [])
    private var units: [Int64] = []
    private var last: Price?

    /// A history that has seen no price.
    package init() {}

    /// Notes the next price. The first one makes no return.
    package mutating func note(_ price: Price) {
        defer { last = price }
        guard let last else { return }
        if units.count == Self.window { units.removeFirst() }
        let change = Int128(price.e4 - last.e4) * 1_000_000_000_000 / Int128(last.e4)
        units.append(Int64(change))
        series = ReturnSeries(units: units)
    }
}
