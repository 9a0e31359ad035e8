import Readiness

/// Reads what a PostgreSQL database is made of, from its catalogue alone, in the words in which `ShapeReader` tells it of
/// an SQLite file: so that migrations which SQLite understands as well can be held against it.
///
/// Names only: types, NOT NULL, collations and primary keys, which the two engines spell differently, are left out, and
/// so are views and triggers. Names have no schema before them, so one schema alone is told: in another there may be
/// namesakes, which would stand in for what is missing here.
struct ServerShapeReader {
    let reader: ServerReader
    /// The schema that is told.
    let schema: String

    /// The tables of that schema, which is the statement's only parameter.
    private static let tables = "SELECT * FROM (\(CatalogueReader.tables)) s WHERE s.schema = $1"

    /// The schema that migrations work on: the one of the revision table, or where that has been put into one apart
    /// from all other tables, the one that names lead to first.
    ///
    /// - Parameter revisionTable: its name as it is written in a statement.
    static func schema(beside revisionTable: String, _ reader: ServerReader) throws(ProbeError) -> String {
        try reader.one(
            """
            SELECT coalesce((SELECT r.schema FROM (\(CatalogueReader.tables)) r \
            JOIN (\(CatalogueReader.tables)) t ON t.schema = r.schema AND t.oid <> r.oid \
            WHERE r.oid = pg_catalog.to_regclass($1) LIMIT 1), current_schema()::text, '')
            """, [revisionTable]
        ) { row throws(ProbeError) in try row.text(0) }
    }

    func parts() throws(ProbeError) -> [SchemaShape.Part] {
        let names = try reader.rows("SELECT oid, name FROM (\(Self.tables)) t ORDER BY name", [schema]) {
            row throws(ProbeError) in (try row.integer(0), try row.text(1))
        }
        var parts = names.map { SchemaShape.Part(.table, $0.1, table: $0.1) }
        parts += try columns()
        parts += try indexes()
        let tables = Dictionary(names) { first, _ in first }
        for reference in try CatalogueReader(reader: reader).references() {
            guard let child = tables[reference.child], let parent = tables[reference.parent] else { continue }
            parts.append(
                .init(
                    .reference, "\(child) (\(reference.columns.joined(separator: ", "))) to \(parent)", table: child,
                    definition: reference.isValidated ? "" : "NOT VALID"))
        }
        return parts
    }

    private func columns() throws(ProbeError) -> [SchemaShape.Part] {
        try reader.rows(
            """
            SELECT t.name, a.attname FROM (\(Self.tables)) t JOIN pg_catalog.pg_attribute a \
            ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.name, a.attnum
            """, [schema]
        ) { row throws(ProbeError) in
            let table = try row.text(0)
            return .init(.column, "\(table).\(try row.text(1))", table: table)
        }
    }

    private func indexes() throws(ProbeError) -> [SchemaShape.Part] {
        let sql = """
            SELECT t.name, i.relname, x.indisunique, x.indpred IS NOT NULL, \
            EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype = 'u'), \
            (SELECT json_agg(coalesce(a.attname::text, 'an expression') || \
            CASE WHEN o.flags & 1 = 1 THEN ' DESC' ELSE '' END ORDER BY k.place) \
            FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place) \
            LEFT JOIN unnest(x.indoption::int2[]) WITH ORDINALITY o(flags, place) ON o.place = k.place \
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0 \
            WHERE k.place <= x.indnkeyatts), x.indisvalid AND x.indisready AND x.indislive \
            FROM pg_catalog.pg_index x JOIN (\(Self.tables)) t ON t.oid = x.indrelid \
            JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE NOT x.indisprimary ORDER BY t.name, i.relname
            """
        return try reader.rows(sql, [schema]) { row throws(ProbeError) in
            let table = try row.text(0)
            let list = "\(table) (\(try row.names(5).joined(separator: ", ")))"
            let words = (try row.flag(2) ? "UNIQUE on " : "on ") + list
            // Left by a build that failed, or still being built: it is there, and does not do what it is there for.
            let state = try row.flag(6) ? "" : " INVALID"
            return .init(
                .index, try row.flag(4) ? "UNIQUE \(list)" : try row.text(1), table: table,
                definition: words.lowercased() + (try row.flag(3) ? " of some rows" : "") + state)
        }
    }
}
