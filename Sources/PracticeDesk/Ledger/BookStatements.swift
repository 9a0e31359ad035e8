/// How others may read the ledger's books: statements whose columns stand in a given order, and the scale of the whole
/// numbers in them.
///
/// `Sources/Readiness/Probes/LedgerBooks.swift` is the contract.
package struct BookStatements: Codable, Hashable, Sendable {
    /// `account, symbol, side, quantity, price, fee, client_order_id, order_id` of every fill. A fill whose order is not there
    /// has an empty client order id, and is a fill all the same.
    package var fills: String
    /// The first seven of these of one order's fills; its client order id is the only parameter.
    package var fillsOfOrder: String
    /// `account, symbol, quantity` of every position, negative when short.
    package var positions: String
    /// `order_id, account, symbol, side, status, quantity, filled_quantity` of every order.
    package var orders: String
    /// `account, opening, balance` of every account's cash. The desk opens each account with the same cash and never
    /// pays in or out, so the opening is a constant.
    package var cash: String
    /// `order_id, quantity, filled_quantity, filled_by_fills` of every order that has filled more than it asked for, or
    /// whose own filled quantity is not the sum of its fills.
    package var contradictions: String
    /// Digits after the point in quantities.
    package var quantityScale: Int
    /// Digits after the point in prices.
    package var priceScale: Int
    /// Digits after the point in money.
    package var moneyScale: Int

    enum CodingKeys: String, CodingKey {
        case fills, positions, orders, cash, contradictions
        case fillsOfOrder = "fills_of_order"
        case quantityScale = "quantity_scale"
        case priceScale = "price_scale"
        case moneyScale = "money_scale"
    }

    /// The statements of the ledger's schema in an SQLite file.
    package static let shipped = of(.sqlite)

    /// The statements of the ledger's schema, in the words of an engine.
    package static func of(_ engine: LedgerEngine) -> BookStatements {
        BookStatements(
            fills: """
                SELECT f.account, f.symbol, f.side, f.quantity_lots, f.price_e4, f.fee_e6, \
                coalesce(o.client_order_id, '') AS client_order_id, f.order_id \
                FROM fills AS f LEFT JOIN orders AS o ON o.order_id = f.order_id
                """,
            fillsOfOrder: """
                SELECT f.account, f.symbol, f.side, f.quantity_lots, f.price_e4, f.fee_e6, o.client_order_id \
                FROM orders AS o JOIN fills AS f ON f.order_id = o.order_id WHERE o.client_order_id = \(engine.parameter(1))
                """,
            positions: "SELECT account, symbol, quantity_lots FROM positions",
            orders: "SELECT order_id, account, symbol, side, status, quantity_lots, filled_lots FROM orders",
            cash: "SELECT account, \(LedgerSeed.openingCash.e6) AS opening_e6, balance_e6 FROM cash",
            contradictions: """
                SELECT o.order_id, o.quantity_lots, o.filled_lots, coalesce(f.lots, 0) AS filled_by_fills \
                FROM orders AS o LEFT JOIN \
                (SELECT order_id, \(engine.whole("sum(quantity_lots)")) AS lots FROM fills GROUP BY order_id) AS f \
                ON f.order_id = o.order_id \
                WHERE o.filled_lots > o.quantity_lots OR o.filled_lots <> coalesce(f.lots, 0)
                """,
            quantityScale: 2, priceScale: 4, moneyScale: 6)
    }
}
