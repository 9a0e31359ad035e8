import FoundationEssentials
package import Readiness

/// Orders that were tried while a feed was cut and after it came back: enough to judge them again under other criteria.
package struct FeedOutage: Codable, Sendable {
    /// An order, and when it was tried.
    package struct Attempt: Codable, Sendable {
        /// The order.
        package var order: OrderRequest
        /// The answer.
        package var state: OrderState
        /// From sending the cut to the answer, or from sending the restore.
        package var after: Duration

        /// Whether it was denied because the data was stale.
        var isStale: Bool { state.status == .denied && state.reasonCode == "stale_market_data" }
    }

    /// Up to the first denial, that included: all of them accepted but perhaps the last.
    package var untilDenied: [Attempt]
    /// Those that followed while the feed was still cut.
    package var whileCut: [Attempt]
    /// Up to the first acceptance after the feed ticked again.
    package var afterwards: [Attempt]
    /// From sending the restore to the first tick of every symbol.
    package var recovery: Duration
    /// Client ids of denied orders that the drop copy showed before the restore.
    package var leaked: [String]
    /// Client ids of denied orders that the drop copy showed after it.
    package var burst: [String]
    /// How long was watched for a burst.
    package var watched: Duration
    /// How long was tried for the first denial.
    package var tried: Duration
    /// The conversation.
    package var evidence: Evidence

    /// From sending the cut to the first denial; nil when there was none.
    var firstDenial: Duration? { untilDenied.last.flatMap { $0.state.status == .denied ? $0.after : nil } }
    /// All that were tried while the feed was cut.
    var duringCut: [Attempt] { untilDenied + whileCut }
}
