/// The market of the paper venue: a book for each symbol, moved by the simulator's own clock and by nothing else.
package struct MarketSimulator: Sendable {
    /// What is known of one symbol now.
    package struct Quote: Sendable {
        /// The quotes, less what orders have taken since the tick.
        package var book: OrderBook
        /// The price of the trade that made the tick.
        package var last: Price
        /// Rises by one with each tick; 1 is the book that the session opened with.
        package var sequence: Int64
        /// When it last ticked, on the desk's monotonic clock.
        package var tickedAt: Int64
    }

    private var processes: [String: PriceProcess] = [:]
    /// The quote of each symbol.
    package private(set) var quotes: [String: Quote] = [:]

    /// Opens every book, so that the first order of a session finds one.
    package init(seed: UInt64, now: Int64) {
        for (index, instrument) in Instrument.all.enumerated() {
            var process = PriceProcess(instrument, random: SeededRandom(seed: seed &+ UInt64(index) &* 0x1_0001))
            let (book, last) = process.advance()
            processes[instrument.symbol] = process
            quotes[instrument.symbol] = Quote(book: book, last: last, sequence: 1, tickedAt: now)
        }
    }

    /// One tick of one symbol.
    package mutating func tick(_ symbol: String, now: Int64) {
        guard let (book, last) = processes[symbol]?.advance(), let before = quotes[symbol] else { return }
        quotes[symbol] = Quote(book: book, last: last, sequence: before.sequence + 1, tickedAt: now)
    }

    /// Milliseconds since the symbol last ticked.
    package func ageMilliseconds(_ symbol: String, now: Int64) -> Int64 {
        guard let quote = quotes[symbol] else { return .max }
        return max(0, now - quote.tickedAt) / 1_000_000
    }

    /// Takes liquidity from a symbol's book.
    package mutating func take(_ symbol: String, _ side: Side, _ quantity: Quantity, limit: Price) -> [OrderBook.Level]
    {
        quotes[symbol]?.book.take(side, quantity, limit: limit) ?? []
    }
}
