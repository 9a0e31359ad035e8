import FoundationEssentials
package import Readiness

extension HTTPSurface: StopProbe {
    private struct ArmWire: Encodable {
        var account: String
        var symbol: String
        var stop_price: DecimalValue
    }

    private struct StopWire: Decodable {
        var stop_id: String
        var account: String
        var symbol: String
        var status: StopState.Status
        var stop_price: DecimalValue
        var quantity: DecimalValue?
        var exit_client_order_id: String

        var complaint: String? {
            if stop_id.isEmpty || stop_id.utf8.count > 128 { return "a stop without a usable stop_id" }
            if !WireText.isName(symbol) { return "a symbol without a name" }
            if !WireText.isWord(exit_client_order_id, cap: 64) {
                return "an exit_client_order_id that no order can have"
            }
            if stop_price.decimal <= 0 { return "a stop price that is not above zero" }
            return (quantity?.decimal ?? 1) <= 0 ? "a quantity that is not above zero" : nil
        }

        var state: StopState {
            StopState(
                stopID: stop_id, symbol: symbol, status: status, stopPrice: stop_price,
                exitClientOrderID: exit_client_order_id)
        }
    }

    private struct StopsWire: Decodable { var stops: [StopWire] }

    /// `POST /readyz/stops`. Not idempotent: asked twice, there are two stops. Another account, symbol or price than
    /// asked for is nonsense, and so is a refusal such as `no_position`, whose code the error names.
    package func arm(
        account: String, symbol: String, stopPrice: DecimalValue
    ) async throws(ProbeError) -> Answer<StopState> {
        let body = ArmWire(account: account, symbol: symbol, stop_price: stopPrice)
        let request = try named(Self.post("/readyz/stops", body, isIdempotent: false))
        let reply = try await ask(request)
        let wire = try Self.decode(StopWire.self, from: reply, to: request)
        if let complaint = wire.complaint { throw Self.nonsense(request, complaint) }
        try Self.check(
            wire.account == account && wire.symbol == symbol && wire.stop_price == stopPrice, request,
            "it is of another stop")
        // It may have triggered by then, but nobody has taken it back.
        try Self.check(wire.status != .disarmed, request, "a new stop that is disarmed")
        return Self.answer(wire.state, from: reply)
    }

    /// `GET /readyz/stops?account=A`. A stop of another account and one id twice are nonsense.
    package func stops(of account: String) async throws(ProbeError) -> Answer<[StopState]> {
        let request = named(HTTPExchange.Request("GET", "/readyz/stops?account=\(Self.escaped(account))"))
        let reply = try await ask(request)
        let stops = try Self.decode(StopsWire.self, from: reply, to: request).stops
        try Self.check(stops.count <= WireText.listCap, request, "\(stops.count) stops")
        if let complaint = stops.lazy.compactMap(\.complaint).first { throw Self.nonsense(request, complaint) }
        try Self.check(stops.allSatisfy { $0.account == account }, request, "a stop of another account")
        try Self.check(Set(stops.map(\.stop_id)).count == stops.count, request, "two stops have one id")
        return Self.answer(stops.map(\.state), from: reply)
    }

    /// `POST /readyz/stops/ID/disarm`. A stop that has triggered comes back as such. An id that the target does not
    /// know is nonsense: it came from there.
    package func disarm(stopID: String) async throws(ProbeError) -> Answer<StopState> {
        let path = "/readyz/stops/\(Self.escaped(stopID))/disarm"
        let request = named(HTTPExchange.Request("POST", path, isIdempotent: true))
        let reply = try await ask(request, answering: [200, 404])
        if reply.status == 404 {
            // A path that is not offered is 404 as well: only the code tells the two apart.
            guard SurfaceRefusal(reply.body)?.code == "unknown_stop" else {
                throw ProbeError(.notOffered, at: .surface, "POST /readyz/stops/…/disarm answered 404")
            }
            throw Self.nonsense(request, "unknown_stop")
        }
        let wire = try Self.decode(StopWire.self, from: reply, to: request)
        if let complaint = wire.complaint { throw Self.nonsense(request, complaint) }
        try Self.check(wire.stop_id == stopID, request, "it is of another stop")
        return Self.answer(wire.state, from: reply)
    }
}
