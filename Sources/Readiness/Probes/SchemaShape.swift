/// What a database is made of, without its contents: that which migrations make.
///
/// A list of parts that can be compared one by one. CHECK constraints, default values and the condition of a partial
/// index are not among them: engines keep them as text only, which two versions write differently.
package struct SchemaShape: Sendable, Codable, Equatable {
    /// The sorts of parts.
    package enum Kind: String, Sendable, Codable, Equatable {
        /// A table, apart from its columns.
        case table
        /// A column of a table.
        case column
        /// An index, or a constraint that there be no equal keys.
        case index
        /// A foreign key.
        case reference
        /// A view.
        case view
        /// A trigger.
        case trigger
    }

    /// A part.
    package struct Part: Sendable, Codable, Equatable {
        /// Its sort.
        package var kind: Kind
        /// Its name; a column's with its table's, `fills.order_id`. Unique within its kind but for case.
        package var name: String
        /// The table that it belongs to: a table's own name, empty for a view.
        package var table: String
        /// All else that is compared, in words that are the same for the same: `TEXT NOT NULL`.
        package var definition: String

        /// Describes a part.
        package init(_ kind: Kind, _ name: String, table: String, definition: String = "") {
            self.kind = kind
            self.name = name
            self.table = table
            self.definition = definition
        }
    }

    /// The engine's own tables apart, in no order that means anything.
    package var parts: [Part]

    /// Describes a shape.
    package init(parts: [Part]) { self.parts = parts }

    /// What of a shape in SQLite's words can be held against a server's, which tells tables, columns, indexes and
    /// references by their names alone.
    package var names: SchemaShape {
        SchemaShape(
            parts: parts.compactMap { part in
                var part = part
                switch part.kind {
                case .table, .index: break
                case .column: part.definition = ""
                // SQLite keeps the columns referred to where the migration names them, the server always.
                case .reference:
                    let words = part.name.components(to: " to ")
                    part.name = words.before + " to " + words.after.prefix { $0 != " " }
                case .view, .trigger: return nil
                }
                return part
            })
    }
}

extension String {
    /// What stands before and after the first of these words; all of it before where they are not in it.
    fileprivate func components(to words: String) -> (before: String, after: String) {
        guard let found = firstRange(of: words) else { return (self, "") }
        return (String(self[..<found.lowerBound]), String(self[found.upperBound...]))
    }
}
