import FoundationEssentials
import Readiness

/// Trades a position back to what it was, with orders that take what is quoted, and makes certain of it.
///
/// It trades on nothing that it has not read: each order is made from the position as it is then, and the next one waits
/// until the position shows the last. What the target tells is believed only where the drop copy's fills leave the same: a
/// position that is told flat while a fill stands against it is left, and nothing is traded on either number.
struct PositionRestoration: Sendable {
    private let probes: TargetProbes
    private let clock: any CheckClock
    /// New for each restoration, so that no order of an earlier one is taken for it.
    private let prefix: String

    init(_ probes: TargetProbes, clock: any CheckClock) {
        self.probes = probes
        self.clock = clock
        prefix = Self.ours + String(UInt64.random(in: .min ... .max), radix: 16) + "-"
    }

    /// Trades the difference, in as many orders as the tier's limits ask for.
    ///
    /// - Parameter mark: where the drop copy was when that quantity was held; nil: nothing to hold the position against.
    /// - Throws: `ProbeError` when the position is not exactly that in the end, or is not what the fills since the mark
    ///   left. What was traded by then stays.
    func restore(
        _ symbol: String, of account: String, to quantity: DecimalValue, since mark: DropCopyMark? = nil
    ) async throws(ProbeError) {
        var copy: CopiedPosition?
        if let mark {
            copy = try await CopiedPosition(
                of: symbol, on: account, holding: quantity.decimal, since: mark, probes)
        }
        var held = try await position(symbol, of: account, agreeingWith: &copy)
        guard held != quantity.decimal else { return }
        // What a restoration that was killed midway has left would trade again.
        try await OrderCancellation(probes.orders, clock: clock).cancelAll(of: account, beginning: Self.ours)
        let tier = try await tier(of: account)
        var (number, fruitless) = (0, 0)
        var trouble = "no order was possible"
        held = try await position(symbol, of: account)
        while held != quantity.decimal {
            guard fruitless < Self.patience, number < Self.most else {
                throw ProbeError(
                    .nonsense, at: .surface,
                    "\(account) holds \(held) \(symbol) and held \(quantity) before, after \(number) orders to trade it "
                        + "back: \(trouble)")
            }
            number += 1
            let before = held
            switch try await trade(quantity.decimal - held, of: symbol, on: account, within: tier, number: number) {
            case .nothing(let why):
                trouble = why
                try await clock.sleep(for: Self.pause)
                held = try await position(symbol, of: account)
            case .filled(let traded):
                held = try await position(symbol, of: account, reaching: before + traded)
            }
            fruitless = held == before ? fruitless + 1 : 0
        }
        _ = try await position(symbol, of: account, agreeingWith: &copy)
    }

    private enum Step {
        /// Nothing that can be relied on was traded, for that reason.
        case nothing(String)
        /// So much was traded; negative was sold.
        case filled(Decimal)
    }

    /// One order for as much of the difference as the tier allows at once.
    private func trade(
        _ difference: Decimal, of name: String, on account: String, within tier: TierLimits, number: Int
    ) async throws(ProbeError) -> Step {
        let market = try await probes.market.snapshot().value
        guard let symbol = market.first(where: { $0.symbol == name && $0.isPlausible }) else {
            return .nothing("the feed has no sound prices for \(name)")
        }
        let side: OrderRequest.Side = difference > 0 ? .buy : .sell
        guard let price = symbol.marketablePrice(side, collarPercent: tier[.priceCollar]) else {
            return .nothing("the market of \(name) is outside \(tier.scope)'s price collar")
        }
        let wanted = difference > 0 ? difference : -difference
        guard let lots = Steps.floor(wanted, step: symbol.lot.decimal), lots > 0 else {
            throw ProbeError(.nonsense, at: .surface, "a difference of \(wanted) \(name) is less than a lot")
        }
        let quantity = Decimal(min(lots, tier.largestOrder(of: symbol, at: price))) * symbol.lot.decimal
        guard quantity > 0 else { return .nothing("\(tier.scope)'s limits allow no order in \(name)") }
        let order = OrderRequest(
            clientOrderID: "\(prefix)\(number)", account: account, symbol: name, side: side,
            quantity: DecimalValue(quantity), price: DecimalValue(price))
        let state = try await probes.orders.submit(order).value
        switch state.status {
        case .filled: return .filled(side.signed(quantity))
        case .denied, .rejected, .cancelled:
            let reason = (state.reasonCode ?? "no reason given").shortened()
            return .nothing("the last one was \(state.status.rawValue): \(reason)")
        case .accepted:
            _ = try await probes.orders.cancel(orderID: state.orderID)
            return .nothing("the last one was not filled at once")
        }
    }

    private func position(_ symbol: String, of account: String) async throws(ProbeError) -> Decimal {
        try await probes.positions.positions(of: account).value.quantity(of: symbol).decimal
    }

    /// Reads position and drop copy until they agree: either may lag behind the other for a moment.
    private func position(
        _ symbol: String, of account: String, agreeingWith copy: inout CopiedPosition?
    ) async throws(ProbeError) -> Decimal {
        for look in 0..<Self.patience {
            if look > 0 { try await clock.sleep(for: Self.pause) }
            let held = try await position(symbol, of: account)
            guard copy != nil else { return held }
            try await copy?.read()
            if held == copy?.quantity { return held }
        }
        let told = try await position(symbol, of: account)
        let filled = copy?.quantity ?? 0
        throw ProbeError(
            .nonsense, at: .surface,
            "\(account) says that it holds \(told) \(symbol), and the fills of the drop copy leave \(filled): "
                + "\(filled - told) \(symbol) are not accounted for, and were not traded back")
    }

    /// Reads the position until it shows what was traded: trading on from an old one would trade twice.
    private func position(
        _ symbol: String, of account: String, reaching expected: Decimal
    ) async throws(ProbeError) -> Decimal {
        for _ in 0..<Self.patience {
            let held = try await position(symbol, of: account)
            if held == expected { return held }
            try await clock.sleep(for: Self.pause)
        }
        throw ProbeError(
            .nonsense, at: .surface, "the position of \(account) in \(symbol) does not show the order that was filled")
    }

    private func tier(of account: String) async throws(ProbeError) -> TierLimits {
        let tiers = TierLimits.all(reported: try await probes.risk.limits().value)
        guard let tier = tiers.first(where: { probes.accounts.account(of: $0.scope) == account }) else {
            throw ProbeError(.nonsense, at: .surface, "the target reports no complete limits for \(account)")
        }
        return tier
    }

    /// What the client ids of all restorations begin with.
    private static let ours = "hp-undo-"
    private static let pause = Duration.milliseconds(100)
    /// Looks or orders in a row that change nothing: two seconds, in which a feed that was cut ticks again.
    private static let patience = 20
    /// Orders at most. A position that takes more was not made by a check.
    private static let most = 100
}
