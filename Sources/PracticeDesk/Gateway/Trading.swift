/// The trading core's state: market, venue, orders, stops, books, kill switch, strategy.
///
/// Whoever changes it holds `TradingSystem`'s lock, so that a decision of the risk engine and the order that follows
/// from it are one step: orders that fit one by one but not together can never both pass.
struct Trading: Sendable {
    var market: MarketSimulator
    var venue = PaperVenue()
    var blotter = Blotter()
    var dropCopy = DropCopy()
    var books: Books
    var killSwitch: KillSwitch
    var stops = StopBook()
    var stopNumber: Int64 = 0
    var strategy = StrategyMachine()
    var orderNumber: Int64 = 0
    private var lostFills: [LedgerEntry] = []

    private let risk: RiskEngine
    let faults: FaultBoard
    private let ledger: LedgerWriter
    let stopKeeper: StopKeeper
    let work: WorkCounters
    let log: DeskLog

    init(
        seed: UInt64, books: Books, killSwitch: KillSwitch, risk: RiskEngine, faults: FaultBoard, ledger: LedgerWriter,
        stopKeeper: StopKeeper, work: WorkCounters, log: DeskLog
    ) {
        market = MarketSimulator(seed: seed, now: DeskClock.stamp())
        self.books = books
        self.killSwitch = killSwitch
        self.risk = risk
        self.faults = faults
        self.ledger = ledger
        self.stopKeeper = stopKeeper
        self.work = work
        self.log = log
        if killSwitch.engaged { tell(.halt) }
    }

    // MARK: - Orders

    /// Decides, and routes nowhere.
    func evaluate(_ terms: OrderTerms, replacing orderID: String? = nil) -> RiskDecision {
        work.did(.risk)
        let heldElsewhere = Instrument.all.filter {
            $0 != terms.instrument && books.position(terms.account, $0.symbol) != .zero
        }
        return risk.decide(
            terms,
            in: RiskContext(
                killSwitchEngaged: killSwitch.engaged,
                marketDataAge: market.ageMilliseconds(terms.instrument.symbol, now: DeskClock.stamp()),
                position: books.position(terms.account, terms.instrument.symbol),
                workingSameSide: blotter.workingQuantity(terms, except: orderID),
                openOrdersAfter: blotter.openOrders(terms.account) + (orderID == nil ? 1 : 0),
                returns: market.series(terms.instrument.symbol),
                returnsHeld: heldElsewhere.map { market.series($0.symbol) }))
    }

    /// Takes an order: the receipt of the first time if the client order id was seen before, otherwise risk, then the
    /// venue.
    ///
    /// - Parameter decided: a decision that was made before, for the fault `limit-race`; nil: decided now, in one step
    ///   with what follows.
    mutating func submit(
        _ terms: OrderTerms, clientOrderID: String, received: Int64, decided: RiskDecision? = nil
    ) -> OrderReceipt {
        let key = Blotter.ClientKey(account: terms.account.name, clientOrderID: clientOrderID)
        if let earlier = blotter.receipt(for: key) { return earlier }
        var order = Order(id: nextOrderID(), clientOrderID: clientOrderID, terms: terms, status: .working)
        let decision = decided ?? evaluate(terms)
        var stamps = StageStamps(received: received, risk: DeskClock.stamp())
        if let reason = decision.reason {
            // Fault `deny-after-send`: the notional is looked at only when the order is already on its way.
            if reason == .maxOrderNotional, faults.isSet(.denyAfterSend) {
                send(&order)
                if order.status == .working { cancel(&order) }
            } else {
                order.status = .denied
                blotter.update(order)
            }
            log.write("order.denied", order, reason: reason.rawValue)
            return keep(order, "denied", reason, stamps, key)
        }
        stamps.sent = DeskClock.stamp()
        send(&order)
        stamps.acknowledged = DeskClock.stamp()
        return keep(order, order.status == .working ? "accepted" : order.status.rawValue, nil, stamps, key)
    }

    /// Changes quantity and price of a working order, by way of the risk engine.
    mutating func replace(_ orderID: String, quantity: Quantity, price: Price, received: Int64) -> OrderReceipt? {
        guard var order = blotter[orderID], order.status == .working else { return nil }
        var terms = order.terms
        terms.price = price
        // Risk looks at what would work from now on; what has filled is in the position already.
        terms.quantity = Quantity(lots: quantity.lots - order.filled.lots)
        let decision = evaluate(terms, replacing: orderID)
        var stamps = StageStamps(received: received, risk: DeskClock.stamp())
        if let reason = decision.reason {
            log.write("order.replace_denied", order, reason: reason.rawValue)
            return OrderReceipt(
                orderID: order.id, clientOrderID: order.clientOrderID, status: "denied", reason: reason,
                filled: order.filled, stamps: stamps)
        }
        stamps.sent = DeskClock.stamp()
        stamps.acknowledged = amend(&order, quantity: quantity, price: price)
        let status = order.status == .working ? "accepted" : order.status.rawValue
        return OrderReceipt(
            orderID: order.id, clientOrderID: order.clientOrderID, status: status, reason: nil, filled: order.filled,
            stamps: stamps)
    }

