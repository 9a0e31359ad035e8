import GRDB
package import Readiness

extension SQLiteConnection {
    /// Tables, columns, indexes and references as SQLite's catalogue has them, with every table read once from end to
    /// end to count its rows and its floating-point values.
    ///
    /// Virtual tables are left out: what they show is kept in ordinary tables, which are here.
    package func schema() async throws(ProbeError) -> Answer<LedgerSchema> {
        try await perform("reading the schema") { database, way, job in
            let started = ContinuousClock.now
            let reader = SchemaReader(database: database, checkpoint: { () throws(ProbeError) in try job.checkpoint() })
            let schema = LedgerSchema(tables: try reader.tables())
            let text = "opened \(way)\n" + schema.tables.map(Self.text).joined(separator: "\n")
            return Answer(schema, transcript: Self.capped(text), elapsed: ContinuousClock.now - started)
        }
    }

    private static func text(of table: LedgerSchema.Table) -> String {
        let columns = table.columns.map { column in
            let floats = column.floatValues > 0 ? " (\(column.floatValues) floating-point values)" : ""
            return column.name + (column.declaredType.isEmpty ? "" : " \(column.declaredType)") + floats
        }
        var text = "\(table.name), \(table.rows) rows: " + columns.joined(separator: ", ")
        text += "; key " + (table.primaryKey.isEmpty ? "none" : table.primaryKey.joined(separator: ", "))
        for index in table.indexes {
            text += "; \(index.isUnique ? "unique " : "")index \(index.name) (\(index.columns.joined(separator: ", ")))"
            if index.isPartial { text += " of some rows" }
        }
        for key in table.foreignKeys { text += "; (\(key.columns.joined(separator: ", "))) → \(key.parent)" }
        return text
    }
}

/// Reads the catalogue of an open database.
struct SchemaReader {
    /// Columns that are counted in one go: SQLite's own limit for a result is 2000.
    private static let columnsAtOnce = 1000

    let database: Database
    let checkpoint: () throws(ProbeError) -> Void

    /// By name. `sqlite_…` are the engine's own; a table without a root page is virtual.
    func tables() throws -> [LedgerSchema.Table] {
        let names = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' \
                ESCAPE '\\' ORDER BY name
                """)
        return try names.map(table)
    }

    private func table(_ name: String) throws -> LedgerSchema.Table {
        try checkpoint()
        // Generated columns are columns as well (`hidden` 2 and 3).
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, type, pk FROM pragma_table_xinfo(?) ORDER BY cid", arguments: [name])
        let columns = try rows.map { row in
            (name: try text(row, 0), type: try text(row, 1), key: try number(row, 2))
        }
        let (count, floats) = try contents(of: name, columns.map(\.name))
        return LedgerSchema.Table(
            name: name, rows: count,
            columns: zip(columns, floats).map { column, floats in
                LedgerSchema.Column(name: column.name, declaredType: column.type, floatValues: floats)
            },
            primaryKey: columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name),
            indexes: try indexes(of: name), foreignKeys: try foreignKeys(of: name))
    }

    /// How many rows there are, and how many floating-point values in each column. `typeof` looks at a value's header
    /// only.
    private func contents(of table: String, _ columns: [String]) throws -> (rows: Int, floats: [Int]) {
        var rows = 0
        var floats: [Int] = []
        var rest = columns[...]
        repeat {
            let some = rest.prefix(Self.columnsAtOnce)
            rest = rest.dropFirst(some.count)
            let counts = some.map { ", count(*) FILTER (WHERE typeof(\(SQLTokens.quoted($0))) = 'real')" }
            let sql = "SELECT count(*)\(counts.joined()) FROM \(SQLTokens.quoted(table))"
            guard let row = try Row.fetchOne(database, sql: sql) else {
                throw ProbeError(.nonsense, at: .ledger, "a count of the table \(table) has no row")
            }
            rows = try number(row, 0)
            floats += try some.indices.map { try number(row, $0 - some.startIndex + 1) }
        } while !rest.isEmpty
        return (rows, floats)
    }

    private func indexes(of table: String) throws -> [LedgerSchema.Index] {
        let rows = try Row.fetchAll(
            database,
            sql: #"SELECT name, "unique", partial FROM pragma_index_list(?) WHERE origin <> 'pk' ORDER BY name"#,
            arguments: [table])
        return try rows.map { row in
            let name = try text(row, 0)
            // An expression has no name, and so has the row id, which is the alias's column where there is one.
            let columns = try Row.fetchAll(
                database, sql: "SELECT coalesce(name, '') FROM pragma_index_info(?) ORDER BY seqno", arguments: [name])
            return LedgerSchema.Index(
                name: name, columns: try columns.map { try text($0, 0) }, isUnique: try number(row, 1) != 0,
                isPartial: try number(row, 2) != 0)
        }
    }

    private func foreignKeys(of table: String) throws -> [LedgerSchema.ForeignKey] {
        // SQLite numbers them from the last one declared.
        let rows = try Row.fetchAll(
            database,
            sql: #"SELECT id, "table", "from" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq"#,
            arguments: [table])
        var keys: [LedgerSchema.ForeignKey] = []
        var last: Int?
        for row in rows {
            let id = try number(row, 0)
            if id != last { keys.append(LedgerSchema.ForeignKey(columns: [], parent: try text(row, 1))) }
            keys[keys.count - 1].columns.append(try text(row, 2))
            last = id
        }
        return keys
    }

    // The catalogue is the ledger's as well: nothing in it is taken for granted.
    private func text(_ row: Row, _ column: Int) throws -> String {
        guard let text = String.fromDatabaseValue(row[column]) else {
            throw ProbeError(.nonsense, at: .ledger, "a name in the schema is not text")
        }
        return text
    }

    private func number(_ row: Row, _ column: Int) throws -> Int {
        guard let number = Int.fromDatabaseValue(row[column]) else {
            throw ProbeError(.nonsense, at: .ledger, "a number in the schema is none")
        }
        return number
    }
}
