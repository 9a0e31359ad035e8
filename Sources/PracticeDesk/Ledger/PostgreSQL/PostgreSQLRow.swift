import CLibpq

/// One row of an answer, as long as it is looked at.
struct PostgreSQLRow {
    let result: OpaquePointer
    let row: CInt

    /// What stands in a column, by its type: whole numbers, binary floating point, and all else as its text.
    func cell(_ column: CInt) -> LedgerCell {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let text = String(cString: start)
        // The numbers of built-in types are fixed (pg_type.dat).
        switch PQftype(result, column) {
        case 20, 21, 23: return Int64(text).map(LedgerCell.integer) ?? .text(text)
        case 700, 701: return Double(text).map(LedgerCell.real) ?? .text(text)
        case 17: return .bytes(Int(PQgetlength(result, row, column)))
        default: return .text(text)
        }
    }
}
