/// What the gateway answers to a submit or a replace; kept, so that the same client order id gets the same answer
/// again.
struct OrderReceipt: Sendable {
    let orderID: String
    let clientOrderID: String
    /// `accepted`, `filled`, `denied` or `rejected`.
    let status: String
    let reason: ReasonCode?
    let filled: Quantity
    let stamps: StageStamps

    var answer: JSONValue {
        [
            "order_id": .text(orderID), "client_order_id": .text(clientOrderID), "status": .text(status),
            "reason_code": .optional(reason?.rawValue), "filled_quantity": .text(filled.text),
            "stamps": [
                "received_ns": .text(String(stamps.received)), "risk_ns": .text(String(stamps.risk)),
                "sent_ns": .optional(stamps.sent.map(String.init)),
                "acknowledged_ns": .optional(stamps.acknowledged.map(String.init)),
            ],
        ]
    }
}

/// When an order passed each stage, on the desk's monotonic clock.
struct StageStamps: Sendable {
    var received: Int64
    var risk: Int64
    /// nil when it was never sent.
    var sent: Int64?
    var acknowledged: Int64?
}
