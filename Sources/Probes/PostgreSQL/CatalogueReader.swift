import Readiness

/// Reads the catalogue of a PostgreSQL database: the tables of its people, not the server's own.
///
/// A table of the schema that names lead to first has its bare name, another `schema.name`.
struct CatalogueReader {
    /// Rows of a table that are looked at for counting floating-point values.
    static let valueCap = 100_000

    /// Every table: `oid, schema, name, shown, rows`. Rows as the server's statistics have them.
    static let tables = """
        SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, \
        CASE WHEN n.nspname = current_schema() THEN c.relname::text ELSE n.nspname || '.' || c.relname END AS shown, \
        greatest(c.reltuples, pg_catalog.pg_stat_get_live_tuples(c.oid), 0)::bigint AS rows, \
        c.reltuples::bigint AS counted, c.relkind AS kind \
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
        AND n.nspname !~ '^pg_(toast|temp)'
        """

    /// A reference with the columns of both ends.
    struct Reference {
        var child: Int64
        var columns: [String]
        var parent: Int64
        var parentName: String
        var parentColumns: [String]
        /// Rows from before it are known to keep it, too.
        var isValidated: Bool
    }

    let reader: ServerReader

    /// Everything, by name.
    ///
    /// - Parameter wanted: whether the texts of a column of that name are looked into.
    func schema(textsOf wanted: (String) -> Bool) throws(ProbeError) -> LedgerSchema {
        var columns = try columns()
        var indexes: [Int64: [LedgerSchema.Index]] = [:]
        var keys: [Int64: [String]] = [:]
        for (table, isKey, index) in try self.indexes() {
            if isKey { keys[table] = index.columns } else { indexes[table, default: []].append(index) }
        }
        var references: [Int64: [LedgerSchema.ForeignKey]] = [:]
        for reference in try self.references() {
            references[reference.child, default: []].append(
                LedgerSchema.ForeignKey(columns: reference.columns, parent: reference.parentName))
        }
        let tables = try reader.rows("SELECT oid, schema, name, shown, rows FROM (\(Self.tables)) t ORDER BY shown") {
            row throws(ProbeError) in
            (
                oid: try row.integer(0), place: Self.quoted(try row.text(1), try row.text(2)), shown: try row.text(3),
                rows: try row.number(4)
            )
        }
        var described: [LedgerSchema.Table] = []
        for table in tables {
            var own = columns.removeValue(forKey: table.oid) ?? []
            try countFloats(in: table.place, &own)
            try countTexts(in: table.place, wanted, &own)
            described.append(
                LedgerSchema.Table(
                    name: table.shown, rows: table.rows, columns: own, primaryKey: keys[table.oid] ?? [],
                    indexes: indexes[table.oid] ?? [], foreignKeys: references[table.oid] ?? []))
        }
        return LedgerSchema(tables: described, statisticsSeconds: try statisticsSeconds())
    }

    /// Since when the server has counted: the last reset, or its start, before which it may have lost its counts.
    func statisticsSeconds() throws(ProbeError) -> Int {
        try reader.one(
            """
            SELECT greatest(0, extract(epoch FROM now() - coalesce(stats_reset, pg_catalog.pg_postmaster_start_time())))\
            ::bigint FROM pg_catalog.pg_stat_database WHERE datname = current_database()
            """
        ) { row throws(ProbeError) in try row.number(0) }
    }

