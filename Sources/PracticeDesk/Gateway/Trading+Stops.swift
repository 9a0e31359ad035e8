/// How stops are armed, watched and carried out.
extension Trading {
    enum StopRefusal: Error {
        case noPosition
        case tooMany
    }

    /// Arms a stop on what an account holds of a symbol.
    mutating func armStop(_ account: Account, _ instrument: Instrument, at price: Price) throws(StopRefusal) -> Stop {
        let position = books.position(account, instrument.symbol)
        guard position != .zero else { throw .noPosition }
        guard stops.active.count < StopBook.activeBound else { throw .tooMany }
        stopNumber += 1
        let stop = Stop(
            id: "\(idPrefix)-s\(stopNumber)", account: account, instrument: instrument,
            exitSide: position < .zero ? .buy : .sell, price: price,
            quantity: Quantity(lots: Int64(position.lots.magnitude)))
        note(stop, "stop.armed")
        return stop
    }

    /// Takes a stop back, if it is still armed; answers it as it is then, or nil if nobody knows it.
    mutating func disarmStop(_ id: String) -> Stop? {
        guard var stop = stops[id] else { return nil }
        if stop.status == .armed { disarm(&stop) }
        return stop
    }

    /// Arms again what an earlier process left, where there is still a position that it closes.
    mutating func restoreStops(_ kept: [Stop]) {
        for var stop in kept {
            let position = books.position(stop.account, stop.instrument.symbol)
            guard stop.closes(position) else { continue }
            stop.quantity = Quantity(lots: Int64(position.lots.magnitude))
            note(stop, "stop.armed")
        }
        if !kept.isEmpty { stopKeeper.keep(stops.active) }
    }

    /// Looks at the stops of a symbol that has just ticked.
    mutating func watchStops(_ instrument: Instrument) {
        // Fault `stop-ignored`: they are armed, and nobody looks at them.
        if faults.isSet(.stopIgnored) { return }
        // The kill switch stops every order, an exit too; what it held back leaves with the first tick after it.
        guard !killSwitch.engaged, let last = market.quotes[instrument.symbol]?.last else { return }
        for id in stops.active(instrument).map(\.id) {
            // Looked up anew: an exit before it may have disarmed this one.
            guard var stop = stops[id], stop.isActive else { continue }
            if stop.status == .armed, stop.isReached(by: last) { trigger(&stop) }
            if stop.status == .triggered { pursue(&stop) }
        }
    }

    /// A fill has moved a position: what its stops close is another quantity now, or nothing any more.
    mutating func settleStops(_ account: Account, _ instrument: Instrument) {
        let position = books.position(account, instrument.symbol)
        for var stop in stops.active(instrument) where stop.account == account {
            switch stop.status {
            case .armed where stop.closes(position):
                stop.quantity = Quantity(lots: Int64(position.lots.magnitude))
                stops.update(stop)
            case .armed: disarm(&stop)
            case .triggered where !stop.closes(position): finish(&stop, "stop.closed")
            case .triggered, .disarmed: break
            }
        }
    }

    // MARK: - Steps

    private mutating func trigger(_ stop: inout Stop) {
        stop.status = .triggered
        note(stop, "stop.triggered")
        // One exit is enough: whatever else would close the same position could turn it round.
        for var other in stops.active(stop.instrument)
        where other.account == stop.account && other.status == .armed { disarm(&other) }
        for var order in blotter.working(stop.account)
        where order.terms.instrument == stop.instrument && order.terms.side == stop.exitSide { cancel(&order) }
    }

    /// Sends the exit, or brings what is left of it to the present book, until the position is closed: a book that is
    /// too thin costs ticks, not the exit.
    private mutating func pursue(_ stop: inout Stop) {
        guard let book = market.quotes[stop.instrument.symbol]?.book else { return }
        let position = books.position(stop.account, stop.instrument.symbol)
        guard stop.closes(position) else { return finish(&stop, "stop.closed") }
        // The deepest level that is quoted: takes the whole book if it must, and never more than the book is worth.
        let price = book.sweepPrice(stop.exitSide)
        if let id = stop.exitOrderID, var exit = blotter[id], exit.status == .working {
            // No more than the position is by now: somebody else may have closed a part of it.
            let left = Int64(position.lots.magnitude)
            amend(&exit, quantity: Quantity(lots: exit.filled.lots + left), price: price)
            return
        }
        let now = DeskClock.stamp()
        guard stop.attempts == 0 || now - stop.attemptedAt >= Self.exitPause else { return }
        guard stop.attempts < Self.exitAttempts else { return finish(&stop, "stop.given_up") }
        stop.attempts += 1
        stop.attemptedAt = now
        let terms = OrderTerms(
            account: stop.account, instrument: stop.instrument, side: stop.exitSide,
            quantity: Quantity(lots: Int64(position.lots.magnitude)), price: price)
        if stop.attempts == 1 { stop.quantity = terms.quantity }
        let id = nextOrderID()
        stop.exitOrderID = id
        // Noted before it is sent: the fills look for it.
        note(stop, "stop.exit")
        // No decision of the risk engine: an exit that a limit holds up would be no stop.
        route(terms, id: id, clientOrderID: stop.exitClientOrderID)
        stop = stops[stop.id] ?? stop
    }

    private mutating func disarm(_ stop: inout Stop) {
        stop.status = .disarmed
        note(stop, "stop.disarmed")
    }

    private mutating func finish(_ stop: inout Stop, _ event: String) {
        stop.isOver = true
        note(stop, event)
        // The position was closed by somebody else's order: the exit's rest would open a new one.
        if let id = stop.exitOrderID { _ = cancel(id) }
    }

    /// Tells the stops' book, their file and the log of a stop's new state.
    private mutating func note(_ stop: Stop, _ event: String) {
        stops.update(stop)
        stopKeeper.keep(stops.active)
        log.write(
            event,
            [
                "stop_id": .text(stop.id), "account": .text(stop.account.name),
                "symbol": .text(stop.instrument.symbol), "stop_price": .text(stop.price.text(stop.instrument)),
                "quantity": .text(stop.quantity.text), "exit_client_order_id": .text(stop.exitClientOrderID),
            ])
    }

    /// Nanoseconds between two exit orders: a venue that rejects them must not be flooded.
    private static let exitPause: Int64 = 250_000_000
    /// Exit orders that one stop sends at most: after so many, more than half an hour of them, a person must look.
    private static let exitAttempts = 10_000
}
