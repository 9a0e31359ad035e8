import GRDB
import GRDBSQLite
import Readiness

/// Takes the row that a statement stands on, value by value as it is stored.
///
/// Past GRDB's rows: those repair text that is not UTF-8 and end it at a NUL, so that two different names of a hostile
/// ledger could become one, and allocate for each value of each of 200,000 rows. What no book holds is handed on as such:
/// whoever folds the rows knows whether a number had to be there, and a blob in its place must not end the reading.
struct RowReader {
    /// The most bytes that a text may have: 64 KiB.
    static let textCap = 64 << 10

    /// The values of the row; the array is used again for the next one.
    private(set) var values: [LedgerValue]
    private let statement: Statement

    init(_ statement: Statement, columns: Int) {
        self.statement = statement
        values = Array(repeating: .null, count: columns)
    }

    /// Takes the row that the statement stands on now.
    ///
    /// - Throws: `ProbeError` of our side where there is no memory for a value.
    mutating func read() throws(ProbeError) {
        let row = statement.sqliteStatement
        for index in values.indices {
            let column = CInt(truncatingIfNeeded: index)
            switch sqlite3_column_type(row, column) {
            case SQLITE_INTEGER: values[index] = .integer(sqlite3_column_int64(row, column))
            case SQLITE_FLOAT: values[index] = .real(sqlite3_column_double(row, column))
            case SQLITE_TEXT: values[index] = try text(row, column)
            case SQLITE_NULL: values[index] = .null
            default: values[index] = .unreadable("a blob")
            }
        }
    }

    private func text(_ row: OpaquePointer, _ column: CInt) throws(ProbeError) -> LedgerValue {
        // In this order: the bytes are counted of the form that was asked for last.
        let start = sqlite3_column_text(row, column)
        let count = Int(sqlite3_column_bytes(row, column))
        guard let start else { throw ProbeError(ourSide: "reading a text of the ledger: out of memory") }
        guard count <= Self.textCap else { return .unreadable("a text of \(count) bytes") }
        guard let text = String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) else {
            return .unreadable("a text that is not UTF-8")
        }
        return .text(text)
    }
}
