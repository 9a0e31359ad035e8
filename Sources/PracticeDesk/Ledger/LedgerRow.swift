/// One row of a table of the ledger, read strictly: a value of another type or beyond its range is an error that names
/// table, column and row id, and what stands there.
///
/// The only way in which the desk reads rows: GRDB's own `row["x"] as Int64` ends the process where a text stands.
struct LedgerRow {
    /// The ledger's file or server, for messages.
    let place: String
    let table: String
    /// What tells the row from others, for messages; nil where nothing short does.
    let id: Int64?
    /// What stands in a column, whatever it is: converts nothing and cannot fail.
    let cell: (_ column: String) -> LedgerCell

    /// A whole number within a range; neither a text that looks like one nor a floating-point number is.
    func integer(_ column: String, _ accepted: ClosedRange<Int64>) throws(HomeError) -> Int64 {
        guard case .integer(let number) = cell(column), accepted.contains(number) else {
            throw refusal(column, "a whole number from \(accepted.lowerBound) to \(accepted.upperBound)")
        }
        return number
    }

    /// A text; neither null nor bytes are.
    func text(_ column: String) throws(HomeError) -> String {
        guard case .text(let text) = cell(column) else { throw refusal(column, "a text") }
        return text
    }

    /// What is wrong with a value of this row, in words that say what should stand there.
    func refusal(_ column: String, _ accepted: String) -> HomeError {
        let found =
            switch cell(column) {
            case .null: "null"
            case .integer(let number): "\(number)"
            case .real(let number): "the floating-point number \(number)"
            case .text(let text): "the text '\(text.shortened)'"
            case .bytes(let count): "\(count) bytes"
            }
        return .value(
            path: place, table: table, column: column, row: id, message: "is \(found); accepted is \(accepted)")
    }
}
