/// Reads rows of a ledger that a server holds.
struct PostgreSQLReader: LedgerReader {
    let client: PostgreSQLClient
    let place: String

    func forEach(
        of table: String, _ columns: [String], _ rest: String, _ body: (LedgerRow) throws -> Void
    ) throws {
        // Rows have no number of their own but in the table whose key is one.
        let id = table == "fills" ? "fill_id" : "NULL::bigint"
        let names = ([id] + columns).joined(separator: ", ")
        let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, CInt($0 + 1)) })
        try client.say("SELECT \(names) FROM \(table) \(rest)") { row in
            var number: Int64?
            if case .integer(let id) = row.cell(0) { number = id }
            try body(
                LedgerRow(place: place, table: table, id: number) { name in places[name].map(row.cell) ?? .null })
        }
    }
}
