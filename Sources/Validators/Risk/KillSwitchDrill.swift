import FoundationEssentials
package import Readiness

/// What was seen of a kill switch that was engaged under working orders, kept through a restart, and released: enough to
/// judge it again under other criteria.
package struct KillSwitchDrill: Codable, Sendable {
    /// An order that worked when the switch was engaged.
    package struct Resting: Codable, Sendable {
        /// The order.
        package var order: OrderRequest
        /// From sending the command to seeing the venue's cancel in the drop copy; nil when it was not seen.
        package var cancelled: Duration?
        /// Whether the account still listed it as working afterwards.
        package var stillWorks: Bool
    }

    /// An order that was tried, and the answer.
    package struct Attempt: Codable, Sendable {
        /// The order.
        package var order: OrderRequest
        /// The answer.
        package var state: OrderState
        /// Whether the drop copy shows anything under its client id.
        package var isAtVenue: Bool

        /// Whether it was denied for the kill switch, and nothing of it left.
        var isKept: Bool { isStopped && !isAtVenue }

        /// Whether it was denied for the kill switch.
        var isStopped: Bool { state.status == .denied && state.reasonCode == "kill_switch" }
    }

    /// One life of the process, asked for after the restart.
    package struct Restart: Codable, Sendable {
        /// Before it.
        package var before: ProcessState
        /// After it.
        package var after: ProcessState
        /// Digest of the configuration that was in force before.
        package var configurationBefore: String
        /// Digest of the one that is in force now.
        package var configurationAfter: String
        /// The target's clock and ours before the drill began; nil in an observation of before it was read. Whatever
        /// began after the restart began after it.
        package var clock: ClockReading?
        /// From sending the command to the first answer.
        package var time: Duration
        /// The switch's state afterwards.
        package var state: KillSwitchState
        /// An order that was tried then.
        package var attempt: Attempt
    }

    /// The orders that were tried while it was, or had to be, engaged, with when that was.
    var attemptsWhileEngaged: [(attempt: Attempt, when: String)] {
        var attempts = [(attempt, "while the kill switch was engaged")]
        // An order that passes because the switch was lost is the same trouble, and not another.
        if let restart, restart.state.isEngaged {
            attempts.append((restart.attempt, "after the restart, still engaged"))
        }
        return attempts
    }

    /// By whom it was engaged.
    package var by: String
    /// The state that was answered to the command.
    package var engaged: KillSwitchState
    /// The orders that worked.
    package var resting: [Resting]
    /// How long the drop copy was watched for their cancels.
    package var watched: Duration
    /// An order that was tried while it was engaged.
    package var attempt: Attempt
    /// The answer to a cancel while it was engaged.
    package var cancel: OrderState
    /// The restart; nil when the target did not come back.
    package var restart: Restart?
    /// Why it did not come back.
    package var restartTrouble: String?
    /// The state after the release; nil when it was not tried.
    package var released: KillSwitchState?
    /// The last order that was tried after the release; nil when none was.
    package var afterwards: Attempt?
    /// The part up to the restart.
    package var engagement: Evidence
    /// The restart and what follows. Exercised only if the drop copy shows the end of the last order.
    package var persistence: Evidence?
}

extension KillSwitchDrill.Resting {
    /// Whether the venue cancelled it, and the account lists it no more.
    var isGone: Bool { cancelled != nil && !stillWorks }
}

extension KillSwitchDrill.Restart {
    /// Whether another life answers than before.
    var isAnotherLife: Bool { before.bootID != after.bootID }

    /// Whether the life that answers says that it began no earlier than the drill: a new name alone proves no new life.
    ///
    /// It is held against the target's own clock, or against ours where that is behind it: how far the two are apart is
    /// another check's, and a start told by the other of them is a start all the same. A second more is left for stamps
    /// that are cut to whole seconds.
    var beganAfterwards: Bool {
        guard after.startedAt > before.startedAt else { return false }
        guard let clock else { return true }
        let earliest = min(clock.target, clock.before) / 1000 - Self.stampMicroseconds
        return after.startedAt.microseconds >= earliest
    }

    private static let stampMicroseconds: Int64 = 1_000_000
}
