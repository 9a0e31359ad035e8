/// One change of the books, on its way to the ledger.
enum LedgerEntry: Sendable {
    /// An order as it is now; the first time inserts it.
    case order(Order, atMicroseconds: Int64)
    /// A fill, with what it does to its order, position and cash.
    case fill(Order, PaperVenue.Fill, atMicroseconds: Int64)
}
