import GRDB

/// Reads rows of an SQLite file within one access of GRDB's.
struct SQLiteReader: LedgerReader {
    let database: Database
    let path: String

    func forEach(
        of table: String, _ columns: [String], _ rest: String, _ body: (LedgerRow) throws -> Void
    ) throws {
        let names = (["rowid AS \(Self.rowID)"] + columns).joined(separator: ", ")
        let rows = try Row.fetchCursor(database, sql: "SELECT \(names) FROM \(table) \(rest)")
        while let row = try rows.next() {
            var id: Int64?
            if case .integer(let number) = Self.cell(row, Self.rowID) { id = number }
            try body(LedgerRow(place: path, table: table, id: id) { Self.cell(row, $0) })
        }
    }

    /// What stands there: the one access of a row that converts nothing and cannot fail.
    private static func cell(_ row: Row, _ column: String) -> LedgerCell {
        switch (row[column] as DatabaseValue?)?.storage ?? .null {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob(let bytes): .bytes(bytes.count)
        }
    }

    private static let rowID = "ledger_row_id"
}
