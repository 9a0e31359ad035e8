import Readiness

/// Reads what a PostgreSQL database is made of, from its catalogue alone, in the words in which `ShapeReader` tells it of
/// an SQLite file: so that migrations which SQLite understands as well can be held against it.
///
/// Names only: types, NOT NULL, collations and primary keys, which the two engines spell differently, are left out, and
/// so are views and triggers. Names have no schema before them.
struct ServerShapeReader {
    let reader: ServerReader

    func parts() throws(ProbeError) -> [SchemaShape.Part] {
        let names = try reader.rows("SELECT oid, name FROM (\(CatalogueReader.tables)) t ORDER BY name") {
            row throws(ProbeError) in (try row.integer(0), try row.text(1))
        }
        var parts = names.map { SchemaShape.Part(.table, $0.1, table: $0.1) }
        parts += try columns()
        parts += try indexes()
        let tables = Dictionary(names) { first, _ in first }
        for reference in try CatalogueReader(reader: reader).references() {
            guard let child = tables[reference.child], let parent = tables[reference.parent] else { continue }
            parts.append(
                .init(.reference, "\(child) (\(reference.columns.joined(separator: ", "))) to \(parent)", table: child))
        }
        return parts
    }

    private func columns() throws(ProbeError) -> [SchemaShape.Part] {
        try reader.rows(
            """
            SELECT t.name, a.attname FROM (\(CatalogueReader.tables)) t JOIN pg_catalog.pg_attribute a \
            ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.name, a.attnum
            """
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
            WHERE k.place <= x.indnkeyatts) \
            FROM pg_catalog.pg_index x JOIN (\(CatalogueReader.tables)) t ON t.oid = x.indrelid \
            JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE NOT x.indisprimary ORDER BY t.name, i.relname
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            let table = try row.text(0)
            let list = "\(table) (\(try row.names(5).joined(separator: ", ")))"
            let words = (try row.flag(2) ? "UNIQUE on " : "on ") + list
            return .init(
                .index, try row.flag(4) ? "UNIQUE \(list)" : try row.text(1), table: table,
                definition: words.lowercased() + (try row.flag(3) ? " of some rows" : ""))
        }
    }
}
