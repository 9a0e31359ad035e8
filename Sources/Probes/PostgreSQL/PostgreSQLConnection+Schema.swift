package import Readiness

extension PostgreSQLConnection {
    /// Tables, columns, indexes and references as the server's catalogue has them. Rows are the statistics'; the values
    /// of floating-point columns, and the texts of the wanted ones, are counted in the first 100,000 rows.
    package func schema(
        textsOf wanted: @escaping @Sendable (String) -> Bool
    ) async throws(ProbeError) -> Answer<LedgerSchema> {
        try await perform("reading the schema") { reader throws(ProbeError) in
            let schema = try CatalogueReader(reader: reader).schema(textsOf: wanted)
            return reader.answer(schema, schema.tables.map(Self.text).joined(separator: "\n"))
        }
    }

    /// Tables, columns, indexes and references of one schema by their names. See `ServerShapeReader` for which schema
    /// it is, and for what is left out.
    package func shape(beside revisionTable: String) async throws(ProbeError) -> Answer<SchemaShape> {
        let name = try Self.quoted(revisionTable: revisionTable)
        return try await perform("reading what the schema is made of") { reader throws(ProbeError) in
            let schema = try ServerShapeReader.schema(beside: name, reader)
            let parts = try ServerShapeReader(reader: reader, schema: schema).parts()
            return reader.answer(
                SchemaShape(parts: parts), "\(parts.count) parts of the schema \(SafeText.line(schema))")
        }
    }

    private static func text(of table: LedgerSchema.Table) -> String {
        let columns = table.columns.map { "\($0.name) \($0.declaredType)" }
        var text = "\(table.name), about \(table.rows) rows: " + columns.joined(separator: ", ")
        text += "; key " + (table.primaryKey.isEmpty ? "none" : table.primaryKey.joined(separator: ", "))
        for index in table.indexes {
            text += "; \(index.isUnique ? "unique " : "")index \(index.name) (\(index.columns.joined(separator: ", ")))"
            if index.isPartial { text += " of some rows" }
            if !index.variant.isEmpty { text += " [\(index.variant)]" }
            if !index.isValid { text += " INVALID" }
            if let scans = index.scans { text += ", used \(scans) times" }
        }
        for key in table.foreignKeys { text += "; (\(key.columns.joined(separator: ", "))) → \(key.parent)" }
        return text
    }
}
