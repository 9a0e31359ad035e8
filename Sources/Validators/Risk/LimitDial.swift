import FoundationEssentials
import Readiness

/// How orders are made that lie a whole number of steps along one limit's scale, with the other limits out of the way.
struct LimitDial: Sendable {
    /// The limit.
    let name: TierLimits.Name
    /// The instrument.
    let symbol: SymbolState
    /// One step, in the limit's unit times `scale`.
    let step: Decimal
    /// 1, or the reference price for a collar.
    let scale: Decimal
    /// The declared limit in whole steps.
    let declared: Int
    /// The least that can be tried without a fill.
    let lowest: Int
    /// The most that is tried: twice the limit where no other limit is in the way before.
    let widest: Int
    /// Orders that rest while the limit is tried, each a quantity in lots.
    var base: [Int] = []
    /// The price of an order; for a collar of one at no distance.
    let price: Decimal

    /// The order at so many steps while so many lots rest already.
    func order(at steps: Int, resting lots: Int) -> (quantity: Decimal, price: Decimal) {
        let lot = symbol.lot.decimal
        return switch name {
        case .orderQuantity, .orderNotional: (Decimal(steps) * lot, price)
        case .priceCollar: (lot, price - Decimal(steps) * symbol.tick.decimal)
        case .positionQuantity: (Decimal(steps - lots) * lot, price)
        case .openOrders: (lot, price)
        }
    }

    /// The dial for a limit, or nil when the tier's other limits forbid every order that could reach it.
    ///
    /// - Parameter foreign: orders of the account that work already and are not ours.
    static func dial(
        for name: TierLimits.Name, of tier: TierLimits, in market: [SymbolState], foreign: [WorkingOrder]
    ) -> LimitDial? {
        let symbols = market.tradable
        let dials: [LimitDial] =
            switch name {
            case .orderQuantity: symbols.compactMap { quantity(tier, $0) }
            case .orderNotional: symbols.compactMap { notional(tier, $0) }
            case .priceCollar: symbols.compactMap { collar(tier, $0) }
            case .positionQuantity:
                symbols.filter { state in !foreign.contains { $0.symbol == state.symbol } }
                    .compactMap { position(tier, $0, open: foreign.count) }
            case .openOrders: symbols.compactMap { openOrders(tier, $0, open: foreign.count) }
            }
        let reachable = dials.filter { $0.isReachable(within: tier, open: foreign.count) }
        return reachable.min { $0.preference < $1.preference }
    }

    /// Whether an order at the declared limit breaks no other one.
    private func isReachable(within tier: TierLimits, open: Int) -> Bool {
        guard declared >= max(lowest, 1), widest > declared else { return false }
        let resting = base.reduce(0, +)
        let (quantity, price) = order(at: declared, resting: resting)
        let others = name == .openOrders ? declared - 1 : open + base.count
        let lots = name == .openOrders ? max(0, declared - 1 - open) : resting
        return tier.broken(
            quantity: quantity, price: price, reference: symbol.reference.decimal,
            resting: Decimal(lots) * symbol.lot.decimal, open: others
        ).isEmpty
    }

    /// Whole steps first, then numbers that can be written down, then the finest step. Symbols come cheapest first.
    private var preference: (Int, Int, Decimal) {
        let shown = Steps.shown(step, over: scale)
        let isRound = shown * scale == step
        switch name {
        // The cheapest will do: its notional is the least in the way.
        case .orderQuantity, .positionQuantity, .openOrders: return (0, 0, symbol.reference.decimal)
        case .orderNotional: return (isWhole ? 0 : 1, 0, step)
        case .priceCollar: return (isWhole ? 0 : 1, isRound ? 0 : 1, shown)
        }
    }

    /// Whether the declared limit is a whole number of steps; set by those who know it.
    private var isWhole = true
}

extension LimitDial {
    private static func quantity(_ tier: TierLimits, _ symbol: SymbolState) -> LimitDial? {
        let lot = symbol.lot.decimal
        guard let price = restingPrice(tier, symbol), let declared = Steps.floor(tier[.orderQuantity], step: lot),
            let position = Steps.floor(tier[.positionQuantity], step: lot),
            let notional = Steps.floor(tier[.orderNotional], step: lot * price)
        else { return nil }
        return LimitDial(
            name: .orderQuantity, symbol: symbol, step: lot, scale: 1, declared: declared, lowest: 1,
            widest: max(declared + 1, min(declared * 2, position, notional)), price: price)
    }

