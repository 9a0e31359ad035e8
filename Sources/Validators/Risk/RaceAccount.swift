import FoundationEssentials
import Readiness

/// A tier's readiness account as it is before a race.
struct RaceAccount: Sendable {
    /// The tier.
    let tier: TierLimits
    /// What it holds.
    let state: AccountState
    /// Orders that work already and are not ours.
    let working: [WorkingOrder]

    /// How many orders work already.
    var open: Int { working.count }

    /// What it holds of a symbol; negative when short.
    func held(_ symbol: String) -> Decimal { state.quantity(of: symbol).decimal }

    /// Whether an order of somebody else works in a symbol: how much it is for is not known.
    func works(in symbol: String) -> Bool { working.contains { $0.symbol == symbol } }
}
