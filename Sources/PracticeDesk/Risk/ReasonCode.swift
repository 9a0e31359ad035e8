/// Why the risk engine denied an order: the codes of the readiness surface.
package enum ReasonCode: String, Sendable {
    /// Trading is stopped.
    case killSwitch = "kill_switch"
    /// The symbol has not ticked for too long.
    case staleMarketData = "stale_market_data"
    /// The order asks for too much.
    case maxOrderQuantity = "max_order_quantity"
    /// The order is worth too much.
    case maxOrderNotional = "max_order_notional"
    /// The price is too far from the reference.
    case priceCollar = "price_collar"
    /// The position could become too large.
    case maxPositionQuantity = "max_position_quantity"
    /// Too many orders work already.
    case maxOpenOrders = "max_open_orders"
    /// The symbol moves too much like another one that is held.
    case maxCorrelation = "max_correlation"
    /// How the symbol moves beside another one that is held cannot be told.
    case correlationUnknown = "correlation_unknown"
}
