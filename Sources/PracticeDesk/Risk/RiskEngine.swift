import FoundationEssentials

/// What the risk engine is told about the moment of its decision.
package struct RiskContext: Sendable {
    /// Trading is stopped.
    package var killSwitchEngaged: Bool
    /// Milliseconds since the symbol last ticked.
    package var marketDataAge: Int64
    /// What the account holds of the symbol, negative when short.
    package var position: Quantity
    /// What works at the venue on the order's side of the symbol, without the order that is being replaced.
    package var workingSameSide: Quantity
    /// How many orders of the account would work if this one were accepted.
    package var openOrdersAfter: Int
    /// The symbol's last returns, oldest first.
    package var returns: ReturnSeries
    /// The last returns of every other symbol that the account holds, oldest first each.
    package var returnsHeld: [ReturnSeries]

    /// The moment of a decision.
    package init(
        killSwitchEngaged: Bool = false, marketDataAge: Int64 = 0, position: Quantity = .zero,
        workingSameSide: Quantity = .zero, openOrdersAfter: Int = 1,
        returns: ReturnSeries = ReturnSeries([]), returnsHeld: [ReturnSeries] = []
    ) {
        self.killSwitchEngaged = killSwitchEngaged
        self.marketDataAge = marketDataAge
        self.position = position
        self.workingSameSide = workingSameSide
        self.openOrdersAfter = openOrdersAfter
        self.returns = returns
        self.returnsHeld = returnsHeld
    }
}

/// The answer of the risk engine to one order.
package struct RiskDecision: Sendable, Equatable {
    /// Why the order is denied; nil when it is accepted.
    package var reason: ReasonCode?
    /// The rules that were tried, in order, up to the one that denied.
    package var rules: [String]

    /// A decision with the rules that led to it.
    package init(reason: ReasonCode?, rules: [String]) {
        self.reason = reason
        self.rules = rules
    }
}

/// The pre-trade checks: exact decimal comparisons, limits inclusive, first breach decides.
///
/// Pure but for the limits and faults that it was given: it looks at no clock, book or account by itself.
package struct RiskEngine: Sendable {
    private let limits: RiskLimits
    private let faults: FaultBoard
    private let correlation: CorrelationRule

    /// Milliseconds without a tick after which a symbol's data is stale: fifteen ticks that did not come.
    package static let staleAfter: Int64 = 1500

    /// An engine that enforces these limits.
    package init(limits: RiskLimits, faults: FaultBoard) {
        self.limits = limits
        self.faults = faults
        correlation = CorrelationRule(faults: faults)
    }

    /// Decides on an order as of the moment that the context describes.
    package func decide(_ order: OrderTerms, in context: RiskContext) -> RiskDecision {
        var rules = [ReasonCode.killSwitch.rawValue]
        if context.killSwitchEngaged { return RiskDecision(reason: .killSwitch, rules: rules) }
        rules.append(ReasonCode.staleMarketData.rawValue)
        // Fault `risk-fails-open`: old data is as good as none, and none is no reason to deny.
        if context.marketDataAge >= Self.staleAfter, !faults.isSet(.riskFailsOpen) {
            return RiskDecision(reason: .staleMarketData, rules: rules)
        }
        // Fault `risk-off`: a flag skips the limits, and nothing else.
        if faults.isSet(.riskOff) { return RiskDecision(reason: nil, rules: rules) }
        for name in LimitName.allCases {
            rules.append(name.rawValue)
            if let reason = denial(name, order, context) { return RiskDecision(reason: reason, rules: rules) }
        }
        return RiskDecision(reason: nil, rules: rules)
    }

    /// Why one limit denies the order; nil when it does not.
    private func denial(_ name: LimitName, _ order: OrderTerms, _ context: RiskContext) -> ReasonCode? {
        // A limit that is not there denies: a risk engine without a number fails closed.
        guard let limit = limits.inForce(name, for: order.account.tier)?.value else { return name.reason }
        let isBreached: Bool
        switch name {
        case .maxOrderQuantity:
            isBreached = order.quantity.decimal > limit + lotsTooMany(for: order.account.tier)
        case .maxOrderNotional:
            isBreached = order.quantity.decimal * order.price.decimal > limit
        case .priceCollarPercent:
            // Multiplied out, because a quotient of decimals need not be exact.
            let reference = order.instrument.reference.decimal
            let distance = order.price.decimal - reference
            isBreached = (distance < 0 ? -distance : distance) * 100 > limit * reference
        case .maxPositionQuantity:
            let pushed = context.workingSameSide.lots + order.quantity.lots
            let reached = context.position.lots + order.side.sign * pushed
            isBreached = Quantity(lots: Int64(reached.magnitude)).decimal > limit
        case .maxOpenOrders:
            isBreached = Decimal(context.openOrdersAfter) > limit
        case .maxCorrelation:
            return correlationDenial(order, context, limit: limit)
        }
        return isBreached ? name.reason : nil
    }

    /// Why what is held forbids this order: the first symbol that is too much like it, or that cannot be compared.
    ///
    /// Costs nothing while nothing else is held, which is how most orders find it.
    private func correlationDenial(_ order: OrderTerms, _ context: RiskContext, limit: Decimal) -> ReasonCode? {
        guard !context.returnsHeld.isEmpty, !isReducing(order, context) else { return nil }
        for held in context.returnsHeld {
            // The newest returns of both, as many as both have: after a drill they need not be equally many.
            let count = min(held.count, context.returns.count)
            let verdict = correlation.verdict(
                held: held.newest(count), wanted: context.returns.newest(count), limit: limit)
            if let reason = verdict.reason { return reason }
        }
        return nil
    }

    /// Whether the order, with what works beside it, can only bring the position in its own symbol down.
    private func isReducing(_ order: OrderTerms, _ context: RiskContext) -> Bool {
        let pushed = context.workingSameSide.lots + order.quantity.lots
        return context.position.lots * order.side.sign < 0 && pushed <= context.position.lots.magnitude
    }

    /// Fault `limit-off-by-one`: the hunter's order quantity is compared with a number some lots too high.
    private func lotsTooMany(for tier: Tier) -> Decimal {
        guard tier == .hunter, let lots = faults.lots(of: .limitOffByOne) else { return 0 }
        return Quantity(lots: lots).decimal
    }
}
