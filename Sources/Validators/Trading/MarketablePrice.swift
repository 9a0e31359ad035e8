import FoundationEssentials
import Readiness

extension SymbolState {
    /// A price at which an order of that side takes what is quoted: one percent through the market, or as much of that
    /// as the collar around the reference leaves.
    ///
    /// - Returns: nil where the collar ends before the market is reached.
    func marketablePrice(_ side: OrderRequest.Side, collarPercent: Decimal) -> Decimal? {
        let tick = tick.decimal
        let ticks: Int?
        switch side {
        case .buy:
            ticks = Steps.floor(
                min(ask.decimal * 101 / 100, reference.decimal * (100 + collarPercent) / 100), step: tick)
        case .sell:
            ticks = Steps.ceiling(
                max(bid.decimal * 99 / 100, reference.decimal * (100 - collarPercent) / 100), step: tick)
        }
        guard let ticks, ticks > 0 else { return nil }
        let price = Decimal(ticks) * tick
        return side == .buy ? (price >= ask.decimal ? price : nil) : (price <= bid.decimal ? price : nil)
    }
}

extension TierLimits {
    /// How many lots one order may have at a price.
    func largestOrder(of symbol: SymbolState, at price: Decimal) -> Int {
        let lot = symbol.lot.decimal
        guard price > 0, let quantity = Steps.floor(self[.orderQuantity], step: lot),
            let notional = Steps.floor(self[.orderNotional], step: lot * price)
        else { return 0 }
        return min(quantity, notional)
    }
}

extension OrderRequest.Side {
    /// The other one.
    var opposite: OrderRequest.Side { self == .buy ? .sell : .buy }

    /// What a quantity does to a position: sales take from it.
    func signed(_ quantity: Decimal) -> Decimal { self == .buy ? quantity : -quantity }
}
