/// The tables of a ledger, as its own catalogue describes them.
package struct LedgerSchema: Sendable, Codable, Equatable {
    /// A column.
    package struct Column: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// The type that it was declared with, as written; empty where none was.
        package var declaredType: String
        /// How many of its values are stored as binary floating point, whatever was declared.
        package var floatValues: Int
        /// What its values are that are stored as text; nil where they were not looked at.
        package var texts: Texts?
        /// The collation that its values are compared by; nil where the engine does not say.
        package var collation: String?

        /// Describes a column.
        package init(
            name: String, declaredType: String, floatValues: Int, texts: Texts? = nil, collation: String? = nil
        ) {
            self.name = name
            self.declaredType = declaredType
            self.floatValues = floatValues
            self.texts = texts
            self.collation = collation
        }
    }

    /// Values of a column that are stored as text, counted by what they look like. Each counts once.
    package struct Texts: Sendable, Codable, Equatable {
        /// Plain decimals: an optional sign, digits, and digits after a point if there is one.
        package var decimals: Int
        /// Those that begin as a number does and are no plain decimal: `1e-3`, `1,000.50`, `12 USD`, `.5`.
        package var oddNumbers: Int
        /// All others: words, nothing at all, `NaN`.
        package var others: Int

        /// Counts texts.
        package init(decimals: Int, oddNumbers: Int, others: Int) {
            self.decimals = decimals
            self.oddNumbers = oddNumbers
            self.others = others
        }
    }

    /// An index.
    package struct Index: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// Its columns in order; an expression is an empty text.
        package var columns: [String]
        /// Whether equal keys are refused.
        package var isUnique: Bool
        /// Whether it holds only some rows.
        package var isPartial: Bool
        /// The collation of each column, in the same order; nil where the engine does not say.
        package var collations: [String]?
        /// Whether the engine keeps it up and uses it. One that was left half built costs and serves nobody.
        package var isValid: Bool
        /// What else tells it from an ordinary one over the same columns (method, order, collation, columns carried
        /// along), in words of the probe; empty for an ordinary one. Two with equal words are alike.
        package var variant: String
        /// How often a query has used it since the statistics began; nil where the engine counts no such thing.
        package var scans: Int?

        /// Describes an index.
        package init(
            name: String, columns: [String], isUnique: Bool, isPartial: Bool, collations: [String]? = nil,
            isValid: Bool = true, variant: String = "", scans: Int? = nil
        ) {
            self.name = name
            self.columns = columns
            self.isUnique = isUnique
            self.isPartial = isPartial
            self.collations = collations
            self.isValid = isValid
            self.variant = variant
            self.scans = scans
        }
    }

    /// A reference to another table.
    package struct ForeignKey: Sendable, Codable, Equatable {
        /// The columns that refer.
        package var columns: [String]
        /// The table that is referred to.
        package var parent: String
        /// The collations of the parent's columns, by which the engine looks for children, in the order of the columns;
        /// nil where it does not say, or there is no such parent.
        package var parentCollations: [String]?

        /// Describes a reference.
        package init(columns: [String], parent: String, parentCollations: [String]? = nil) {
            self.columns = columns
            self.parent = parent
            self.parentCollations = parentCollations
        }
    }

    /// A table.
    package struct Table: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// Rows in it, now.
        package var rows: Int
        /// In declared order.
        package var columns: [Column]
        /// The columns of its primary key, in key order. A rowid alias is one as well.
        package var primaryKey: [String]
        /// The collations of the primary key's index, in key order; nil where the engine does not say, and for a rowid
        /// alias, which is compared by no collation.
        package var primaryKeyCollations: [String]?
        /// Beside the primary key.
        package var indexes: [Index]
        /// Its references.
        package var foreignKeys: [ForeignKey]

        /// Describes a table.
        package init(
            name: String, rows: Int, columns: [Column], primaryKey: [String], primaryKeyCollations: [String]? = nil,
            indexes: [Index], foreignKeys: [ForeignKey]
        ) {
            self.name = name
            self.rows = rows
            self.columns = columns
            self.primaryKey = primaryKey
            self.primaryKeyCollations = primaryKeyCollations
            self.indexes = indexes
            self.foreignKeys = foreignKeys
        }
    }

    /// The engine's own tables apart, by name.
    package var tables: [Table]
    /// Seconds over which the engine has counted who uses an index; nil where it does not.
    package var statisticsSeconds: Int?

    /// Describes a schema.
    package init(tables: [Table], statisticsSeconds: Int? = nil) {
        self.tables = tables
        self.statisticsSeconds = statisticsSeconds
    }
}

/// A row that refers to one that is not there.
package struct OrphanRow: Sendable, Codable, Equatable {
    /// The table of the row.
    package var table: String
    /// The row's id in it; nil for a table without.
    package var row: Int64?
    /// The table that should hold its parent.
    package var parent: String

    /// Names a row.
    package init(table: String, row: Int64?, parent: String) {
        self.table = table
        self.row = row
        self.parent = parent
    }
}
