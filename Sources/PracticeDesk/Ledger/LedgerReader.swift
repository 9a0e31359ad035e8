/// Reads rows of a ledger within one look at it.
protocol LedgerReader {
    /// Reads rows one by one.
    ///
    /// - Parameters:
    ///   - columns: what is read of each row, in any order.
    ///   - rest: what follows the table's name: `WHERE …`, `ORDER BY …`.
    /// - Throws: what the body throws, and the engine's own error for a table or column that is not there.
    func forEach(
        of table: String, _ columns: [String], _ rest: String, _ body: (LedgerRow) throws -> Void
    ) throws
}

extension LedgerReader {
    /// Every row of a table.
    func forEach(of table: String, _ columns: [String], _ body: (LedgerRow) throws -> Void) throws {
        try forEach(of: table, columns, "", body)
    }

    /// The newest applied revision; nil if none was ever applied.
    func revision() throws -> String? {
        var revision: String?
        try forEach(of: Migration.revisionTable, ["revision"], "ORDER BY revision DESC LIMIT 1") {
            revision = try $0.text("revision")
        }
        return revision
    }
}
