/// The quotes of one symbol between two ticks: a few price levels on each side, best first.
package struct OrderBook: Sendable {
    /// What is quoted at one price.
    package struct Level: Sendable, Equatable {
        /// The price.
        package let price: Price
        /// How much is left there.
        package var size: Quantity

        /// So much at that price.
        package init(price: Price, size: Quantity) {
            self.price = price
            self.size = size
        }
    }

    /// Levels on each side of a book of this market.
    static let depth: Int64 = 5

    private var bids: [Level]
    private var asks: [Level]

    /// A book with at least one level on each side, best first.
    package init(bids: [Level], asks: [Level]) {
        self.bids = bids
        self.asks = asks
    }

    /// A book of even depth around a scripted price.
    init(around price: Price, of instrument: Instrument) {
        let step = instrument.halfSpread.e4
        // 40,000 dollars' worth a level, the middle of what the simulator quotes.
        let size = Quantity(lots: 40_000_000_000 / instrument.reference.e4)
        bids = (1...Self.depth).map { Level(price: Price(e4: price.e4 - $0 * step), size: size) }
        asks = (1...Self.depth).map { Level(price: Price(e4: price.e4 + $0 * step), size: size) }
    }

    /// The best price to sell at; what an order has taken between two ticks never moves it, only the simulator does.
    package var bid: Price { bids[0].price }

    /// The best price to buy at; what an order has taken between two ticks never moves it either.
    package var ask: Price { asks[0].price }

    /// The price at which an order of this side takes all that the book has: its deepest level on the other side.
    package func sweepPrice(_ side: Side) -> Price {
        side == .buy ? asks[asks.count - 1].price : bids[bids.count - 1].price
    }

    /// Takes liquidity for an order down to its limit price, and answers what was taken, best price first.
    ///
    /// A level gives its size once between two ticks, so two orders never fill against the same quote.
    package mutating func take(_ side: Side, _ quantity: Quantity, limit: Price) -> [Level] {
        var taken: [Level] = []
        var wanted = quantity.lots
        func sweep(_ levels: inout [Level]) {
            for index in levels.indices where wanted > 0 && levels[index].size.lots > 0 {
                let crosses = side == .buy ? levels[index].price <= limit : levels[index].price >= limit
                guard crosses else { return }
                let lots = min(wanted, levels[index].size.lots)
                levels[index].size.lots -= lots
                wanted -= lots
                taken.append(Level(price: levels[index].price, size: Quantity(lots: lots)))
            }
        }
        if side == .buy { sweep(&asks) } else { sweep(&bids) }
        return taken
    }
}
