import GRDB
import Readiness

/// Reads how SQLite would run a query, and how large the tables are that it would read whole.
struct PlanReader {
    /// Rows are counted up to here: enough to tell a large table, and bounded.
    static let countCap = 1_000_000

    let database: Database
    let checkpoint: () throws(ProbeError) -> Void

    /// Asks anew each time: a plan is of the schema as it is now.
    func plan(of query: CriticalQuery) throws -> QueryPlan {
        let tokens = SQLTokens(query.sql)
        // Explaining runs nothing, so SQLite does not look whether the schema that it remembers is still the one in the
        // file; reading does. Without this an open connection would plan with an index that has been dropped.
        _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
        let hasLimit = tokens.contains(keyword: "LIMIT")
        let steps = try Row.fetchAll(
            database, sql: "EXPLAIN QUERY PLAN " + query.sql, arguments: StatementArguments(query.parameters)
        ).map { row in
            guard let text = String.fromDatabaseValue(row["detail"]) else {
                throw ProbeError(.nonsense, at: .ledger, "a step of the query plan is not text")
            }
            return PlanStep(text, queryHasLimit: hasLimit)
        }
        let readers = steps.filter { $0.reads != nil }
        guard !readers.isEmpty else { return QueryPlan(steps: steps.map(\.text), scans: []) }

        let tables = try names(ofType: "table")
        var aliases = TableAliases(tokens)
        let views = try views(in: tokens)
        for view in views.values { aliases.add(SQLTokens(view)) }

        var scans: [QueryPlan.Scan] = []
        for step in readers {
            guard let name = step.reads else { continue }
            // A Bloom filter comes with another step on the same table, and says no more than that.
            if step.isBloomFilter, readers.contains(where: { $0.reads == name && !$0.isBloomFilter }) { continue }
            let candidates = (aliases.tables[name.lowercased()] ?? [name.lowercased()]).compactMap { tables[$0] }
            if candidates.isEmpty {
                // Not a table: a subquery or a common table expression, whose own steps stand in the plan.
                let meant = aliases.tables[name.lowercased()] ?? [name.lowercased()]
                let isDerived = !meant.isDisjoint(with: aliases.derived) || !meant.isDisjoint(with: views.keys)
                if isDerived || aliases.derived.contains(name.lowercased()) { continue }
                if Self.isInternal(name) { continue }
                throw ProbeError(ourSide: "cannot tell which table the step \"\(step.text)\" reads")
            }
            // Where an alias has several meanings, the largest: a scan that is not seen is worse than one seen as
            // larger.
            let counted = try candidates.map { ($0, try rows(of: $0)) }.max { $0.1 < $1.1 }
            if let (table, rows) = counted {
                scans.append(QueryPlan.Scan(table: table, rows: rows, step: step.text))
            }
        }
        return QueryPlan(steps: steps.map(\.text), scans: scans)
    }

    /// Tables (or views) by name in lower case, spelled as they are.
    private func names(ofType type: String) throws -> [String: String] {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type = ?", arguments: [type])
        return Dictionary(names.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
            .merging(["sqlite_master": "sqlite_master", "sqlite_schema": "sqlite_master"]) { first, _ in first }
    }

    /// The texts of the views that a query names, and those that these name.
    private func views(in tokens: SQLTokens) throws -> [String: String] {
        let rows = try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'view'")
        let known = Dictionary(
            rows.map { row in ((row["name"] as String? ?? "").lowercased(), row["sql"] as String? ?? "") },
            uniquingKeysWith: { first, _ in first })
        var found: [String: String] = [:]
        var waiting = [tokens]
        while let next = waiting.popLast() {
            for token in next.tokens {
                guard let name = Self.name(token)?.lowercased(), let sql = known[name], found[name] == nil else {
                    continue
                }
                found[name] = sql
                waiting.append(SQLTokens(sql))
            }
        }
        return found
    }

    private func rows(of table: String) throws -> Int {
        try checkpoint()
        let sql = "SELECT count(*) FROM (SELECT 1 FROM \(SQLTokens.quoted(table)) LIMIT \(Self.countCap))"
        return try Int.fetchOne(database, sql: sql) ?? 0
    }

    private static func name(_ token: SQLTokens.Token) -> String? {
        switch token {
        case .word(let name), .quoted(let name): name
        case .mark: nil
        }
    }

    /// Table-valued functions and the like that are computed, not stored.
    private static func isInternal(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower.hasPrefix("pragma_") || lower.hasPrefix("json_")
    }
}
