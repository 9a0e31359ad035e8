/// The three classes of account, each with limits of its own.
package enum Tier: String, CaseIterable, Sendable {
    /// The smallest limits.
    case sniper
    /// The middle ones.
    case hunter
    /// The largest.
    case strategist
}
