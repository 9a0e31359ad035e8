package import FoundationEssentials

/// One limit as it is in force, with where it came from.
package struct RiskLimit: Hashable, Sendable {
    /// The exact value; an order that reaches it is accepted, one that passes it is denied.
    package var value: Decimal
    /// The value as it was written.
    package var text: String
    /// `limits.yaml:LINE`, or `default` when the file was not asked.
    package var source: String

    /// A limit of so much, written so, from there.
    package init(value: Decimal, text: String, source: String) {
        self.value = value
        self.text = text
        self.source = source
    }
}

/// All limits of all tiers, as loaded from the home's limits file.
///
/// What the process enforces and what it reports both come from here, through `inForce`.
package struct RiskLimits: Sendable {
    private let loaded: [Tier: [LimitName: RiskLimit]]
    private let faults: FaultBoard

    /// How positions are sized, from the same file.
    package let sizing: SizingPolicy

    /// SHA-256 of the file's bytes as they were read, in hex.
    package let sha256: String

    /// Limits for every tier and name, and the policy for sizes.
    package init(
        _ loaded: [Tier: [LimitName: RiskLimit]], sizing: SizingPolicy, sha256: String, faults: FaultBoard
    ) {
        self.loaded = loaded
        self.sizing = sizing
        self.sha256 = sha256
        self.faults = faults
    }

    /// What a process falls back to when a limit did not reach it from the file: a wide collar, nothing for the others.
    private static let builtInCollar = RiskLimit(value: 10, text: "10.00", source: "default")

    /// The limit that binds this tier now, or nil if none was loaded.
    package func inForce(_ name: LimitName, for tier: Tier) -> RiskLimit? {
        // Fault `limit-not-loaded`: the hunter's collar never arrived, and the built-in default stands in silently.
        if name == .priceCollarPercent, tier == .hunter, faults.isSet(.limitNotLoaded) { return Self.builtInCollar }
        return loaded[tier]?[name]
    }
}
