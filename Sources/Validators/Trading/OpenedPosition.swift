import FoundationEssentials
import Readiness

/// A small position that a check opens on a readiness account. It is registered before the first order, so that whatever
/// becomes of it is traded back; register it before the account's orders, which must be gone by then.
struct OpenedPosition: Sendable {
    /// What came of an attempt to open it.
    enum Opening: Sendable {
        /// So much is held now, negative when short; with the exchange.
        case held(Decimal, transcript: String)
        /// Risk or the venue refused it, for that reason.
        case refused(String)
    }

    private let symbol: String
    private let account: String
    private let probes: TargetProbes
    private let clock: any CheckClock

    /// Reads what is held now, and registers that it is to be so again.
    init(registering symbol: String, on account: String, _ probes: TargetProbes, in context: CollectContext)
        async throws(ProbeError)
    {
        self.symbol = symbol
        self.account = account
        self.probes = probes
        clock = context.clock
        // The mark first: a fill between the two looks is then missed by neither.
        let mark = try await CopiedPosition.mark(probes)
        let before = try await probes.positions.positions(of: account).value.quantity(of: symbol)
        try await context.effects.register(
            EffectDescription(
                .writePaper, "a position in \(symbol) on \(account)",
                compensation: .restorePosition(
                    account: account, symbol: symbol, quantity: before, since: mark)))
    }

    /// Trades at most so many lots at the market, in one order inside the tier's limits, and waits until they are held.
    ///
    /// - Throws: `ProbeError` of nonsense where the order is taken and not filled, or filled and not held.
    func open(
        _ side: OrderRequest.Side, lots: Int, within tier: TierLimits, as orders: inout PaperAccount
    ) async throws(ProbeError) -> Opening {
        let market = try await probes.market.snapshot().value
        guard let state = market.first(where: { $0.symbol == symbol }), state.isPlausible,
            let price = state.marketablePrice(side, collarPercent: tier[.priceCollar])
        else { throw ProbeError(.nonsense, at: .surface, "\(symbol) has no price inside \(tier.scope)'s collar") }
        let quantity = Decimal(min(lots, tier.largestOrder(of: state, at: price))) * state.lot.decimal
        guard quantity > 0 else { return .refused("\(tier.scope)'s limits allow no order in \(symbol)") }
        let expected = try await held() + side.signed(quantity)
        let placed = try await orders.place(side, symbol, quantity: quantity, price: price)
        switch placed.answer.value.status {
        case .denied, .rejected, .cancelled:
            let reason = placed.answer.value.reasonCode ?? "no reason given"
            return .refused("\(placed.answer.value.status.rawValue): \(reason.shortened())")
        case .accepted:
            _ = try await probes.orders.cancel(orderID: placed.answer.value.orderID)
            throw ProbeError(
                .nonsense, at: .surface, "order \(placed.request.clientOrderID) through the market was not filled")
        case .filled: break
        }
        let begin = clock.now
        while try await held() != expected {
            guard clock.now - begin < Self.patience else {
                throw ProbeError(
                    .nonsense, at: .surface,
                    "the position of \(account) in \(symbol) does not show \(placed.request.clientOrderID), which was "
                        + "filled")
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        return .held(expected, transcript: placed.answer.transcript)
    }

    /// What is held now, negative when short.
    func held() async throws(ProbeError) -> Decimal {
        try await probes.positions.positions(of: account).value.quantity(of: symbol).decimal
    }

    private static let patience = Duration.seconds(1)
}
