package import Readiness

extension HTTPSurface: ClockProbe {
    private struct ClockWire: Decodable {
        struct Clock: Decodable { var now_ns: String }
        var clock: Clock
    }

    /// `GET /readyz` twice; the second is the measurement, so that no new connection is in it. Our clock is looked at
    /// before that request is handed over and when the last byte of its answer has come: the target's clock was read
    /// somewhere between. The time is on the way of any other request and not of one of its own.
    ///
    /// - Throws: `ProbeError`; of our side when our own clock went back meanwhile.
    package func clock() async throws(ProbeError) -> Answer<ClockReading> {
        let request = named(HTTPExchange.Request("GET", "/readyz"))
        let answering: Set = [200, 503]
        _ = try await ask(request, answering: answering)
        let before = WallClock.nanoseconds
        let reply = try await ask(request, answering: answering)
        let wire = try Self.decode(ClockWire.self, from: reply, to: request)
        guard let target = WireText.nanoseconds(wire.clock.now_ns) else {
            throw Self.nonsense(request, "clock.now_ns is not a whole number of nanoseconds")
        }
        guard reply.finishedAt >= before else {
            throw ProbeError(ourSide: "our own clock went back while the target's was read")
        }
        return Self.answer(ClockReading(target: target, before: before, after: reply.finishedAt), from: reply)
    }
}
