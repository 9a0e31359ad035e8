/// A value as it goes to a ledger or comes from one.
enum LedgerCell: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// So many bytes, which nothing in the ledger is.
    case bytes(Int)
}
