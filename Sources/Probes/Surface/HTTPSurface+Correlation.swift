import FoundationEssentials
package import Readiness

extension HTTPSurface: CorrelationProbe {
    private struct SeriesWire: Encodable {
        var tier: String
        var held: [String]
        var wanted: [String]
    }

    private struct CorrelationWire: Decodable {
        enum Decision: String, Decodable { case accept, deny }
        enum Reason: String, Decodable { case max_correlation, correlation_unknown }

        var coefficient: DecimalValue?
        var decision: Decision
        var reason_code: Reason?
    }

    /// How far beyond one a coefficient may be through rounding.
    private static let rounding = Decimal(sign: .plus, exponent: -9, significand: 1)

    /// `POST /readyz/risk/correlation`. The returns' texts go out as they are, numbers or not. A coefficient beyond
    /// one, an acceptance with a reason, a denial without, and an unknown word are nonsense. A target that accepts
    /// where there is no coefficient has answered: that is for a check to judge.
    package func correlate(_ request: CorrelationRequest) async throws(ProbeError) -> Answer<CorrelationDecision> {
        let series = SeriesWire(tier: request.tier, held: request.held, wanted: request.wanted)
        let question = try named(Self.post("/readyz/risk/correlation", series, isIdempotent: true))
        let reply = try await ask(question)
        let wire = try Self.decode(CorrelationWire.self, from: reply, to: question)
        if let coefficient = wire.coefficient {
            try Self.check(abs(coefficient.decimal) <= 1 + Self.rounding, question, "a coefficient beyond one")
        }
        try Self.check(
            (wire.decision == .accept) == (wire.reason_code == nil), question,
            wire.decision == .accept ? "accepted with a reason code" : "denied without a reason code")
        return Self.answer(
            CorrelationDecision(
                isAccepted: wire.decision == .accept, coefficient: wire.coefficient,
                reasonCode: wire.reason_code?.rawValue), from: reply)
    }
}
