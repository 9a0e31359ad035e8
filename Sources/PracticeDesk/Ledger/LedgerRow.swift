import GRDB

/// One row of a table of the ledger, read strictly: a value of another type or beyond its range is an error that names
/// table, column and row id, and what stands there.
///
/// The only way in which the desk reads rows: GRDB's own `row["x"] as Int64` ends the process where a text stands.
struct LedgerRow {
    private let row: Row
    private let path: String
    private let table: String

    /// Reads rows one by one.
    ///
    /// - Parameters:
    ///   - path: the ledger's file, for messages.
    ///   - columns: what is read of each row, in any order.
    ///   - rest: what follows the table's name: `WHERE …`, `ORDER BY …`.
    /// - Throws: `HomeError.value` from the body, SQLite's own error for a table or column that is not there.
    static func forEach(
        of table: String, _ columns: [String], _ rest: String = "", in database: Database, path: String,
        _ body: (LedgerRow) throws -> Void
    ) throws {
        let names = (["rowid AS \(rowID)"] + columns).joined(separator: ", ")
        let rows = try Row.fetchCursor(database, sql: "SELECT \(names) FROM \(table) \(rest)")
        while let row = try rows.next() { try body(LedgerRow(row: row, path: path, table: table)) }
    }

    /// A whole number within a range; neither a text that looks like one nor a floating-point number is.
    func integer(_ column: String, _ accepted: ClosedRange<Int64>) throws(HomeError) -> Int64 {
        guard case .int64(let number) = storage(column), accepted.contains(number) else {
            throw refusal(column, "a whole number from \(accepted.lowerBound) to \(accepted.upperBound)")
        }
        return number
    }

    /// A text; neither null nor bytes are.
    func text(_ column: String) throws(HomeError) -> String {
        guard case .string(let text) = storage(column) else { throw refusal(column, "a text") }
        return text
    }

    /// What is wrong with a value of this row, in words that say what should stand there.
    func refusal(_ column: String, _ accepted: String) -> HomeError {
        let found =
            switch storage(column) {
            case .null: "null"
            case .int64(let number): "\(number)"
            case .double(let number): "the floating-point number \(number)"
            case .string(let text): "the text '\(text.shortened)'"
            case .blob(let bytes): "\(bytes.count) bytes"
            }
        var id: Int64?
        if case .int64(let number) = storage(Self.rowID) { id = number }
        return .value(
            path: path, table: table, column: column, row: id, message: "is \(found); accepted is \(accepted)")
    }

    /// What stands there, whatever it is: the one access of a row that converts nothing and cannot fail.
    private func storage(_ column: String) -> DatabaseValue.Storage {
        (row[column] as DatabaseValue?)?.storage ?? .null
    }

    private static let rowID = "ledger_row_id"
}
