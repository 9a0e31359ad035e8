/// An order of the desk, from its denial or its sending to its end.
struct Order: Sendable {
    enum Status: String, Sendable, CaseIterable {
        case working, filled, cancelled, rejected, denied
    }

    let id: String
    let clientOrderID: String
    var terms: OrderTerms
    var status: Status
    var filled = Quantity.zero

    var remaining: Quantity { Quantity(lots: terms.quantity.lots - filled.lots) }

    var answer: JSONValue {
        [
            "order_id": .text(id), "client_order_id": .text(clientOrderID), "account": .text(terms.account.name),
            "symbol": .text(terms.instrument.symbol), "side": .text(terms.side.rawValue),
            "quantity": .text(terms.quantity.text), "price": .text(terms.price.text(terms.instrument)),
            "status": .text(status.rawValue), "filled_quantity": .text(filled.text),
        ]
    }
}
