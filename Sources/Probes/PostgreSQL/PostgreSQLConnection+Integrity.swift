package import Readiness

extension PostgreSQLConnection {
    /// How long a look at whole tables may take.
    private static let wholeLimit = Duration.seconds(30)

    /// Pages whose checksum was wrong when they were read, as the server counts them. Only where the cluster has
    /// checksums; the transcript says so where it has none. Reading every page is for `pg_amcheck`, on a copy.
    package func structuralDamage(isFull: Bool) async throws(ProbeError) -> Answer<[String]> {
        try await perform("asking for damaged pages") { reader throws(ProbeError) in
            let hasChecksums = try reader.one("SELECT current_setting('data_checksums')") { row throws(ProbeError) in
                try row.text(0) == "on"
            }
            let complaints = try reader.rows(
                """
                SELECT coalesce(datname, 'shared tables'), checksum_failures, checksum_last_failure \
                FROM pg_catalog.pg_stat_database WHERE checksum_failures > 0 \
                AND (datname IS NULL OR datname = current_database()) ORDER BY 1
                """
            ) { row throws(ProbeError) in
                "\(try row.text(0)): \(try row.integer(1)) pages failed their checksum, last at "
                    + (try row.optionalText(2) ?? "a time unknown")
            }
            let text =
                "data_checksums \(hasChecksums ? "on" : "off: damaged pages go unnoticed")\n"
                + complaints.joined(separator: "\n")
            return reader.answer(complaints.map { SafeText.line($0) }, text)
        }
    }

    /// Rows whose foreign key refers to nothing, at most `limit` of them (at least one is asked for), reference by
    /// reference. A server keeps them out, but not while its triggers are off, as in a restore or a replica.
    package func orphans(limit: Int) async throws(ProbeError) -> Answer<[OrphanRow]> {
        let limit = max(1, limit)
        return try await perform("looking for rows without their parents", limit: Self.wholeLimit) {
            reader throws(ProbeError) in
            let catalogue = CatalogueReader(reader: reader)
            let references = try catalogue.references()
            let tables = try Self.tables(reader)
            var orphans: [OrphanRow] = []
            for reference in references where orphans.count < limit {
                guard let child = tables[reference.child], let parent = tables[reference.parent] else { continue }
                orphans += try Self.orphans(of: reference, child, parent, limit - orphans.count, reader)
            }
            let list = orphans.map { "\($0.table) row \($0.row.map(String.init) ?? "?") → \($0.parent)" }
            let text = "\(references.count) references, \(orphans.count) rows, of at most \(limit)\n"
            return reader.answer(orphans, text + list.joined(separator: "\n"))
        }
    }

    private struct Table {
        var place: String
        var shown: String
        /// The only column of the primary key, where that is a whole number.
        var key: String?
    }

    private static func tables(_ reader: ServerReader) throws(ProbeError) -> [Int64: Table] {
        let sql = """
            SELECT t.oid, t.schema, t.name, t.shown, (SELECT a.attname FROM pg_catalog.pg_index x \
            JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] \
            WHERE x.indrelid = t.oid AND x.indisprimary AND x.indnkeyatts = 1 AND a.atttypid IN (20, 21, 23)) \
            FROM (\(CatalogueReader.tables)) t
            """
        let tables = try reader.rows(sql) { row throws(ProbeError) in
            (
                try row.integer(0),
                Table(
                    place: CatalogueReader.quoted(try row.text(1), try row.text(2)), shown: try row.text(3),
                    key: try row.optionalText(4))
            )
        }
        return Dictionary(tables, uniquingKeysWith: { first, _ in first })
    }

    private static func orphans(
        of reference: CatalogueReader.Reference, _ child: Table, _ parent: Table, _ limit: Int, _ reader: ServerReader
    ) throws(ProbeError) -> [OrphanRow] {
        guard !reference.columns.isEmpty, reference.columns.count == reference.parentColumns.count else {
            throw ProbeError(.nonsense, at: .ledger, "a reference of \(child.shown) has no columns")
        }
        let pairs = zip(reference.columns, reference.parentColumns).map { child, parent in
            (child: "c." + SQLTokens.quoted(child), parent: "p." + SQLTokens.quoted(parent))
        }
        // One column that is null refers to nothing, and may.
        let sql = """
            SELECT \(child.key.map { "c." + SQLTokens.quoted($0) } ?? "NULL::bigint") FROM \(child.place) c \
            WHERE \(pairs.map { "\($0.child) IS NOT NULL" }.joined(separator: " AND ")) AND NOT EXISTS \
            (SELECT FROM \(parent.place) p WHERE \
            \(pairs.map { "\($0.parent) = \($0.child)" }.joined(separator: " AND "))) LIMIT \(limit)
            """
        return try reader.rows(sql) { row throws(ProbeError) in
            OrphanRow(table: child.shown, row: try row.optionalInteger(0), parent: parent.shown)
        }
    }
}
