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
        /// From sending the command to the first answer.
        package var time: Duration
        /// The switch's state afterwards.
        package var state: KillSwitchState
        /// An order that was tried then.
        package var attempt: Attempt
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
