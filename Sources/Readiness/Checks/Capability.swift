/// Something that a target offers so that a check can observe or exercise it.
///
/// Checks name capabilities; where a capability lives and how its answers are spelled is the surface client's business.
package enum Capability: String, Sendable, Codable, CaseIterable, Hashable {
    case discovery
    case identity
    case riskLimits = "risk.limits"
    case riskEvaluate = "risk.evaluate"
    case orderSubmit = "order.submit"
    case orderCancel = "order.cancel"
    case orderList = "order.list"
    case dropCopy = "orders.stream"
    case positions
    case marketData = "marketdata"
    case marketDataInject = "marketdata.inject"
    case killSwitch = "killswitch"
    case riskSize = "risk.size"
    case riskCorrelation = "risk.correlation"
    case stops
    case components
    case logs
    case process
    case control
    case pool
    case ledger
}

/// An address of the target that can be gone by itself.
package enum Endpoint: String, Sendable, Codable, CaseIterable, Hashable {
    /// The readiness surface.
    case surface
    /// The database.
    case ledger

    /// The check whose subject is whether this endpoint can be reached.
    package var reachabilityCheck: CheckID {
        switch self {
        case .surface: "smoke.health.ready"
        case .ledger: "database.connection.ready"
        }
    }
}

extension Capability {
    /// The endpoint that the capability is reached through.
    package var endpoint: Endpoint { self == .ledger ? .ledger : .surface }
}
