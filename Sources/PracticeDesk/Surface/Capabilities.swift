/// What an instance says that it offers.
enum Capabilities {
    /// What every instance answers of itself.
    private static let ofEvery = ["discovery", "identity", "identity.proof", "risk.limits", "logs", "process"]

    /// What only the primary does: trade, and use the ledger.
    private static let ofPrimary = [
        "risk.evaluate", "risk.size", "risk.correlation", "order.submit", "order.replace", "order.cancel", "order.list",
        "orders.stream", "positions", "marketdata", "marketdata.inject", "killswitch", "stops", "components", "pool",
    ]

    static func of(_ role: DeskRole, canRestart: Bool) -> [String] {
        ofEvery + (canRestart ? ["control"] : []) + (role == .primary ? ofPrimary : [])
    }
}
