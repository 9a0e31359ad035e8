import FoundationEssentials

/// An order as it came over the wire, before anything in it is believed.
struct OrderRequest: Decodable {
    var client_order_id: String?
    var account: String?
    var symbol: String?
    var side: String?
    var type: String?
    var quantity: String?
    var price: String?
    var time_in_force: String?

    /// So large that every limit has been passed long before, so small that sums of it fit.
    static let quantityBound: Int64 = 100_000_000_000
    static let priceBound: Int64 = 10_000_000_000

    /// The terms, or the first thing that is wrong with them.
    func terms() throws(RequestError) -> OrderTerms {
        let account = try Self.account(account)
        let instrument = try Self.instrument(symbol)
        guard let side = Side(rawValue: try Self.present(side, "side")) else {
            throw .invalid("unknown_side", "side is 'buy' or 'sell'")
        }
        guard try Self.present(type, "type") == "limit" else { throw .invalid("unknown_type", "type is 'limit'") }
        guard (time_in_force ?? "gtc") == "gtc" else {
            throw .invalid("unknown_time_in_force", "time_in_force is 'gtc'")
        }
        return OrderTerms(
            account: account, instrument: instrument, side: side,
            quantity: try Self.quantity(quantity), price: try Self.price(price, instrument))
    }

    /// The client's own id: 1…64 characters of `A-Z a-z 0-9 . _ : -`.
    func clientOrderID() throws(RequestError) -> String {
        let id = try Self.present(client_order_id, "client_order_id")
        let allowed = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...64).contains(id.utf8.count) else {
            throw .invalid("invalid_client_order_id", "client_order_id is 1 to 64 characters of A-Z a-z 0-9 . _ : -")
        }
        return id
    }

    /// An account that takes orders from outside.
    static func account(_ name: String?) throws(RequestError) -> Account {
        let name = try present(name, "account")
        guard let account = Account.named(name), account.acceptsOrders else {
            let known = Account.all.filter(\.acceptsOrders).map(\.name).joined(separator: ", ")
            throw .invalid("unknown_account", "'\(name.shortened)' takes no orders; those that do: \(known)")
        }
        return account
    }

    static func instrument(_ symbol: String?) throws(RequestError) -> Instrument {
        let symbol = try present(symbol, "symbol")
        guard let instrument = Instrument.named(symbol) else {
            let known = Instrument.all.map(\.symbol).joined(separator: ", ")
            throw .invalid("unknown_symbol", "'\(symbol.shortened)' is not traded; known: \(known)")
        }
        return instrument
    }

    static func quantity(_ text: String?) throws(RequestError) -> Quantity {
        let text = try present(text, "quantity")
        guard let lots = FixedPoint.parse(text, scale: 2), (1...quantityBound).contains(lots) else {
            throw .invalid(
                "invalid_quantity", "quantity is decimal text, a positive multiple of 0.01, at most 1000000000.00")
        }
        return Quantity(lots: lots)
    }

    static func price(_ text: String?, _ instrument: Instrument) throws(RequestError) -> Price {
        let text = try present(text, "price")
        guard let e4 = FixedPoint.parse(text, scale: 4), (1...priceBound).contains(e4), e4 % instrument.tick.e4 == 0
        else {
            let tick = instrument.tick.text(instrument)
            throw .invalid("invalid_price", "price is decimal text, a positive multiple of \(tick), at most 1000000")
        }
        return Price(e4: e4)
    }

    static func present<Value>(_ value: Value?, _ name: String) throws(RequestError) -> Value {
        guard let value else { throw .invalid("missing_field", "\(name) is missing") }
        return value
    }
}

/// New quantity and price for an order.
struct ReplaceRequest: Decodable {
    var quantity: String?
    var price: String?
}

/// A request that is answered with an error and changes nothing.
enum RequestError: Error {
    case invalid(_ code: String, _ message: String)
    case refused(status: Int, code: String, message: String)
}

extension String {
    /// What came from outside, short and printable enough to quote back.
    var shortened: String { String(unicodeScalars.prefix(64).map { $0.value < 32 ? "?" : Character($0) }) }
}
