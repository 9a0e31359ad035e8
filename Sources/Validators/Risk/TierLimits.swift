import FoundationEssentials
import Readiness

/// The five pre-trade limits of one tier that orders and positions are compared with, as a policy declares them or a
/// target reports them.
struct TierLimits: Sendable {
    /// The limits by what they are compared with.
    enum Name: String, CaseIterable, Sendable {
        case orderQuantity = "max_order_quantity"
        case orderNotional = "max_order_notional"
        case priceCollar = "price_collar_percent"
        case positionQuantity = "max_position_quantity"
        case openOrders = "max_open_orders"

        /// The reason code of a denial by it.
        var reason: String { self == .priceCollar ? "price_collar" : rawValue }
    }

    /// The tier.
    let scope: String
    private let values: [Name: Decimal]

    /// The tiers that declare all five, and the keys that the others lack.
    static func all(in criteria: Criteria) -> (tiers: [TierLimits], missing: [String]) {
        var scopes: [String] = []
        for limit in criteria.limits where !scopes.contains(limit.scope) { scopes.append(limit.scope) }
        guard !scopes.isEmpty else { return ([], ["limits"]) }
        var tiers: [TierLimits] = []
        var missing: [String] = []
        for scope in scopes {
            var values: [Name: Decimal] = [:]
            for limit in criteria.limits where limit.scope == scope {
                if let name = Name(rawValue: limit.name) { values[name] = limit.threshold.value.decimal }
            }
            let absent = Name.allCases.filter { values[$0] == nil }
            missing += absent.map { "limits.\(scope).\($0.rawValue)" }
            if absent.isEmpty { tiers.append(TierLimits(scope: scope, values: values)) }
        }
        return (tiers, missing)
    }

    /// The tiers for which a target reports all five.
    static func all(reported limits: [EffectiveLimit]) -> [TierLimits] {
        Dictionary(grouping: limits, by: \.scope).compactMap { scope, limits in
            var values: [Name: Decimal] = [:]
            for limit in limits {
                if let name = Name(rawValue: limit.name) { values[name] = limit.value.decimal }
            }
            return values.count == Name.allCases.count ? TierLimits(scope: scope, values: values) : nil
        }
    }

    /// The declared number.
    subscript(name: Name) -> Decimal { values[name] ?? 0 }

    /// The limits that an order breaks, as the policy has it: an oracle of its own, asked of nobody.
    ///
    /// - Parameters:
    ///   - resting: quantity of the same symbol that works on the same side.
    ///   - open: orders of the account that work already.
    func broken(
        quantity: Decimal, price: Decimal, reference: Decimal, resting: Decimal, open: Int
    ) -> [Name] {
        let distance = price < reference ? reference - price : price - reference
        return Name.allCases.filter { name in
            switch name {
            case .orderQuantity: quantity > self[.orderQuantity]
            case .orderNotional: quantity * price > self[.orderNotional]
            case .priceCollar: distance * 100 > self[.priceCollar] * reference
            case .positionQuantity: resting + quantity > self[.positionQuantity]
            case .openOrders: Decimal(open + 1) > self[.openOrders]
            }
        }
    }
}
