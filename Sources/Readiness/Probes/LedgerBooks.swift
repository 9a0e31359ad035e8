/// How a ledger's books are read: statements of the target, each with columns in a given order.
///
/// Amounts are whole numbers of a fixed step: an `INTEGER` column of scale 2 holds hundredths. Text of decimal digits is
/// taken as it is, where all of a column is such text. A value of another type, or a column of both, is wrong with the
/// books and not with the reading of them.
package struct LedgerBooks: Sendable, Codable, Equatable {
    /// `account, symbol, side (buy or sell), quantity, price, fee, client_order_id, order_id` of every fill.
    package var fills: String
    /// The first seven of these columns, of the fills of one client order id, the only parameter.
    package var fillsOfOrder: String
    /// `account, symbol, quantity` of every position.
    package var positions: String
    /// `order_id, account, symbol, side, status, quantity, filled_quantity` of every order; nil where the target does
    /// not say.
    ///
    /// The status is `working`, `filled`, `cancelled`, `rejected` or `denied`; an order that is filled in part works.
    package var orders: String?
    /// `account, opening, balance` of every account's cash; nil where the target does not say.
    ///
    /// `opening` is what it began with and whatever was paid in, less what was paid out, since then: all that no fill
    /// explains. `balance` is what it holds. Both in the money of prices and fees.
    package var cash: String?
    /// The target's own statement of orders that contradict their fills, `order_id, quantity, filled_quantity,
    /// filled_by_fills`: for a person. No check believes it: what is not in its rows is still looked for.
    package var contradictions: String
    /// Digits after the point in quantities.
    package var quantityScale: Int
    /// Digits after the point in prices.
    package var priceScale: Int
    /// Digits after the point in money.
    package var moneyScale: Int

    /// Describes how the books are read.
    package init(
        fills: String, fillsOfOrder: String, positions: String, orders: String? = nil, cash: String? = nil,
        contradictions: String, quantityScale: Int, priceScale: Int, moneyScale: Int
    ) {
        self.fills = fills
        self.fillsOfOrder = fillsOfOrder
        self.positions = positions
        self.orders = orders
        self.cash = cash
        self.contradictions = contradictions
        self.quantityScale = quantityScale
        self.priceScale = priceScale
        self.moneyScale = moneyScale
    }
}

/// A value of a row.
package enum LedgerValue: Sendable, Codable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// What no book holds, in words: a blob, a text of more than 64 KiB, or one that is not UTF-8.
    case unreadable(String)
}
