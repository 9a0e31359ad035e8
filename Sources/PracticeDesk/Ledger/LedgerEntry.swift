/// One change of the books, on its way to the ledger.
enum LedgerEntry: Sendable {
    /// An order as it is now; the first time inserts it.
    case order(Order, atMicroseconds: Int64)
    /// A fill, with what it does to its order, position and cash.
    case fill(Order, PaperVenue.Fill, atMicroseconds: Int64)
    /// What a fill does to order, position and cash, without the fill's own row: the fault `lost-fill` alone has it.
    case fillWithoutRow(Order, PaperVenue.Fill, atMicroseconds: Int64)
    /// The fill's own row and nothing else: what that fault has kept back, when it is cleared.
    case fillRow(Order, PaperVenue.Fill, atMicroseconds: Int64)
}