    /// Every reference, but those that a partition has from its table.
    func references() throws(ProbeError) -> [Reference] {
        func names(_ columns: String, _ table: String) -> String {
            """
            (SELECT json_agg(a.attname::text ORDER BY k.place) FROM unnest(f.\(columns)) WITH ORDINALITY k(number, place) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = f.\(table) AND a.attnum = k.number)
            """
        }
        let sql = """
            SELECT f.conrelid, f.confrelid, p.shown, \(names("conkey", "conrelid")), \(names("confkey", "confrelid")), \
            f.convalidated \
            FROM pg_catalog.pg_constraint f JOIN (\(Self.tables)) t ON t.oid = f.conrelid \
            JOIN (\(Self.tables)) p ON p.oid = f.confrelid \
            WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY t.shown, f.convalidated DESC, f.conname
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            Reference(
                child: try row.integer(0), columns: try row.names(3), parent: try row.integer(1),
                parentName: try row.text(2), parentColumns: try row.names(4), isValidated: try row.flag(5))
        }
    }

    /// A table's name as it is written in a statement.
    static func quoted(_ schema: String, _ name: String) -> String {
        SQLTokens.quoted(schema) + "." + SQLTokens.quoted(name)
    }

    private func columns() throws(ProbeError) -> [Int64: [LedgerSchema.Column]] {
        // The type below a domain is how values are kept.
        let sql = """
            SELECT t.oid, a.attname, pg_catalog.format_type(coalesce(nullif(y.typbasetype, 0), a.atttypid), a.atttypmod) \
            FROM (\(Self.tables)) t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 \
            AND NOT a.attisdropped JOIN pg_catalog.pg_type y ON y.oid = a.atttypid ORDER BY t.oid, a.attnum
            """
        var columns: [Int64: [LedgerSchema.Column]] = [:]
        try reader.ask(sql) { row throws(ProbeError) in
            columns[try row.integer(0), default: []].append(
                LedgerSchema.Column(name: try row.text(1), declaredType: try row.text(2), floatValues: 0))
        }
        return columns
    }

    private func indexes() throws(ProbeError) -> [(table: Int64, isKey: Bool, index: LedgerSchema.Index)] {
        // Ordinary: a B-tree in ascending order by each type's own order and each column's own collation, that carries
        // no other column along. What tells another from it is told in the server's numbers.
        let sql = """
            SELECT x.indrelid, i.relname, x.indisprimary, x.indisunique, x.indpred IS NOT NULL, \
            x.indisvalid AND x.indisready AND x.indislive, \
            (SELECT json_agg(coalesce(a.attname::text, '') ORDER BY k.place) \
            FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place) \
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0 \
            WHERE k.place <= x.indnkeyatts), \
            CASE WHEN m.amname = 'btree' AND x.indnatts = x.indnkeyatts AND NOT x.indisexclusion \
            AND pg_catalog.pg_get_indexdef(x.indexrelid) NOT LIKE '%NULLS NOT DISTINCT%' \
            AND NOT EXISTS (SELECT FROM unnest(x.indoption::int2[]) o WHERE o <> 0) \
            AND NOT EXISTS (SELECT FROM unnest(x.indclass::oid[]) k JOIN pg_catalog.pg_opclass o ON o.oid = k \
            WHERE NOT o.opcdefault) \
            AND NOT EXISTS (SELECT FROM unnest(x.indkey::int2[], x.indcollation::oid[]) AS k(number, collation_) \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number \
            WHERE k.collation_ <> 0 AND k.collation_ <> a.attcollation) THEN '' \
            ELSE m.amname || ' ' || x.indkey::text || ' ' || x.indoption::text || ' ' || x.indclass::text || ' ' || \
            x.indcollation::text || CASE WHEN pg_catalog.pg_get_indexdef(x.indexrelid) LIKE '%NULLS NOT DISTINCT%' \
            THEN ' nulls not distinct' ELSE '' END END, pg_catalog.pg_stat_get_numscans(x.indexrelid) \
            FROM pg_catalog.pg_index x JOIN (\(Self.tables)) t ON t.oid = x.indrelid \
            JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_am m ON m.oid = i.relam \
            ORDER BY t.shown, i.relname
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            (
                table: try row.integer(0), isKey: try row.flag(2),
                index: LedgerSchema.Index(
                    name: try row.text(1), columns: try row.names(6), isUnique: try row.flag(3),
                    isPartial: try row.flag(4), isValid: try row.flag(5), variant: try row.text(7),
                    scans: try row.optionalInteger(8).map { Int(clamping: $0) })
            )
        }
    }

    /// Counts the values of the columns that hold binary floating point, in the first rows. All others hold none: the
    /// server keeps what was declared.
    private func countFloats(in table: String, _ columns: inout [LedgerSchema.Column]) throws(ProbeError) {
        let places = columns.indices.filter { ["real", "double precision"].contains(columns[$0].declaredType) }
        guard !places.isEmpty else { return }
        let names = places.map { SQLTokens.quoted(columns[$0].name) }
        let counts = names.map { "count(\($0))" }.joined(separator: ", ")
        let sql = """
            SELECT \(counts) FROM (SELECT \(names.joined(separator: ", ")) FROM \(table) LIMIT \(Self.valueCap)) s
            """
        let found = try reader.one(sql) { row throws(ProbeError) in
            var found: [Int] = []
            for column in places.indices { found.append(try row.number(column)) }
            return found
        }
        for (place, count) in zip(places, found) { columns[place].floatValues = count }
    }

    /// Counts what the texts of the wanted columns look like, in the first rows. Columns of other types hold none: the
    /// server keeps what was declared.
    private func countTexts(
        in table: String, _ wanted: (String) -> Bool, _ columns: inout [LedgerSchema.Column]
    ) throws(ProbeError) {
        for place in columns.indices where wanted(columns[place].name) {
            columns[place].texts = .init(decimals: 0, oddNumbers: 0, others: 0)
            let type = columns[place].declaredType
            guard type == "text" || type.hasPrefix("character") else { continue }
            let name = SQLTokens.quoted(columns[place].name)
            let sql = """
                SELECT count(\(name)), count(*) FILTER (WHERE \(name) ~ '^[ +.,($€£¥-]*[0-9]'), \
                count(*) FILTER (WHERE \(name) ~ '^[+-]?[0-9]+([.][0-9]+)?$') \
                FROM (SELECT \(name) FROM \(table) LIMIT \(Self.valueCap)) s
                """
            columns[place].texts = try reader.one(sql) { row throws(ProbeError) in
                let (texts, like, decimals) = (try row.number(0), try row.number(1), try row.number(2))
                return .init(decimals: decimals, oddNumbers: like - decimals, others: texts - like)
            }
        }
    }
}
