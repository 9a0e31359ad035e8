import GRDB
package import Readiness

extension SQLiteConnection {
    /// Tables, columns, indexes and references as SQLite's catalogue has them, with every table read once from end to
    /// end to count its rows, its floating-point values and the texts that are wanted.
    ///
    /// Virtual tables are left out: what they show is kept in ordinary tables, which are here.
    package func schema(
        textsOf wanted: @escaping @Sendable (String) -> Bool
    ) async throws(ProbeError) -> Answer<LedgerSchema> {
        try await perform("reading the schema") { database, way, job in
            let started = ContinuousClock.now
            let reader = SchemaReader(
                database: database, wanted: wanted, checkpoint: { () throws(ProbeError) in try job.checkpoint() })
            let schema = LedgerSchema(tables: try reader.tables())
            let text = "opened \(way)\n" + schema.tables.map(Self.text).joined(separator: "\n")
            return Answer(schema, transcript: Self.capped(text), elapsed: ContinuousClock.now - started)
        }
    }

    /// What the tables are made of, as SQLite's catalogue has it. A file has one schema, whatever lies beside what.
    package func shape(beside revisionTable: String) async throws(ProbeError) -> Answer<SchemaShape> {
        try await perform("reading what the tables are made of") { database, way, job in
            let started = ContinuousClock.now
            let reader = ShapeReader(database: database, checkpoint: { () throws(ProbeError) in try job.checkpoint() })
            let shape = SchemaShape(parts: try reader.parts())
            let text = "opened \(way)\n\(shape.parts.count) parts of a schema"
            return Answer(shape, transcript: text, elapsed: ContinuousClock.now - started)
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
            let collations = index.collations?.filter { $0.uppercased() != "BINARY" } ?? []
            if !collations.isEmpty { text += " collated \(collations.joined(separator: ", "))" }
        }
        for key in table.foreignKeys { text += "; (\(key.columns.joined(separator: ", "))) → \(key.parent)" }
        return text
    }
}

/// Reads the catalogue of an open database.
struct SchemaReader {
    /// Columns that are counted in one go: SQLite's own limit for a result is 2000, and each column has four counts.
    private static let columnsAtOnce = 400

    let database: Database
    /// Whether the texts of a column are looked into.
    let wanted: (String) -> Bool
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
        let (count, kinds) = try contents(of: name, columns.map(\.name))
        let catalogue = SQLiteCatalogue(database: database)
        return LedgerSchema.Table(
            name: name, rows: count,
            columns: try zip(columns, kinds).map { column, kinds in
                LedgerSchema.Column(
                    name: column.name, declaredType: column.type, floatValues: kinds.floats, texts: kinds.texts,
                    collation: try catalogue.collation(of: column.name, in: name))
            },
            primaryKey: columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name),
            primaryKeyCollations: try primaryKeyCollations(of: name),
            indexes: try indexes(of: name), foreignKeys: try foreignKeys(of: name))
    }

    /// The values of a column that are not plain numbers.
    private struct Kinds {
        var floats: Int
        var texts: LedgerSchema.Texts?
    }

    /// How many rows there are, and of what kind each column's values are. `typeof` looks at a value's header only; a
    /// text is read, but only its beginning where that is no number's.
    private func contents(of table: String, _ columns: [String]) throws -> (rows: Int, kinds: [Kinds]) {
        var rows = 0
        var kinds: [Kinds] = []
        var rest = columns[...]
        repeat {
            let some = rest.prefix(Self.columnsAtOnce)
            rest = rest.dropFirst(some.count)
            let counts = some.map { Self.counts(of: SQLTokens.quoted($0), withTexts: wanted($0)) }
            let sql = "SELECT count(*)\(counts.joined()) FROM \(SQLTokens.quoted(table))"
            guard let row = try Row.fetchOne(database, sql: sql) else {
                throw ProbeError(.nonsense, at: .ledger, "a count of the table \(table) has no row")
            }
            rows = try number(row, 0)
            var first = 1
            for column in some {
                guard wanted(column) else {
                    kinds.append(Kinds(floats: try number(row, first), texts: nil))
                    first += 1
                    continue
                }
                let (texts, like) = (try number(row, first + 1), try number(row, first + 2))
                let decimals = try number(row, first + 3)
                kinds.append(
                    Kinds(
                        floats: try number(row, first),
                        texts: .init(decimals: decimals, oddNumbers: like - decimals, others: texts - like)))
                first += 4
            }
        } while !rest.isEmpty
        return (rows, kinds)
    }

    /// Counts of a column: floating-point values, texts, texts that begin as a number does, and plain decimals of them.
    ///
    /// A beginning is a digit, after blanks, signs, a point, a bracket or a currency's sign in any number. A NUL would
    /// hide what follows it from GLOB, but not from the length in bytes.
    private static func counts(of column: String, withTexts: Bool) -> String {
        let isReal = "typeof(\(column)) = 'real'"
        guard withTexts else { return ", count(*) FILTER (WHERE \(isReal))" }
        let isText = "typeof(\(column)) = 'text'"
        let isLike = "ltrim(\(column), ' +-.,($€£¥') GLOB '[0-9]*'"
        let unsigned = "iif(substr(\(column), 1, 1) IN ('+', '-'), substr(\(column), 2), \(column))"
        let isDecimal = """
            \(column) NOT GLOB '*[^0-9.+-]*' AND \(unsigned) GLOB '[0-9]*' AND \(unsigned) NOT GLOB '*[^0-9.]*' AND \
            \(column) NOT GLOB '*.*.*' AND \(column) NOT GLOB '*.' \
            AND length(CAST(\(column) AS BLOB)) = length(\(column))
            """
        return [
            isReal, isText, "\(isText) AND \(isLike)", "\(isText) AND \(isLike) AND \(isDecimal)",
        ].map { ", count(*) FILTER (WHERE \($0))" }.joined()
    }

    private func primaryKeyCollations(of table: String) throws -> [String]? {
        let name = try String.fetchOne(
            database, sql: "SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'", arguments: [table])
        return try name.map { try SQLiteCatalogue(database: database).collations(ofIndex: $0) }
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
                isPartial: try number(row, 2) != 0,
                collations: try SQLiteCatalogue(database: database).collations(ofIndex: name))
        }
    }

    private func foreignKeys(of table: String) throws -> [LedgerSchema.ForeignKey] {
        // SQLite numbers them from the last one declared.
        let rows = try Row.fetchAll(
            database,
            sql: #"SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq"#,
            arguments: [table])
        let catalogue = SQLiteCatalogue(database: database)
        var keys: [LedgerSchema.ForeignKey] = []
        // The parent's columns; nil for one that refers to the parent's primary key without naming it.
        var named: [[String?]] = []
        var last: Int?
        for row in rows {
            let id = try number(row, 0)
            if id != last {
                keys.append(LedgerSchema.ForeignKey(columns: [], parent: try text(row, 1)))
                named.append([])
            }
            keys[keys.count - 1].columns.append(try text(row, 2))
            named[named.count - 1].append(String.fromDatabaseValue(row[3]))
            last = id
        }
        for place in keys.indices {
            keys[place].parentCollations = try catalogue.parentCollations(of: keys[place], named: named[place])
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
