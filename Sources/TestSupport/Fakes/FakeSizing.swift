import FoundationEssentials
package import Readiness
import Synchronization

/// A sizing that keeps to the shipped policy, and can be wrong about it in any way.
package final class FakeSizing: SizingProbe {
    private struct State {
        var shows: @Sendable (SizeRequest, SizeDecision) -> SizeDecision = { $1 }
        var failure: ProbeError?
        var asked = 0
    }
    private let state = Mutex(State())

    /// A right one.
    package init() {}

    /// Answers with what this makes of the right answer.
    package func show(_ shows: @escaping @Sendable (SizeRequest, SizeDecision) -> SizeDecision) {
        state.withLock { $0.shows = shows }
    }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// How often it was asked.
    package var asked: Int { state.withLock { $0.asked } }

    /// The size by the shipped policy.
    package func size(_ request: SizeRequest) async throws(ProbeError) -> Answer<SizeDecision> {
        let now = state.withLock {
            $0.asked += 1
            return $0
        }
        if let failure = now.failure { throw failure }
        let decision = now.shows(request, Self.decide(request))
        return Answer(decision, transcript: "POST size: \(decision.fraction)", elapsed: .microseconds(200))
    }

    /// A size of a quarter of Kelly, a tenth at most, from 30 trades on, in lots of a hundredth.
    package static func decide(_ request: SizeRequest) -> SizeDecision {
        func none(_ reason: String) -> SizeDecision {
            SizeDecision(fraction: "0", quantity: "0.00", reasonCode: reason)
        }
        func number(_ text: String) -> Decimal? { DecimalValue(parsing: text)?.decimal }
        guard let p = number(request.winProbability), let b = number(request.odds), (0...1).contains(p), b > 0,
            let capital = number(request.capital), let price = number(request.price), capital > 0, price > 0
        else { return none("invalid_input") }
        guard request.trades >= 30 else { return none("too_few_trades") }
        let full = (p * b - (1 - p)) / b
        guard full > 0 else { return none("no_edge") }
        let fraction = min(full / 4, Decimal(1) / 10)
        let lots = (capital * fraction / price * 100).description.prefix { $0 != "." }
        let quantity = Decimal(sign: .plus, exponent: -2, significand: Decimal(Int(lots) ?? 0))
        return SizeDecision(
            fraction: DecimalValue(parsing: String(fraction.description.prefix(34))) ?? "0",
            quantity: DecimalValue(quantity), reasonCode: nil)
    }
}
