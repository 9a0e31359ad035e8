/// A statement that the desk's work hangs on, with the parameters it is measured with.
package struct CriticalQuery: Codable, Hashable, Sendable {
    /// A short name.
    package let name: String
    /// The statement; its parameters are `?1` and so on, on PostgreSQL `$1`.
    package let sql: String
    /// Text for the parameters, in order.
    package let parameters: [String]

    /// All three, in the words of an engine.
    package static func all(_ engine: LedgerEngine) -> [CriticalQuery] {
        let first = engine.parameter(1)
        return [
            CriticalQuery(name: "account-orders-with-fills", sql: ordersWithFills(engine), parameters: ["MM-1"]),
            CriticalQuery(
                name: "symbol-recent-fills",
                sql: """
                    SELECT fill_id, account, side, quantity_lots, price_e4, filled_at_us FROM fills \
                    WHERE symbol = \(first) ORDER BY filled_at_us DESC LIMIT 100
                    """,
                parameters: ["SOL-USD"]),
            CriticalQuery(
                name: "account-book",
                sql: """
                    SELECT p.symbol, p.quantity_lots, c.balance_e6 FROM positions AS p \
                    JOIN cash AS c ON c.account = p.account WHERE p.account = \(first) ORDER BY p.symbol
                    """,
                parameters: ["MM-1"]),
        ]
    }

    private static func ordersWithFills(_ engine: LedgerEngine) -> String {
        switch engine {
        case .sqlite:
            """
            SELECT o.order_id, o.symbol, o.side, o.quantity_lots, o.price_e4, o.status, \
            f.fill_id, f.quantity_lots, f.price_e4, f.fee_e6 \
            FROM orders AS o LEFT JOIN fills AS f ON f.order_id = o.order_id \
            WHERE o.account = ?1 AND o.created_at_us >= (SELECT i.created_at_us FROM orders AS i \
            WHERE i.account = ?1 ORDER BY i.created_at_us DESC LIMIT 1 OFFSET 49) \
            ORDER BY o.created_at_us DESC
            """
        case .postgresql:
            // Its planner guesses that a third of an account's orders come after a moment that it does not know yet, and
            // would read all fills for them. So it is told how many orders there are, and by OFFSET 0 that the fills are
            // to be looked up order by order.
            """
            SELECT o.order_id, o.symbol, o.side, o.quantity_lots, o.price_e4, o.status, \
            f.fill_id, f.lots, f.price, f.fee_e6 \
            FROM (SELECT * FROM orders WHERE account = $1 ORDER BY created_at_us DESC LIMIT 20) AS o \
            LEFT JOIN LATERAL (SELECT fill_id, quantity_lots AS lots, price_e4 AS price, fee_e6 FROM fills \
            WHERE order_id = o.order_id OFFSET 0) AS f ON true \
            ORDER BY o.created_at_us DESC
            """
        }
    }
}
