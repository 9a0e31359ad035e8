/// How one symbol's price moves: a seeded walk that is drawn back to the reference and never leaves ±0.8 % of it.
///
/// With spread and depth added, every quote stays within ±1 %, so an order 3 % away rests whatever the seed.
struct PriceProcess: Sendable {
    private let instrument: Instrument
    private var random: SeededRandom
    /// Millionths of the reference price above (or below) it.
    private var deviation: Int64 = 0

    private static let bound: Int64 = 8000
    private static let step: Int64 = 250

    init(_ instrument: Instrument, random: SeededRandom) {
        self.instrument = instrument
        self.random = random
    }

    /// Moves one tick on, and answers the new book and the price of the trade that made it.
    mutating func advance() -> (book: OrderBook, last: Price) {
        deviation += random.noise(deviation: Self.step) - deviation / 50
        deviation = min(max(deviation, -Self.bound), Self.bound)
        let tick = instrument.tick.e4
        let middle = (instrument.reference.e4 + instrument.reference.e4 * deviation / 1_000_000) / tick * tick
        let half = instrument.halfSpread.e4
        var bids: [OrderBook.Level] = []
        var asks: [OrderBook.Level] = []
        for level in 0..<OrderBook.depth {
            bids.append(.init(price: Price(e4: middle - half - level * half), size: size()))
            asks.append(.init(price: Price(e4: middle + half + level * half), size: size()))
        }
        let last = random.next() & 1 == 0 ? bids[0].price : asks[0].price
        return (OrderBook(bids: bids, asks: asks), last)
    }

    /// About 20,000 to 60,000 dollars' worth at each level.
    private mutating func size() -> Quantity {
        Quantity(lots: random.pick(20_000...60_000) * 1_000_000 / instrument.reference.e4)
    }
}
