import FoundationEssentials
package import Readiness

/// Everything that was tried about one limit of one tier: enough to judge it again under another policy.
package struct LimitTrace: Codable, Sendable {
    /// One paper order, and what became of it.
    package struct Attempt: Codable, Sendable {
        /// Where the order lies on the limit's scale, in whole steps.
        package var steps: Int
        /// The order.
        package var order: OrderRequest
        /// The answer to it.
        package var state: OrderState
        /// The reasons for which the declared limits let it be denied, this limit's first; empty when it must be
        /// accepted.
        package var lawfulReasons: [String]
        /// What the cancel was answered with; nil for an order that there was nothing to cancel of.
        package var ended: OrderState.Status?
        /// Whether the drop copy shows anything under its client id.
        package var isAtVenue = false

        /// Whether risk let it out.
        package var passed: Bool { state.status != .denied }
        /// Whether it was left behind: it works still, or was filled.
        package var isStuck: Bool {
            state.status == .filled || ended.map { $0 != .cancelled && $0 != .rejected } ?? false
        }
    }

    /// The tier.
    package var scope: String
    /// `max_order_quantity` …
    package var name: String
    /// The instrument that it was tried with.
    package var symbol: String
    /// One step, in the limit's unit times `scale`.
    package var step: DecimalValue
    /// 1, or what has to be divided by to come to the limit's unit: the reference price for a collar.
    package var scale: DecimalValue
    /// In the order in which they were made. Empty when other limits forbid every order that could reach this one.
    package var attempts: [Attempt]
    /// The conversation.
    package var evidence: Evidence

    /// The most that was let out, in steps; 0 when nothing was.
    var measuredSteps: Int { attempts.filter(\.passed).map(\.steps).max() ?? 0 }

    /// How many whole steps a limit has room for, and whether it is a whole number of them.
    func steps(of limit: DecimalValue) -> (count: Int, isExact: Bool)? {
        let amount = limit.decimal * scale.decimal
        guard let count = Steps.floor(amount, step: step.decimal) else { return nil }
        return (count, Decimal(count) * step.decimal == amount)
    }

    /// Steps as a number in the limit's unit.
    func value(of steps: Int) -> DecimalValue {
        DecimalValue(Steps.shown(Decimal(steps) * step.decimal, over: scale.decimal))
    }
}
