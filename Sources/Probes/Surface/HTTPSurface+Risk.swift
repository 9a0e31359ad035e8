import FoundationEssentials
package import Readiness

extension HTTPSurface: RiskProbe {
    private struct LimitsWire: Decodable {
        struct Limit: Decodable {
            var scope: String
            var name: String
            var value: DecimalValue
            var inclusive: Bool
            var source: String
        }

        var limits: [Limit]
    }

    private struct DecisionWire: Decodable {
        enum Decision: String, Decodable { case accept, deny }

        var decision: Decision
        var reason_code: String?
        var rules: [String]?
    }

    /// `GET /readyz/risk/limits`. Two limits of one scope and name are nonsense.
    package func limits() async throws(ProbeError) -> Answer<[EffectiveLimit]> {
        let request = named(HTTPExchange.Request("GET", "/readyz/risk/limits"))
        let reply = try await ask(request)
        let wire = try Self.decode(LimitsWire.self, from: reply, to: request)
        guard Set(wire.limits.map { [$0.scope, $0.name] }).count == wire.limits.count else {
            throw Self.nonsense(request, "a limit is named twice")
        }
        let limits = wire.limits.map {
            EffectiveLimit(
                scope: $0.scope, name: $0.name, value: $0.value, isInclusive: $0.inclusive, source: $0.source)
        }
        return Answer(limits, transcript: reply.transcript, elapsed: reply.elapsed)
    }

    /// `POST /readyz/risk/evaluate`, one at a time over the connection that is kept for it. `elapsed` neither holds the
    /// wait for another evaluation's end nor the decoding.
    package func evaluate(_ order: OrderRequest) async throws(ProbeError) -> Answer<RiskDecision> {
        let request = try OrderWire.request("/readyz/risk/evaluate", order)
        let reply = try await askInSeries(request)
        let wire = try Self.decode(DecisionWire.self, from: reply, to: request)
        guard wire.decision == .deny || wire.reason_code == nil else {
            throw Self.nonsense(request, "accepted with a reason code")
        }
        // A target that names no rules says that it tried none: whether that counts is for the check.
        let rules = wire.rules ?? []
        try Self.check(
            rules.count <= WireText.listCap && rules.allSatisfy(WireText.isName), request,
            "rules that are too many or without a usable name")
        return Answer(
            RiskDecision(isAccepted: wire.decision == .accept, reasonCode: wire.reason_code, rules: rules),
            transcript: reply.transcript, elapsed: reply.elapsed)
    }
}
