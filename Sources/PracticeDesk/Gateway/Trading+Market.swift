/// What a tick of the market does to the desk.
extension Trading {
    /// One tick of one symbol: moves the price, carries out stops, fills what the market has reached, lets the strategy
    /// act. Nothing happens while a drill has the symbol.
    mutating func tick(_ instrument: Instrument) {
        let now = DeskClock.stamp()
        guard market.tick(instrument.symbol, now: now) else { return }
        settle(instrument)
        guard let quote = market.quotes[instrument.symbol] else { return }
        let account = Account.momentum
        let position = books.position(account, instrument.symbol)
        guard let signal = tell(.trade(instrument, last: quote.last, position: position, now: now)) else { return }
        let terms = OrderTerms(
            account: account, instrument: instrument, side: signal.side, quantity: signal.quantity,
            price: signal.side == .buy ? quote.book.ask : quote.book.bid)
        let receipt = submit(terms, clientOrderID: "momentum-\(log.bootID.prefix(8))-\(orderNumber + 1)", received: now)
        // Takes what the book gives at once and leaves nothing behind.
        if receipt.status == "accepted" { _ = cancel(receipt.orderID) }
    }

    /// One tick of a play: as a tick of the simulator, but for the strategy, which has no business in a drill.
    ///
    /// - Returns: false when the play is over.
    mutating func step(play: Int) -> Bool {
        let ticked = market.step(play: play, now: DeskClock.stamp())
        for instrument in ticked { settle(instrument) }
        return !ticked.isEmpty
    }

    /// What a new price does: stops first, so that an exit that still works is brought to the new book before it could
    /// fill at the old price.
    private mutating func settle(_ instrument: Instrument) {
        work.did(.marketData)
        watchStops(instrument)
        for fill in venue.match(instrument.symbol, market: &market) {
            guard var order = blotter[fill.orderID] else { continue }
            book(fill, of: &order)
        }
    }

    /// Tells the strategy of an event, and answers what it wants.
    @discardableResult
    mutating func tell(_ event: StrategyMachine.Event) -> MomentumBreakout.Signal? {
        // Fault `component-dead`: the state machine takes no events any more.
        if faults.isSet(.componentDead) { return nil }
        let before = strategy.state
        let signal = strategy.take(event)
        if strategy.state != before {
            log.write("strategy.state", ["from": .text(before.rawValue), "to": .text(strategy.state.rawValue)])
        }
        return signal
    }
}
