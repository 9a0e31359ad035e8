package import FoundationEssentials

/// The market of the paper venue: a book for each symbol, moved by the simulator's own clock and by nothing else, but
/// for drills, in which a script or silence stands in for it.
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
    private var histories: [String: ReturnHistory] = [:]
    private var overrides: [String: FeedOverride] = [:]
    private var plays = 0
    /// The quote of each symbol.
    package private(set) var quotes: [String: Quote] = [:]

    /// Opens every book, so that the first order of a session finds one, after a past of as many ticks as the window of
    /// returns needs: a cold start knows how the symbols move together.
    package init(seed: UInt64, now: Int64) {
        for (index, instrument) in Instrument.all.enumerated() {
            var process = PriceProcess(instrument, random: SeededRandom(seed: seed &+ UInt64(index) &* 0x1_0001))
            var history = ReturnHistory()
            for _ in 0..<ReturnHistory.window { history.note(process.advance().last) }
            let (book, last) = process.advance()
            history.note(last)
            processes[instrument.symbol] = process
            histories[instrument.symbol] = history
            quotes[instrument.symbol] = Quote(book: book, last: last, sequence: 1, tickedAt: now)
        }
    }

    /// One tick of one symbol by the simulator. False, and nothing happens, while a drill has the symbol.
    @discardableResult
    package mutating func tick(_ symbol: String, now: Int64) -> Bool {
        guard overrides[symbol] == nil, let (book, last) = processes[symbol]?.advance() else { return false }
        quote(symbol, book, last, now: now)
        histories[symbol]?.note(last)
        return true
    }

    /// Milliseconds since the symbol last ticked.
    package func ageMilliseconds(_ symbol: String, now: Int64) -> Int64 {
        guard let quote = quotes[symbol] else { return .max }
        return max(0, now - quote.tickedAt) / 1_000_000
    }

    /// The last returns of a symbol, oldest first.
    package func returns(_ symbol: String) -> [Decimal] { histories[symbol]?.returns ?? [] }

    /// The same with what has been computed of them: the very same object until the symbol's next price.
    package func series(_ symbol: String) -> ReturnSeries { histories[symbol]?.series ?? ReturnSeries([]) }

    /// Takes liquidity from a symbol's book.
    package mutating func take(_ symbol: String, _ side: Side, _ quantity: Quantity, limit: Price) -> [OrderBook.Level]
    {
        quotes[symbol]?.book.take(side, quantity, limit: limit) ?? []
    }

    private mutating func quote(_ symbol: String, _ book: OrderBook, _ last: Price, now: Int64) {
        guard let before = quotes[symbol] else { return }
        quotes[symbol] = Quote(book: book, last: last, sequence: before.sequence + 1, tickedAt: now)
    }

    // MARK: - Drills

    /// Has paths stand in for the simulator in their symbols; nothing ticks until `step`.
    ///
    /// - Parameter paths: at least one price each.
    /// - Returns: the play's number, for `step`.
    package mutating func play(_ paths: [(symbol: String, prices: [Price])]) -> Int {
        plays += 1
        for (symbol, prices) in paths {
            override(symbol, by: .script(PriceScript(play: plays, prices: prices)))
            // A script's returns are its own: the step from the market's price to the first one is no return.
            histories[symbol] = ReturnHistory()
        }
        return plays
    }

    /// The next tick of a play.
    ///
    /// - Returns: the symbols that ticked; none when other plays, a cut or a restore have taken all of them over.
    package mutating func step(play: Int, now: Int64) -> [Instrument] {
        Instrument.all.filter { instrument in
            guard case .script(var script) = overrides[instrument.symbol]?.source, script.play == play else {
                return false
            }
            let (price, isHeld) = script.next()
            overrides[instrument.symbol]?.source = .script(script)
            quote(instrument.symbol, OrderBook(around: price, of: instrument), price, now: now)
            // A price that is only held keeps the feed alive; it is no new observation.
            if !isHeld { histories[instrument.symbol]?.note(price) }
            return true
        }
    }

    /// Silences symbols until a restore.
    package mutating func cut(_ symbols: [String]) {
        for symbol in symbols { override(symbol, by: .silence) }
    }

    /// Gives every symbol back to the simulator, at the price that it had. What was quoted meanwhile is gone, but the
    /// sequence goes on and the age stays, until the symbol ticks again.
    ///
    /// - Returns: the symbols that a drill had.
    package mutating func restore() -> [Instrument] {
        let restored = Instrument.all.filter { overrides[$0.symbol] != nil }
        for symbol in restored.map(\.symbol) {
            guard let override = overrides.removeValue(forKey: symbol) else { continue }
            quotes[symbol]?.book = override.quote.book
            quotes[symbol]?.last = override.quote.last
            histories[symbol] = override.history
        }
        return restored
    }

    private mutating func override(_ symbol: String, by source: FeedOverride.Source) {
        guard let quote = quotes[symbol], let history = histories[symbol] else { return }
        if overrides[symbol] == nil {
            overrides[symbol] = FeedOverride(source: source, quote: quote, history: history)
        } else {
            // A second drill of the symbol: what the simulator had is what it had before the first.
            overrides[symbol]?.source = source
        }
    }
}