    private static func openOrders(_ tier: TierLimits, _ symbol: SymbolState, open: Int) -> LimitDial? {
        guard let price = restingPrice(tier, symbol), let declared = Steps.floor(tier[.openOrders], step: 1) else {
            return nil
        }
        return LimitDial(
            name: .openOrders, symbol: symbol, step: 1, scale: 1, declared: declared, lowest: open + 1,
            widest: max(declared + 1, declared * 2), price: price)
    }

    /// The base rests as much below the limit as half an order may hold, so that one order reaches to both sides of it.
    private static func position(_ tier: TierLimits, _ symbol: SymbolState, open: Int) -> LimitDial? {
        let lot = symbol.lot.decimal
        guard let price = restingPrice(tier, symbol), let declared = Steps.floor(tier[.positionQuantity], step: lot),
            let quantity = Steps.floor(tier[.orderQuantity], step: lot),
            let notional = Steps.floor(tier[.orderNotional], step: lot * price),
            let slots = Steps.floor(tier[.openOrders], step: 1)
        else { return nil }
        // Orders well below the order quantity where there is room for them, so that a limit of orders that is off is
        // not mistaken for one of positions; as large as allowed where there is not.
        let largest = min(quantity, notional)
        func plan(_ most: Int) -> (resting: Int, count: Int)? {
            guard most >= 2 else { return nil }
            let resting = max(0, declared - most / 2)
            let count = (resting + most - 1) / most
            return open + count < slots ? (resting, count) : nil
        }
        guard let most = [largest * 3 / 4, largest].first(where: { plan($0) != nil }),
            let (resting, count) = plan(most)
        else { return nil }
        let base = (0..<count).map { $0 == count - 1 ? resting - most * (count - 1) : most }
        return LimitDial(
            name: .positionQuantity, symbol: symbol, step: lot, scale: 1, declared: declared, lowest: resting + 1,
            widest: min(declared * 2, resting + most), base: base, price: price)
    }

    /// Buys below the market at one lot, tick by tick away from the reference; never nearer than where they rest.
    private static func collar(_ tier: TierLimits, _ symbol: SymbolState) -> LimitDial? {
        let (reference, tick) = (symbol.reference.decimal, symbol.tick.decimal)
        guard let onTick = Steps.floor(reference, step: tick), Decimal(onTick) * tick == reference,
            let declared = Steps.floor(tier[.priceCollar] * reference, step: 100 * tick),
            let nearest = Steps.ceiling(reference - symbol.highestRestingPrice, step: tick)
        else { return nil }
        let widest = min(declared * 2, onTick - 1)
        var dial = LimitDial(
            name: .priceCollar, symbol: symbol, step: 100 * tick, scale: reference, declared: declared,
            lowest: max(1, nearest), widest: widest, price: reference)
        dial.isWhole = Decimal(declared) * 100 * tick == tier[.priceCollar] * reference
        return dial
    }

    /// A price inside the collar, with room, such that the limit is a whole number of lots at it; else the finest there
    /// is.
    private static func notional(_ tier: TierLimits, _ symbol: SymbolState) -> LimitDial? {
        let (reference, tick, lot) = (symbol.reference.decimal, symbol.tick.decimal, symbol.lot.decimal)
        let collar = tier[.priceCollar] / 100
        let highest = min(reference * (1 - collar / 2), symbol.highestRestingPrice)
        guard let top = Steps.floor(highest, step: tick),
            let bottom = Steps.ceiling(reference * (1 - collar * 7 / 8), step: tick), bottom > 0, bottom <= top,
            let room = Steps.floor(min(tier[.orderQuantity], tier[.positionQuantity]), step: lot),
            // In units of one lot at one tick: whole numbers, because this looks at many prices.
            let units = Steps.floor(tier[.orderNotional], step: tick * lot)
        else { return nil }
        let isExact = Decimal(units) * tick * lot == tier[.orderNotional]
        var best: LimitDial?
        for ticks in stride(from: top, through: max(bottom, top - 200_000), by: -1) {
            let declared = units / ticks
            let isWhole = isExact && units % ticks == 0
            guard declared > 0, declared < room, best == nil || isWhole else { continue }
            let price = Decimal(ticks) * tick
            var dial = LimitDial(
                name: .orderNotional, symbol: symbol, step: price * lot, scale: 1, declared: declared, lowest: 1,
                // Half of the way to the order quantity, which may itself be off.
                widest: min(declared * 2, declared + max(1, (room - declared) / 2)), price: price)
            dial.isWhole = isWhole
            best = dial
            if isWhole { break }
        }
        return best
    }

    private static func restingPrice(_ tier: TierLimits, _ symbol: SymbolState) -> Decimal? {
        symbol.restingPrice(percentBelow: min(RestingDistance.percent, tier[.priceCollar] * 3 / 4))
    }
}
