/// An account of the desk that trades at the venue.
package struct Account: Hashable, Sendable {
    /// Its name, such as `READY-HUNTER`.
    package let name: String
    /// Whose limits bind it.
    package let tier: Tier
    /// Whether orders come to it from outside; the strategy's own account takes none.
    package let acceptsOrders: Bool

    /// What the readiness accounts' names begin with: whatever a check may touch.
    package static let readinessPrefix = "READY-"

    /// The momentum strategy's account.
    package static let momentum = Account(name: "STRAT-MOMENTUM", tier: .strategist, acceptsOrders: false)

    /// One readiness account for each tier, and the strategy's.
    package static let all: [Account] =
        Tier.allCases.map {
            Account(name: readinessPrefix + $0.rawValue.uppercased(), tier: $0, acceptsOrders: true)
        } + [momentum]

    /// The account of that name, or nil.
    package static func named(_ name: String) -> Account? { all.first { $0.name == name } }
}
