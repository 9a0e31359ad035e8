/// A thing that two checks must not use at once.
///
/// All but `machineQuiet` are locks of one target; each is held between the runs on that target too, by `flock`.
///
/// A lock in a check's definition is held exclusively. The engine adds shared holds: every other check holds
/// `machineQuiet`, each that talks to the target `targetProcess`, each that needs the feed `marketData`.
package enum Lock: String, Sendable, Codable, CaseIterable, Comparable, Hashable {
    /// Nothing else of ours runs: a latency window. Also taken across processes, by `flock`.
    case machineQuiet = "machine.quiet"
    /// The readiness accounts at the venue.
    case paperAccount = "venue.paper.account"
    /// The feed: its prices and its silence.
    case marketData = "marketdata"
    /// The target's process: whoever restarts it holds this alone.
    case targetProcess = "target.process"

    /// Locks are always taken all at once in this order, so that no two checks can wait for each other.
    package static func < (lhs: Lock, rhs: Lock) -> Bool { lhs.rawValue < rhs.rawValue }
}
