package import Readiness

extension HTTPSurface: KillSwitchProbe {
    private struct SwitchWire: Decodable {
        var engaged: Bool
        var by: String?
    }

    private struct ActionWire: Encodable {
        var action: String
        var by: String
    }

    /// `GET /readyz/killswitch`.
    package func state() async throws(ProbeError) -> Answer<KillSwitchState> {
        let request = named(HTTPExchange.Request("GET", "/readyz/killswitch"))
        return try Self.state(from: try await ask(request), to: request)
    }

    /// `POST /readyz/killswitch`, with the token. The answer is the switch's state as the target says it then is, which
    /// may be another than the one asked for: that is for a check to judge.
    ///
    /// - Parameter by: 1 to 128 bytes without control characters.
    package func set(engaged: Bool, by: String) async throws(ProbeError) -> Answer<KillSwitchState> {
        guard WireText.isName(by) else { throw ProbeError(ourSide: "nobody's name for the kill switch") }
        let action = ActionWire(action: engaged ? "engage" : "release", by: by)
        let request = try named(Self.post("/readyz/killswitch", action, isIdempotent: true))
        return try Self.state(from: try await askAuthorised(request), to: request)
    }

    private static func state(
        from reply: HTTPExchange.Reply, to request: HTTPExchange.Request
    ) throws(ProbeError) -> Answer<KillSwitchState> {
        let wire = try decode(SwitchWire.self, from: reply, to: request)
        return answer(KillSwitchState(isEngaged: wire.engaged, by: wire.by), from: reply)
    }
}
