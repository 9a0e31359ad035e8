import FoundationEssentials
package import Readiness

extension HTTPSurface: OrderProbe {
    private struct StateWire: Decodable {
        var order_id: String
        var client_order_id: String?
        var status: OrderState.Status
        var reason_code: String?
    }

    private struct ListWire: Decodable {
        struct Order: Decodable {
            var order_id: String
            var client_order_id: String
            var account: String
            var symbol: String
            var status: String
        }

        var orders: [Order]
    }

    private struct DropCopyWire: Decodable {
        struct Event: Decodable {
            var seq: Int64
            var kind: DropCopy.Event.Kind
            var client_order_id: String
            var account: String?
            var symbol: String?
            var side: OrderRequest.Side?
            var quantity: DecimalValue?
            var price: DecimalValue?
            var fee: DecimalValue?
            var at: UTCInstant?

            /// What is said has to be possible; what is not said stays nil.
            var complaint: String? {
                if account?.isEmpty == true || symbol?.isEmpty == true { return "an empty account or symbol" }
                // What has been filled has been paid for; other messages may speak of nothing.
                let least = [quantity, price].compactMap { $0?.decimal }.min()
                if let least, least < 0 || (kind == .fill && least == 0) { return "an impossible quantity or price" }
                return fee != nil && kind != .fill ? "a fee of what is no fill" : nil
            }
        }

        var events: [Event]
        var last: Int64
    }

    /// What an answer about an order that the target does not know has for a reason.
    package static let unknownOrder = "unknown_order"
    /// How many events of the drop copy are asked for at once; that many fit well below the cap of a body.
    package static let dropCopyPage = 1000

    /// `POST /readyz/orders`. An answer about another client order id than ours is nonsense.
    package func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState> {
        let request = try OrderWire.request("/readyz/orders", order)
        let reply = try await ask(request)
        return Self.answer(try Self.state(of: order, from: reply, to: request), from: reply)
    }

    /// What an answer to the submission of an order says has become of it.
    static func state(
        of order: OrderRequest, from reply: HTTPExchange.Reply, to request: HTTPExchange.Request
    ) throws(ProbeError) -> OrderState {
        let wire = try decode(StateWire.self, from: reply, to: request)
        try check(wire.client_order_id == order.clientOrderID, request, "it is of another order")
        try check(!wire.order_id.isEmpty, request, "order_id is empty")
        return OrderState(orderID: wire.order_id, status: wire.status, reasonCode: wire.reason_code)
    }

    /// `POST /readyz/orders/ID/cancel`. An id that the target does not know comes back as rejected with the reason
    /// `unknown_order`: nothing works under it, and nothing was taken back.
    package func cancel(orderID: String) async throws(ProbeError) -> Answer<OrderState> {
        // What has been taken back is not taken back twice, and the answer is the same.
        let path = "/readyz/orders/\(Self.escaped(orderID))/cancel"
        let request = named(HTTPExchange.Request("POST", path, isIdempotent: true))
        let reply = try await ask(request, answering: [200, 404])
        if reply.status == 404 {
            // A path that is not offered is 404 as well: only the code tells the two apart.
            guard SurfaceRefusal(reply.body)?.code == Self.unknownOrder else {
                throw ProbeError(.notOffered, at: .surface, "POST /readyz/orders/…/cancel answered 404")
            }
            return Answer(
                OrderState(orderID: orderID, status: .rejected, reasonCode: Self.unknownOrder),
                transcript: reply.transcript, elapsed: reply.elapsed)
        }
        let wire = try Self.decode(StateWire.self, from: reply, to: request)
        guard wire.order_id == orderID else { throw Self.nonsense(request, "it is of another order") }
        return Answer(
            OrderState(orderID: wire.order_id, status: wire.status, reasonCode: wire.reason_code),
            transcript: reply.transcript, elapsed: reply.elapsed)
    }

    /// `GET /readyz/orders?account=A&status=working`. An order of another account or in another state is nonsense.
    package func working(account: String) async throws(ProbeError) -> Answer<[WorkingOrder]> {
        let request = named(
            HTTPExchange.Request("GET", "/readyz/orders?account=\(Self.escaped(account))&status=working"))
        let reply = try await ask(request)
        let wire = try Self.decode(ListWire.self, from: reply, to: request)
        guard wire.orders.allSatisfy({ $0.account == account && $0.status == "working" }) else {
            throw Self.nonsense(request, "an order that was not asked for")
        }
        let orders = wire.orders.map {
            WorkingOrder(orderID: $0.order_id, clientOrderID: $0.client_order_id, symbol: $0.symbol)
        }
        return Answer(orders, transcript: reply.transcript, elapsed: reply.elapsed)
    }

    /// `GET /dropcopy?after=SEQ&limit=1000`: one page. Whoever wants all asks again, after the last event that came,
    /// until that is `last`. Numbers that do not follow on, so that something may be missing, are nonsense.
    package func dropCopy(after sequence: Int64?) async throws(ProbeError) -> Answer<DropCopy> {
        let path = sequence.map { "/dropcopy?after=\(max(0, $0))&limit=\(Self.dropCopyPage)" } ?? "/dropcopy?after=-1"
        let request = named(HTTPExchange.Request("GET", path))
        let reply = try await ask(request)
        let wire = try Self.decode(DropCopyWire.self, from: reply, to: request)
        guard wire.last >= 0 else { throw Self.nonsense(request, "last is below zero") }
        try Self.check(wire.events.count <= Self.dropCopyPage, request, "more messages than were asked for")
        if let complaint = wire.events.lazy.compactMap(\.complaint).first { throw Self.nonsense(request, complaint) }
        if let sequence {
            var expected = max(0, sequence)
            for event in wire.events {
                let (next, overflow) = expected.addingReportingOverflow(1)
                guard !overflow, event.seq == next else {
                    throw Self.nonsense(request, "message \(event.seq) where \(next) was expected")
                }
                expected = next
            }
            // Without an event the asker has come to the end, or would ask for ever.
            guard expected <= wire.last || wire.events.isEmpty, !wire.events.isEmpty || wire.last <= expected else {
                throw Self.nonsense(request, "\(wire.events.count) messages to \(expected), and last is \(wire.last)")
            }
        } else {
            guard wire.events.isEmpty else { throw Self.nonsense(request, "messages that were not asked for") }
        }
        let events = wire.events.map {
            DropCopy.Event(
                sequence: $0.seq, kind: $0.kind, clientOrderID: $0.client_order_id, account: $0.account,
                symbol: $0.symbol, side: $0.side, quantity: $0.quantity, price: $0.price, fee: $0.fee, at: $0.at)
        }
        return Answer(
            DropCopy(events: events, last: wire.last), transcript: reply.transcript, elapsed: reply.elapsed)
    }
}