    /// Cancels an order if it works; answers it as it is then, or nil if nobody knows it.
    mutating func cancel(_ orderID: String) -> Order? {
        guard var order = blotter[orderID] else { return nil }
        if order.status == .working { cancel(&order) }
        return order
    }

    /// Sends an order past the risk engine: the exit of a stop, nothing else.
    mutating func route(_ terms: OrderTerms, id: String, clientOrderID: String) {
        var order = Order(id: id, clientOrderID: clientOrderID, terms: terms, status: .working)
        let now = DeskClock.stamp()
        var stamps = StageStamps(received: now, risk: now, sent: now)
        send(&order)
        stamps.acknowledged = DeskClock.stamp()
        let key = Blotter.ClientKey(account: terms.account.name, clientOrderID: clientOrderID)
        _ = keep(order, order.status == .working ? "accepted" : order.status.rawValue, nil, stamps, key)
    }

    /// Cancels whatever works.
    mutating func cancelAll() {
        for account in Account.all {
            for var order in blotter.working(account) { cancel(&order) }
        }
    }

    // MARK: - Steps

    /// What every id of this process begins with.
    var idPrefix: Substring { log.bootID.prefix(8) }

    mutating func nextOrderID() -> String {
        orderNumber += 1
        return "\(idPrefix)-\(String(100_000_000 + orderNumber).dropFirst())"
    }

    /// Sends an order to the venue and notes what it says.
    private mutating func send(_ order: inout Order) {
        work.did(.gateway)
        dropCopy.record(.new, order, at: DeskClock.wall())
        // Fault `venue-rejects`: the venue turns every new order down.
        let answer = faults.isSet(.venueRejects) ? .rejected : venue.submit(resting(order), market: &market)
        switch answer {
        case .rejected:
            order.status = .rejected
            dropCopy.record(.rejected, order, at: DeskClock.wall())
            note(order, "order.rejected")
        case .acknowledged(let fills):
            dropCopy.record(.acknowledged, order, at: DeskClock.wall())
            note(order, "order.accepted")
            for fill in fills { book(fill, of: &order) }
        }
    }

    /// Changes a working order at the venue; answers when the venue had acknowledged it.
    @discardableResult
    mutating func amend(_ order: inout Order, quantity: Quantity, price: Price) -> Int64 {
        work.did(.gateway)
        order.terms.quantity = quantity
        order.terms.price = price
        dropCopy.record(.replace, order, at: DeskClock.wall())
        let answer = venue.replace(resting(order), market: &market)
        let acknowledged = DeskClock.stamp()
        if case .acknowledged(let fills) = answer {
            dropCopy.record(.replaced, order, at: DeskClock.wall())
            note(order, "order.replaced")
            for fill in fills { book(fill, of: &order) }
        }
        return acknowledged
    }

    mutating func cancel(_ order: inout Order) {
        work.did(.gateway)
        dropCopy.record(.cancel, order, at: DeskClock.wall())
        guard venue.cancel(order.id) else { return }
        order.status = .cancelled
        dropCopy.record(.cancelled, order, at: DeskClock.wall())
        note(order, "order.cancelled")
    }

    mutating func book(_ fill: PaperVenue.Fill, of order: inout Order) {
        order.filled.lots += fill.quantity.lots
        if order.remaining == .zero { order.status = .filled }
        let terms = order.terms
        books.book(
            terms.account, terms.instrument.symbol, terms.side, fill.quantity, at: fill.price, fee: fill.fee)
        dropCopy.record(.fill, order, fill: fill, at: DeskClock.wall())
        blotter.update(order)
        // One entry for the fill and the order that it changes, so that no reader of the ledger sees them disagree.
        let at = DeskClock.wall() / 1000
        if terms.account.acceptsOrders, faults.isSet(.lostFill) {
            // Fault `lost-fill`: the fill's row is never written; order, position and cash are.
            ledger.add(.fillWithoutRow(order, fill, atMicroseconds: at))
            lostFills.append(.fillRow(order, fill, atMicroseconds: at))
        } else {
            ledger.add(.fill(order, fill, atMicroseconds: at))
        }
        log.write("order.fill", order)
        settleStops(terms.account, terms.instrument)
    }

    /// Writes the fills that the fault `lost-fill` kept from the ledger, when it is cleared.
    mutating func recoverLostFills() {
        for entry in lostFills { ledger.add(entry) }
        lostFills = []
    }

    /// Tells blotter, ledger and log of an order's new state.
    private mutating func note(_ order: Order, _ event: String) {
        blotter.update(order)
        ledger.add(.order(order, atMicroseconds: DeskClock.wall() / 1000))
        log.write(event, order)
    }

    private mutating func keep(
        _ order: Order, _ status: String, _ reason: ReasonCode?, _ stamps: StageStamps, _ key: Blotter.ClientKey
    ) -> OrderReceipt {
        let receipt = OrderReceipt(
            orderID: order.id, clientOrderID: order.clientOrderID, status: status, reason: reason, filled: order.filled,
            stamps: stamps)
        blotter.keep(receipt, for: key)
        return receipt
    }

    private func resting(_ order: Order) -> PaperVenue.Resting {
        PaperVenue.Resting(
            orderID: order.id, symbol: order.terms.instrument.symbol, side: order.terms.side, price: order.terms.price,
            remaining: order.remaining)
    }
}
