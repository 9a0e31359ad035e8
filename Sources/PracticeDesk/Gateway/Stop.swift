/// A stop on what an account holds of a symbol: once the last price is at or through it, the whole position is closed.
struct Stop: Sendable {
    enum Status: String, Sendable {
        case armed, triggered, disarmed
    }

    let id: String
    let account: Account
    let instrument: Instrument
    /// Which way the exit trades: a long position is sold, a short one bought.
    let exitSide: Side
    let price: Price
    var status = Status.armed
    /// What it closes: the position as it is while armed, as it was when it triggered.
    var quantity: Quantity
    /// Exit orders sent so far; more than one only if the venue rejected it or somebody cancelled it.
    var attempts = 0
    /// When the latest exit order was sent, on the desk's monotonic clock.
    var attemptedAt: Int64 = 0
    /// The desk's id of the latest exit order.
    var exitOrderID: String?
    /// Triggered, and the position is closed (or was given up after too many attempts).
    var isOver = false

    /// The client id of the exit order: the latest one, or the one that the first will have.
    var exitClientOrderID: String { attempts < 2 ? "stop-\(id)" : "stop-\(id)-\(attempts)" }

    /// Whether it must still be looked at.
    var isActive: Bool { status != .disarmed && !isOver }

    /// Whether a position is one that it closes.
    func closes(_ position: Quantity) -> Bool { position.lots * exitSide.sign < 0 }

    /// Whether a last price is at the stop or through it.
    func isReached(by last: Price) -> Bool { exitSide == .sell ? last <= price : last >= price }

    var answer: JSONValue {
        [
            "stop_id": .text(id), "account": .text(account.name), "symbol": .text(instrument.symbol),
            "status": .text(status.rawValue), "stop_price": .text(price.text(instrument)),
            "quantity": .text(quantity.text), "exit_client_order_id": .text(exitClientOrderID),
        ]
    }
}
