import Readiness

/// An order as it is spelled in JSON.
struct OrderWire: Encodable {
    var client_order_id: String
    var account: String
    var symbol: String
    var side: String
    var type = "limit"
    var quantity: DecimalValue
    var price: DecimalValue
    var time_in_force = "gtc"

    init(_ order: OrderRequest) {
        client_order_id = order.clientOrderID
        account = order.account
        symbol = order.symbol
        side = order.side.rawValue
        quantity = order.quantity
        price = order.price
    }

    /// Idempotent in both uses of an order: a decision keeps nothing, and the same client order id again is the same
    /// order with the same answer.
    static func request(_ path: String, _ order: OrderRequest) throws(ProbeError) -> HTTPExchange.Request {
        try HTTPSurface.post(path, OrderWire(order), isIdempotent: true)
    }
}
