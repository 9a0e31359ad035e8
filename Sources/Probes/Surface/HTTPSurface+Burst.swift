package import Readiness

extension HTTPSurface: BurstProbe {
    /// `POST /readyz/orders` for each, at once: 1 to 64 new connections that are all open and idle before all requests
    /// are released together. See `HTTPExchange.performTogether`.
    ///
    /// If any of them fails, whether to be connected or to be answered rightly, there is no answer at all, and some of
    /// the orders may work: what undoes them has to be registered before.
    package func submitTogether(_ orders: [OrderRequest]) async throws(ProbeError) -> Answer<[OrderState]> {
        var requests: [HTTPExchange.Request] = []
        for order in orders { requests.append(try OrderWire.request("/readyz/orders", order)) }
        let together = try await carrier.performTogether(requests)
        var states: [OrderState] = []
        let spread = DurationText.short(together.spread)
        var lines = ["POST /readyz/orders over \(orders.count) connections, released within \(spread)"]
        for (index, reply) in together.replies.enumerated() {
            let admitted = try Self.admit(reply, to: requests[index], [200])
            let state = try Self.state(of: orders[index], from: admitted, to: requests[index])
            let reason = state.reasonCode.map { " \($0.prefix(64))" } ?? ""
            lines.append(
                "\(orders[index].clientOrderID): \(reply.status) \(state.status.rawValue)\(reason), "
                    + "order \(state.orderID.prefix(64)), after \(DurationText.short(reply.elapsed))")
            states.append(state)
        }
        let transcript = carrier.redactor.redacted(lines.joined(separator: "\n"))
        return Answer(states, transcript: transcript, elapsed: together.elapsed)
    }
}
