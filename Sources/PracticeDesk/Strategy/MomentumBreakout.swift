/// A momentum breakout: buys what trades above its recent range, sells what trades below, a little at a time.
///
/// Pure: it is told of each trade and answers with what it wants. Rate and position are bounded here, and the desk's
/// risk engine bounds it again like any other account.
package struct MomentumBreakout: Sendable {
    /// What the strategy wants to trade at once.
    package struct Signal: Sendable, Equatable {
        /// Which way.
        package let side: Side
        /// How much.
        package let quantity: Quantity
    }

    /// Trades that make up the recent range.
    package static let window = 20
    /// Nanoseconds that must pass between two orders in one symbol.
    package static let pause: Int64 = 2_000_000_000

    /// A strategy that has seen nothing yet.
    package init() {}

    private var trades: [String: [Price]] = [:]
    private var orderedAt: [String: Int64] = [:]

    /// Whether the range of at least one symbol is whole.
    package var isWarm: Bool { trades.values.contains { $0.count == Self.window } }

    /// About 25 dollars' worth, one lot at least.
    package static func size(_ instrument: Instrument) -> Quantity {
        Quantity(lots: max(1, 25_000_000 / instrument.reference.e4))
    }

    /// Notes a trade, and answers whether it breaks out of the range of the trades before it.
    package mutating func observe(_ instrument: Instrument, last: Price, position: Quantity, now: Int64) -> Signal? {
        var recent = trades[instrument.symbol] ?? []
        defer {
            recent.append(last)
            if recent.count > Self.window { recent.removeFirst() }
            trades[instrument.symbol] = recent
        }
        guard recent.count == Self.window, let highest = recent.max(), let lowest = recent.min() else { return nil }
        guard now - (orderedAt[instrument.symbol] ?? .min / 2) >= Self.pause else { return nil }
        let side: Side
        if last > highest { side = .buy } else if last < lowest { side = .sell } else { return nil }
        let size = Self.size(instrument)
        // Five orders' worth either way.
        guard abs(position.lots + side.sign * size.lots) <= 5 * size.lots else { return nil }
        orderedAt[instrument.symbol] = now
        return Signal(side: side, quantity: size)
    }
}
