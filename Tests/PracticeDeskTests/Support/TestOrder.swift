import PracticeDesk

/// An order in the wire's form.
struct TestOrder: Sendable {
    var id = "hp-1"
    var account = "READY-HUNTER"
    var symbol = "SOL-USD"
    var side = "buy"
    var quantity = "1.00"
    var price = "125.00"

    var json: String {
        """
        {"client_order_id":"\(id)","account":"\(account)","symbol":"\(symbol)","side":"\(side)","type":"limit",\
        "quantity":"\(quantity)","price":"\(price)","time_in_force":"gtc"}
        """
    }
}

extension TestDesk {
    func submit(_ order: TestOrder) async throws -> JSONNode { try await post("/readyz/orders", order.json).body }

    func evaluate(_ order: TestOrder) async throws -> JSONNode {
        try await post("/readyz/risk/evaluate", order.json).body
    }

    /// The kinds of events in the drop copy of one order, in order.
    func dropCopy(_ clientOrderID: String) async throws -> [String] {
        try await get("/dropcopy?after=0&limit=2000").body["events"].items
            .filter { $0["client_order_id"].text == clientOrderID }.compactMap { $0["kind"].text }
    }
}
