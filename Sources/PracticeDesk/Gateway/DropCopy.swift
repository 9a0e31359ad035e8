/// A copy of what really left for the venue and of what the venue said: an order that risk denied leaves nothing here.
struct DropCopy: Sendable {
    enum Kind: String, Sendable {
        case new, acknowledged, rejected, cancel, cancelled, replace, replaced, fill
    }

    struct Event: Sendable {
        let kind: Kind
        let order: Order
        /// Of the fill for a fill, of the order otherwise.
        let quantity: Quantity
        let price: Price
        /// Of the fill; nil for whatever is none.
        let fee: Money?
        /// Nanoseconds since 1970, UTC.
        let at: Int64
    }

    static let capacity = 131_072
    static let pageBound = 2000

    private var events = Ring<Event>(capacity: capacity)

    var last: Int64 { events.last }

    mutating func record(_ kind: Kind, _ order: Order, fill: PaperVenue.Fill? = nil, at: Int64) {
        events.append(
            Event(
                kind: kind, order: order, quantity: fill?.quantity ?? order.terms.quantity,
                price: fill?.price ?? order.terms.price, fee: fill?.fee, at: at))
    }

    /// The events after a sequence number.
    func events(after sequence: Int64, limit: Int) -> [(sequence: Int64, value: Event)] {
        events.after(sequence, limit: limit)
    }

    static func answer(_ sequence: Int64, _ event: Event) -> JSONValue {
        let terms = event.order.terms
        var fields: [(String, JSONValue)] = [
            ("seq", .integer(sequence)), ("kind", .text(event.kind.rawValue)), ("order_id", .text(event.order.id)),
            ("client_order_id", .text(event.order.clientOrderID)), ("account", .text(terms.account.name)),
            ("symbol", .text(terms.instrument.symbol)), ("side", .text(terms.side.rawValue)),
            ("quantity", .text(event.quantity.text)), ("price", .text(event.price.text(terms.instrument))),
        ]
        if let fee = event.fee { fields.append(("fee", .text(fee.text))) }
        fields.append(("at", .text(DeskClock.text(event.at))))
        return .object(fields)
    }
}
