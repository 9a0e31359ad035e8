package import Readiness

extension PostgreSQLConnection {
    /// Folds the rows of one `SELECT` (or `WITH … SELECT`) into a value, on the connection's own thread, as they come:
    /// never more than one row is kept.
    ///
    /// The parameters are sent as text, and stand as `$1`, `$2` in the statement. See `ServerRow.value` for what becomes
    /// of which type.
    package func fold<Value: Sendable>(
        _ statement: String, parameters: [String], columns: Int, into start: Value,
        _ fold: @escaping @Sendable (inout Value, [LedgerValue]) throws(ProbeError) -> Void
    ) async throws(ProbeError) -> Answer<Value> {
        guard Self.isQuery(statement), !SQLTokens(statement).begins(with: "VALUES") else {
            throw ProbeError(.nonsense, at: .ledger, "a statement of the books is not a SELECT")
        }
        return try await perform("running the statement") { reader throws(ProbeError) in
            func check(_ count: Int) throws(ProbeError) {
                guard count == columns else {
                    throw ProbeError(
                        .nonsense, at: .ledger,
                        "a statement of the books has \(count) columns where \(columns) belong")
                }
            }
            var value = start
            var count = 0
            var values: [LedgerValue] = Array(repeating: .null, count: columns)
            let answer = try reader.ask(statement, parameters) { row throws(ProbeError) in
                try check(row.count)
                count += 1
                for column in values.indices { values[column] = try row.value(column) }
                try fold(&value, values)
            }
            try check(answer.columns)
            let query = CriticalQuery(name: "", sql: statement, parameters: parameters)
            return Answer(
                value,
                transcript: Self.text(of: query) + "\n\(count) rows in \(DurationText.short(answer.elapsed))",
                elapsed: answer.elapsed)
        }
    }
}
