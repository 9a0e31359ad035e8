import FoundationEssentials
import Readiness

/// Orders of one kind that fit under a limit one by one, and break it together.
struct RacePlan: Sendable {
    /// The limit.
    let limit: TierLimits.Name
    /// The tier on whose account they are placed.
    let tier: TierLimits
    /// The instrument.
    let symbol: SymbolState
    /// Of each order; far below the market.
    let price: Decimal
    /// Of each order.
    let quantity: Decimal
    /// What counts against the limit already.
    let before: Decimal
    /// How many orders fit.
    let fits: Int

    /// The first plan by which so many orders break the limit and no other one, tier by tier, cheapest symbol first.
    static func plan(
        for limit: TierLimits.Name, of orders: Int, in market: [SymbolState], on accounts: [RaceAccount]
    ) -> RacePlan? {
        for account in accounts {
            for symbol in market.tradable {
                let plan =
                    limit == .openOrders ? openOrders(account, symbol, orders) : position(account, symbol, orders)
                if let plan { return plan }
            }
        }
        return nil
    }

    private static func openOrders(_ account: RaceAccount, _ symbol: SymbolState, _ orders: Int) -> RacePlan? {
        let tier = account.tier
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent(in: tier)),
            let most = Steps.floor(tier[.openOrders], step: 1), account.open < most
        else { return nil }
        let (fits, lot) = (most - account.open, symbol.lot.decimal)
        let room = tier[.positionQuantity] - account.held(symbol.symbol)
        guard fits < orders, tier.largestOrder(of: symbol, at: price) > 0,
            Decimal(orders) * lot <= room, !account.works(in: symbol.symbol)
        else { return nil }
        return RacePlan(
            limit: .openOrders, tier: tier, symbol: symbol, price: price, quantity: lot, before: Decimal(account.open),
            fits: fits)
    }

    /// The fewest and largest orders, so that open orders are not in the way.
    private static func position(_ account: RaceAccount, _ symbol: SymbolState, _ orders: Int) -> RacePlan? {
        let (tier, lot) = (account.tier, symbol.lot.decimal)
        let held = account.held(symbol.symbol)
        guard let price = symbol.restingPrice(percentBelow: RestingDistance.percent(in: tier)),
            let room = Steps.floor(tier[.positionQuantity] - held, step: lot),
            let most = Steps.floor(tier[.openOrders], step: 1), !account.works(in: symbol.symbol)
        else { return nil }
        let slots = most - account.open
        let largest = tier.largestOrder(of: symbol, at: price)
        let counts = 2..<max(3, min(slots, orders))
        guard let fits = counts.first(where: { room / $0 > 0 && room / $0 <= largest }), fits < min(slots, orders)
        else { return nil }
        let lots = room / fits
        guard lots * (fits + 1) > room else { return nil }
        return RacePlan(
            limit: .positionQuantity, tier: tier, symbol: symbol, price: price, quantity: Decimal(lots) * lot,
            before: held, fits: fits)
    }
}
