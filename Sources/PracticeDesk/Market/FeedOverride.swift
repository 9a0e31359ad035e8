/// What stands in for the simulator in one symbol, for a drill: a scripted path of prices, or silence.
///
/// It keeps what the simulator had made of the symbol, so that the end of the drill leaves no trace of it.
struct FeedOverride: Sendable {
    enum Source: Sendable {
        case script(PriceScript)
        case silence
    }

    var source: Source
    /// The simulator's quote and returns when the drill began.
    let quote: MarketSimulator.Quote
    let history: ReturnHistory
}

/// Prices that a symbol takes one after the other; the last one is held.
struct PriceScript: Sendable {
    /// Which play it belongs to: all its symbols tick together.
    let play: Int
    private let prices: [Price]
    private var position = 0

    /// Prices of a play, at least one.
    init(play: Int, prices: [Price]) {
        self.play = play
        self.prices = prices
    }

    /// The price of the next tick, and whether it is the path's own or only the last one held.
    mutating func next() -> (price: Price, isHeld: Bool) {
        guard position < prices.count else { return (prices[prices.count - 1], true) }
        defer { position += 1 }
        return (prices[position], false)
    }
}
