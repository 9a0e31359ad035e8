/// The pre-trade limits, in the order in which the risk engine tries them.
package enum LimitName: String, CaseIterable, Sendable {
    /// The most that one order may ask for, in units.
    case maxOrderQuantity = "max_order_quantity"
    /// The most that one order may be worth: quantity × price, in dollars.
    case maxOrderNotional = "max_order_notional"
    /// How far a price may be from the session's reference price, in percent of that.
    case priceCollarPercent = "price_collar_percent"
    /// The largest position in one symbol, long or short, counting what works on the order's side.
    case maxPositionQuantity = "max_position_quantity"
    /// The most orders that may work at once, counting this one.
    case maxOpenOrders = "max_open_orders"
    /// How alike the returns of what is held and what is wanted may be: Pearson's coefficient.
    case maxCorrelation = "max_correlation"

    /// What the number counts, as the surface reports it.
    var unit: String {
        switch self {
        case .maxOrderQuantity, .maxPositionQuantity, .maxCorrelation: "1"
        case .maxOrderNotional: "USD"
        case .priceCollarPercent: "percent"
        case .maxOpenOrders: "orders"
        }
    }

    /// Digits after the point that the file may give.
    var digits: Int { self == .maxOpenOrders ? 0 : 2 }

    /// The largest value that the file may give, in 10^−digits.
    var bound: Int64 {
        switch self {
        case .maxOrderQuantity, .maxPositionQuantity: 100_000_000
        case .maxOrderNotional: 100_000_000_000
        case .priceCollarPercent: 5000
        case .maxOpenOrders: 1000
        case .maxCorrelation: 100
        }
    }

    /// What a denial by this limit is called.
    var reason: ReasonCode {
        switch self {
        case .maxOrderQuantity: .maxOrderQuantity
        case .maxOrderNotional: .maxOrderNotional
        case .priceCollarPercent: .priceCollar
        case .maxPositionQuantity: .maxPositionQuantity
        case .maxOpenOrders: .maxOpenOrders
        case .maxCorrelation: .maxCorrelation
        }
    }
}
