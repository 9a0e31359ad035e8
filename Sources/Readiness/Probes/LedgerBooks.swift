/// How a ledger's books are read: statements of the target, each with columns in a given order.
///
/// Amounts are whole numbers of a fixed step: an `INTEGER` column of scale 2 holds hundredths. Text of decimal digits is
/// taken as it is. A floating-point value in one of these columns is an answer that makes no sense.
package struct LedgerBooks: Sendable, Codable, Equatable {
    /// `account, symbol, side (buy or sell), quantity, price, fee, client_order_id` of every fill.
    package var fills: String
    /// The same columns, of the fills of one client order id, the only parameter.
    package var fillsOfOrder: String
    /// `account, symbol, quantity` of every position.
    package var positions: String
    /// `order_id, quantity, filled_quantity, filled_by_fills` of every order that has filled more than it asked for, or
    /// whose own filled quantity differs from the sum of its fills.
    package var contradictions: String
    /// Digits after the point in quantities.
    package var quantityScale: Int
    /// Digits after the point in prices.
    package var priceScale: Int
    /// Digits after the point in money.
    package var moneyScale: Int

    /// Describes how the books are read.
    package init(
        fills: String, fillsOfOrder: String, positions: String, contradictions: String, quantityScale: Int,
        priceScale: Int, moneyScale: Int
    ) {
        self.fills = fills
        self.fillsOfOrder = fillsOfOrder
        self.positions = positions
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
}
