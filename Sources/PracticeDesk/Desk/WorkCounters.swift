import Synchronization

/// A part of the desk that tells its own state.
enum Component: String, CaseIterable, Sendable {
    /// The feed of prices.
    case marketData = "market_data"
    /// The strategy.
    case stateMachine = "state_machine"
    /// The risk engine.
    case risk
    /// The way of orders to the venue.
    case gateway
    /// The ledger's writer.
    case repositories
    /// The schema that the ledger's records are mapped to.
    case databaseModels = "database_models"
}

/// What the parts of the desk have done since the start, counted where they do it.
///
/// The strategy and the ledger's writer count for themselves.
final class WorkCounters: Sendable {
    private let counts = Mutex<[Component: Int64]>([:])

    /// A part has done one thing more.
    func did(_ component: Component) { counts.withLock { $0[component, default: 0] += 1 } }

    func count(_ component: Component) -> Int64 { counts.withLock { $0[component, default: 0] } }
}
