package import Readiness

extension PostgreSQLConnection {
    /// Rows are counted up to here: enough to tell a large table, and bounded.
    private static let countCap = 1_000_000

    /// How the database would run a query with these parameters, asked anew each time. See `ServerPlan` for what counts
    /// as a scan. Nothing is run but counts, of rows of the tables that would be read whole.
    package func plan(of query: CriticalQuery) async throws(ProbeError) -> Answer<QueryPlan> {
        guard Self.isQuery(query.sql) else {
            throw ProbeError(.nonsense, at: .ledger, "the critical query \(query.name) is not a SELECT")
        }
        return try await perform("planning \(query.name)") { reader throws(ProbeError) in
            let json = try reader.rows("EXPLAIN (VERBOSE, FORMAT JSON) " + query.sql, query.parameters) {
                row throws(ProbeError) in try row.text(0)
            }
            let plan = try ServerPlan(json: json.joined(separator: "\n"))
            var scans: [QueryPlan.Scan] = []
            for reading in plan.readings {
                let place = CatalogueReader.quoted(reading.schema, reading.table)
                // Counted, because the statistics of a table that was filled a moment ago know nothing of it.
                let sql = "SELECT count(*) FROM (SELECT 1 FROM \(place) LIMIT \(Self.countCap)) s"
                let rows = try reader.one(sql) { row throws(ProbeError) in try row.number(0) }
                scans.append(QueryPlan.Scan(table: reading.table, rows: rows, step: reading.step))
            }
            var text = Self.text(of: query) + "\n" + plan.steps.joined(separator: "\n")
            for scan in scans { text += "\nreads all of \(scan.table): \(scan.rows) rows (\(scan.step))" }
            return reader.answer(QueryPlan(steps: plan.steps, scans: scans), text)
        }
    }
}
