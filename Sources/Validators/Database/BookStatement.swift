import Readiness

/// The one statement that reads all of a ledger's books, put together from those that the target names.
///
/// A database runs a statement on one state of the data, so a desk that trades meanwhile changes no part of a look: what
/// differs in a look did differ at that moment. Several statements would have moments of their own, and a fill between
/// them would be taken for a difference, or make one invisible.
struct BookStatement: Sendable {
    /// How many columns its rows have: `book, account, symbol, side, order_id, status, quantity, first, second`.
    ///
    /// `first` and `second` are price and fee of a fill, the filled quantity of an order, opening and balance of cash.
    static let columns = 9

    /// The statement.
    let text: String

    /// Puts it together. The newline behind each part ends a comment that it may end in.
    ///
    /// - Throws: `ProbeError` of what is not offered where the target names no statement of orders, or none of cash.
    init(of books: LedgerBooks) throws(ProbeError) {
        guard let orders = books.orders else {
            throw ProbeError(.notOffered, at: .ledger, "the target does not say how its ledger's orders are read")
        }
        guard let cash = books.cash else {
            throw ProbeError(.notOffered, at: .ledger, "the target does not say how its ledger's cash is read")
        }
        text = """
            WITH o (order_id, account, symbol, side, status, quantity, filled) AS (
            \(orders.withoutSemicolon)
            ), f (account, symbol, side, quantity, price, fee, client_order_id, order_id) AS (
            \(books.fills.withoutSemicolon)
            ), p (account, symbol, quantity) AS (
            \(books.positions.withoutSemicolon)
            ), c (account, opening, balance) AS (
            \(cash.withoutSemicolon)
            )
            SELECT 'order' AS book, account, symbol, side, order_id, status, quantity, filled AS first, NULL AS second
            FROM o
            UNION ALL SELECT 'fill', account, symbol, side, order_id, NULL, quantity, price, fee FROM f
            UNION ALL SELECT 'position', account, symbol, NULL, NULL, NULL, quantity, NULL, NULL FROM p
            UNION ALL SELECT 'cash', account, NULL, NULL, NULL, NULL, NULL, opening, balance FROM c
            """
    }
}

extension String {
    fileprivate var withoutSemicolon: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
        return String(text)
    }
}
