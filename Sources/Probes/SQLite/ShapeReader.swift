import GRDB
import Readiness

/// Reads what an open SQLite database is made of, from its catalogue alone.
///
/// The same reader reads the target and what its migrations make in memory, so that both say the same by the same words.
struct ShapeReader {
    let database: Database
    let checkpoint: () throws(ProbeError) -> Void

    /// Every part but `sqlite_…`, which are the engine's own. Virtual tables are left out; what they keep is in ordinary
    /// tables.
    func parts() throws -> [SchemaShape.Part] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' \
                ESCAPE '\\' AND (type <> 'table' OR rootpage > 0) ORDER BY type, name
                """)
        var parts: [SchemaShape.Part] = []
        for row in rows {
            try checkpoint()
            let (name, table, sql) = (try text(row, 1), try text(row, 2), try text(row, 3))
            switch try text(row, 0) {
            case "table":
                parts.append(.init(.table, name, table: name))
                parts += try columns(of: name)
                parts += try indexes(of: name)
                parts += try references(of: name)
            case "view": parts.append(.init(.view, name, table: "", definition: Self.onOneLine(sql)))
            case "trigger": parts.append(.init(.trigger, name, table: table, definition: Self.onOneLine(sql)))
            default: break
            }
        }
        return parts
    }

    private func columns(of table: String) throws -> [SchemaShape.Part] {
        let catalogue = SQLiteCatalogue(database: database)
        return try Row.fetchAll(
            database, sql: #"SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid"#,
            arguments: [table]
        ).map { row in
            let name = try text(row, 0)
            var words = [try text(row, 1).uppercased()].filter { !$0.isEmpty }
            let key = try number(row, 3)
            if try number(row, 2) != 0 { words.append("NOT NULL") }
            if key > 0 { words.append("PRIMARY KEY column \(key)") }
            if try number(row, 4) > 1 { words.append("GENERATED") }
            if let collation = try catalogue.collation(of: name, in: table)?.uppercased(), collation != "BINARY" {
                words.append("COLLATE \(collation)")
            }
            return .init(.column, "\(table).\(name)", table: table, definition: words.joined(separator: " "))
        }
    }

    /// The index of a primary key is told by the columns. One that a constraint makes has a name of the engine's choice,
    /// and goes by its columns instead.
    private func indexes(of table: String) throws -> [SchemaShape.Part] {
        try Row.fetchAll(
            database,
            sql:
                #"SELECT name, "unique", partial, origin FROM pragma_index_list(?) WHERE origin <> 'pk' ORDER BY name"#,
            arguments: [table]
        ).map { row in
            let index = try text(row, 0)
            let columns = try Row.fetchAll(
                database,
                sql: """
                    SELECT coalesce(name, ''), "desc", coalesce(coll, '') FROM pragma_index_xinfo(?) WHERE key = 1 \
                    ORDER BY seqno
                    """, arguments: [index]
            ).map { column in
                let name = try text(column, 0)
                let collation = try text(column, 2).uppercased()
                return (name.isEmpty ? "an expression" : name)
                    + (collation == "BINARY" || collation.isEmpty ? "" : " COLLATE \(collation)")
                    + (try number(column, 1) != 0 ? " DESC" : "")
            }
            let list = "\(table) (\(columns.joined(separator: ", ")))"
            let words = (try number(row, 1) != 0 ? "UNIQUE on " : "on ") + list
            let isConstraint = try text(row, 3) == "u"
            return .init(
                .index, isConstraint ? "UNIQUE \(list)" : index, table: table,
                definition: words.lowercased() + (try number(row, 2) != 0 ? " of some rows" : ""))
        }
    }

    private func references(of table: String) throws -> [SchemaShape.Part] {
        let rows = try Row.fetchAll(
            database,
            sql: #"SELECT id, "table", "from", coalesce("to", '') FROM pragma_foreign_key_list(?) ORDER BY id, seq"#,
            arguments: [table])
        let keys = Dictionary(
            grouping: try rows.map { row in
                (id: try number(row, 0), parent: try text(row, 1), from: try text(row, 2), to: try text(row, 3))
            }, by: \.id)
        return keys.values.map { columns in
            let from = columns.map(\.from).joined(separator: ", ")
            let to = columns.map(\.to).filter { !$0.isEmpty }.joined(separator: ", ")
            let name = "\(table) (\(from)) to \(columns[0].parent)" + (to.isEmpty ? "" : " (\(to))")
            return .init(.reference, name, table: table)
        }.sorted { $0.name < $1.name }
    }

    /// Words apart by one blank: how somebody indented a statement makes no other one.
    private static func onOneLine(_ sql: String) -> String {
        sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
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
