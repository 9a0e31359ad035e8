package import FoundationEssentials
package import Readiness
import Synchronization

/// A judge of two series that keeps to given limits, and can be wrong about them in any way.
package final class FakeCorrelation: CorrelationProbe {
    private struct State {
        var shows: @Sendable (CorrelationRequest, CorrelationDecision) -> CorrelationDecision = { $1 }
        var failure: ProbeError?
    }
    private let state = Mutex(State())
    private let limits: [String: Decimal]

    /// A right one, by the limits of these tiers.
    package init(_ limits: [FakeVenue.Key: DecimalValue]) {
        var byTier: [String: Decimal] = [:]
        for (key, limit) in limits where key.name == "max_correlation" { byTier[key.scope] = limit.decimal }
        self.limits = byTier
    }

    /// Answers with what this makes of the right answer.
    package func show(_ shows: @escaping @Sendable (CorrelationRequest, CorrelationDecision) -> CorrelationDecision) {
        state.withLock { $0.shows = shows }
    }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// The coefficient, and whether it is inside the tier's limit.
    package func correlate(_ request: CorrelationRequest) async throws(ProbeError) -> Answer<CorrelationDecision> {
        let now = state.withLock { $0 }
        if let failure = now.failure { throw failure }
        let held = request.held.compactMap { DecimalValue(parsing: $0)?.decimal }
        let wanted = request.wanted.compactMap { DecimalValue(parsing: $0)?.decimal }
        let isSound = held.count == request.held.count && wanted.count == request.wanted.count
        let coefficient = isSound ? Self.coefficient(held, wanted) : nil
        let right: CorrelationDecision
        if let coefficient {
            let isAccepted = coefficient <= limits[request.tier] ?? 0
            right = CorrelationDecision(
                isAccepted: isAccepted, coefficient: DecimalValue(parsing: String(coefficient.description.prefix(30))),
                reasonCode: isAccepted ? nil : "max_correlation")
        } else {
            right = CorrelationDecision(isAccepted: false, coefficient: nil, reasonCode: "correlation_unknown")
        }
        let decision = now.shows(request, right)
        return Answer(decision, transcript: "POST correlation: \(decision.isAccepted)", elapsed: .microseconds(300))
    }

    /// Pearson's coefficient from means and deviations; nil where there is none.
    package static func coefficient(_ x: [Decimal], _ y: [Decimal]) -> Decimal? {
        guard x.count == y.count, x.count >= 20 else { return nil }
        let count = Decimal(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var (xx, yy, xy): (Decimal, Decimal, Decimal) = (0, 0, 0)
        for (left, right) in zip(x, y) {
            xx += (left - meanX) * (left - meanX)
            yy += (right - meanY) * (right - meanY)
            xy += (left - meanX) * (right - meanY)
        }
        // What rounding of a mean leaves of a constant series is no spread.
        let nothing = Decimal(sign: .plus, exponent: -40, significand: 1)
        guard xx > nothing, yy > nothing else { return nil }
        var root = max(xx * yy, 1)
        for _ in 0..<200 { root = (root + xx * yy / root) / 2 }
        return xy / root
    }
}
