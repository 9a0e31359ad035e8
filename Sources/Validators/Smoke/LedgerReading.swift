package import Readiness

/// What the ledger had of one order and of one account's cash, at one look of `smoke.flow.books`.
package struct LedgerReading: Codable, Sendable, Equatable {
    /// The rows of the order's fills; none before the first order.
    package var rows: [BookedFill]
    /// The balance of the account's cash; nil where no row, or none that is a number, says so.
    package var cash: DecimalValue?
    /// What in these rows cannot be what it has to be, in words: a text where a number belongs, a second row of cash.
    package var malformed: [String]
}
