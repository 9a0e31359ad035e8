import FoundationEssentials
package import Readiness

/// An order in one symbol while another is held and both are played: enough to judge it again under another policy.
package struct CorrelationTrial: Codable, Sendable {
    /// `together`, `constant`, `apart`: how the two symbols went.
    package var name: String
    /// The tier on whose account it was placed.
    package var tier: String
    /// What was held.
    package var held: String
    /// The order.
    package var order: OrderRequest
    /// The answer.
    package var state: OrderState
    /// The least coefficient of any sixty ticks of the script; nil where there is none.
    package var least: DecimalValue?
    /// The greatest one.
    package var greatest: DecimalValue?
    /// Whether the drop copy shows anything under the order's client id.
    package var isAtVenue = false

    /// What the answer has to be under a limit: a reason, an empty one for acceptance; nil where the script lies on both
    /// sides of the limit.
    func expected(under limit: Decimal) -> String? {
        guard let least, let greatest else { return "correlation_unknown" }
        if least.decimal > limit { return "max_correlation" }
        return greatest.decimal <= limit ? "" : nil
    }

    /// What the answer was, in the same words.
    var answered: String {
        state.status == .denied ? (state.reasonCode ?? "no reason").shortened(to: 40) : ""
    }
}
