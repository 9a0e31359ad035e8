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

        /// Describes a column.
        package init(name: String, declaredType: String, floatValues: Int) {
            self.name = name
            self.declaredType = declaredType
            self.floatValues = floatValues
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
        /// Whether the engine keeps it up and uses it. One that was left half built costs and serves nobody.
        package var isValid: Bool
        /// What else tells it from an ordinary one over the same columns (method, order, collation, columns carried
        /// along), in words of the probe; empty for an ordinary one. Two with equal words are alike.
        package var variant: String
        /// How often a query has used it since the statistics began; nil where the engine counts no such thing.
        package var scans: Int?

        /// Describes an index.
        package init(
            name: String, columns: [String], isUnique: Bool, isPartial: Bool, isValid: Bool = true,
            variant: String = "", scans: Int? = nil
        ) {
            self.name = name
            self.columns = columns
            self.isUnique = isUnique
            self.isPartial = isPartial
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

        /// Describes a reference.
        package init(columns: [String], parent: String) {
            self.columns = columns
            self.parent = parent
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
        /// Beside the primary key.
        package var indexes: [Index]
        /// Its references.
        package var foreignKeys: [ForeignKey]

        /// Describes a table.
        package init(
            name: String, rows: Int, columns: [Column], primaryKey: [String], indexes: [Index],
            foreignKeys: [ForeignKey]
        ) {
            self.name = name
            self.rows = rows
            self.columns = columns
            self.primaryKey = primaryKey
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
