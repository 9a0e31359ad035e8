import GRDB
package import Readiness

extension SQLiteConnection {
    /// Folds the rows of one `SELECT` (or `WITH … SELECT`) into a value, on the connection's own thread.
    ///
    /// The parameters are bound as text. Another number of columns is nonsense; a value that is a blob, text of more than
    /// 64 KiB, or text that is not UTF-8 is handed on as unreadable. `elapsed` is around binding, stepping and folding.
    ///
    /// - Parameter fold: may be begun again from `start`, when somebody begins to write a ledger that was taken to be
    ///   at rest. The row that it gets is used again for the next one: keeping it costs a copy.
    package func fold<Value: Sendable>(
        _ statement: String, parameters: [String], columns: Int, into start: Value,
        _ fold: @escaping @Sendable (inout Value, [LedgerValue]) throws(ProbeError) -> Void
    ) async throws(ProbeError) -> Answer<Value> {
        let tokens = SQLTokens(statement)
        // SQLite would read up to the NUL.
        guard statement.utf8.count <= 65_536, !statement.utf8.contains(0), tokens.isQuery,
            !tokens.begins(with: "VALUES")
        else {
            throw ProbeError(.nonsense, at: .ledger, "a statement of the books is not a SELECT")
        }
        return try await perform("running the statement") { database, _, job in
            // Prepared anew: a schema that has changed since makes another plan, or none. GRDB refuses a text of two.
            let prepared = try database.makeStatement(sql: statement)
            guard prepared.isReadonly else {
                throw ProbeError(.nonsense, at: .ledger, "a statement of the books writes")
            }
            guard prepared.columnCount == columns else {
                throw ProbeError(
                    .nonsense, at: .ledger,
                    "a statement of the books has \(prepared.columnCount) columns where \(columns) belong")
            }
            var value = start
            var count = 0
            let started = ContinuousClock.now
            let rows = try Row.fetchCursor(prepared, arguments: StatementArguments(parameters))
            var row = RowReader(prepared, columns: columns)
            while try rows.next() != nil {
                count += 1
                if count & 0xFF == 0 { try job.checkpoint() }
                try row.read()
                try fold(&value, row.values)
            }
            let elapsed = ContinuousClock.now - started
            let query = CriticalQuery(name: "", sql: statement, parameters: parameters)
            let text = Self.text(of: query) + "\n\(count) rows in \(DurationText.short(elapsed))"
            return Answer(value, transcript: text, elapsed: elapsed)
        }
    }
}
