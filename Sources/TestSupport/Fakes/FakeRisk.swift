package import Readiness
import Synchronization

/// A risk engine that reports given limits, and decides by a script of times and decisions.
package final class FakeRisk: RiskProbe {
    private struct State {
        var limits: [EffectiveLimit]
        var milliseconds: [Double] = [1]
        var decisions: [RiskDecision] = [
            RiskDecision(isAccepted: true, reasonCode: nil, rules: ["kill_switch", "max_order_quantity"])
        ]
        var failure: ProbeError?
        var evaluated: [OrderRequest] = []
        var timed = 0
    }
    private let state: Mutex<State>

    /// Reports these limits, and accepts every order within a millisecond.
    package init(_ limits: [EffectiveLimit] = []) { state = Mutex(State(limits: limits)) }

    /// Reports these from now on.
    package func report(_ limits: [EffectiveLimit]) { state.withLock { $0.limits = limits } }

    /// Takes so long for each next decision; the last one is repeated with its grain. Warm-up calls count too.
    package func decide(inMilliseconds milliseconds: [Double]) {
        state.withLock { state in
            state.milliseconds = milliseconds
            state.timed = 0
        }
    }

    /// Answers so to each next order; the last one is repeated.
    package func decide(_ decisions: [RiskDecision]) { state.withLock { $0.decisions = decisions } }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// Every order that it was asked about.
    package var evaluated: [OrderRequest] { state.withLock { $0.evaluated } }

    /// The limits that were set, or the failure.
    package func limits() async throws(ProbeError) -> Answer<[EffectiveLimit]> {
        let now = state.withLock { $0 }
        if let failure = now.failure { throw failure }
        return Answer(now.limits, transcript: "GET limits: \(now.limits.count)", elapsed: .milliseconds(1))
    }

    /// The next decision of the script.
    package func evaluate(_ order: OrderRequest) async throws(ProbeError) -> Answer<RiskDecision> {
        let (failure, decision, nanoseconds) = state.withLock { state in
            state.evaluated.append(order)
            let decision = state.decisions.count > 1 ? state.decisions.removeFirst() : state.decisions[0]
            state.timed += 1
            let time = TimerGrain.nanoseconds(of: state.milliseconds, at: state.timed - 1)
            return (state.failure, decision, time)
        }
        if let failure { throw failure }
        return Answer(
            decision, transcript: "POST evaluate \(order.symbol): \(decision.isAccepted)",
            elapsed: .nanoseconds(nanoseconds))
    }
}
