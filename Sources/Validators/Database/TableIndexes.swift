import Readiness

/// What the indexes of a table are to each other and to the table's references.
///
/// Names are compared without regard to case, as SQLite compares them.
struct TableIndexes: Sendable {
    /// An index that another makes useless.
    struct Duplicate: Sendable {
        /// The index.
        var index: String
        /// Its columns.
        var columns: [String]
        /// The index that does the same, or `primary key`.
        var other: String
    }

    /// The table.
    let table: LedgerSchema.Table

    /// Indexes with the primary key's columns, or with columns, order and uniqueness of an index before them.
    ///
    /// Two that hold only some rows, or an expression, are never called the same: which rows and which expression is not
    /// known here.
    var duplicates: [Duplicate] {
        var duplicates: [Duplicate] = []
        var earlier: [LedgerSchema.Index] = []
        for index in table.indexes where index.isWhole && index.isValid {
            if index.key == table.primaryKey.folded, index.variant.isEmpty {
                duplicates.append(.init(index: index.name, columns: index.columns, other: "the primary key"))
            } else if let same = earlier.first(where: { $0.isLike(index) }) {
                duplicates.append(.init(index: index.name, columns: index.columns, other: same.name))
            } else {
                earlier.append(index)
            }
        }
        return duplicates
    }

    /// References whose columns no index, nor the primary key, begins with, in whatever order.
    ///
    /// An index that holds only some rows does not serve: a parent that is changed must find every child.
    var unindexedReferences: [LedgerSchema.ForeignKey] {
        let keys = [table.primaryKey.folded] + table.indexes.filter { !$0.isPartial && $0.isValid }.map(\.key)
        return table.foreignKeys.filter { reference in
            let wanted = Set(reference.columns.folded)
            return !keys.contains { Set($0.prefix(wanted.count)) == wanted }
        }
    }

    /// Indexes that the engine left half built: each write pays for them, and no query may use them.
    var invalid: [LedgerSchema.Index] { table.indexes.filter { !$0.isValid } }

    /// Indexes that no query has used since the engine began to count, and that keep no two rows apart.
    var unused: [LedgerSchema.Index] { table.indexes.filter { $0.isValid && !$0.isUnique && $0.scans == 0 } }

    /// How many indexes cannot be compared with others.
    var incomparable: Int { table.indexes.count { !$0.isWhole } }
}

extension LedgerSchema.Index {
    fileprivate var key: [String] { columns.folded }

    /// Whether it does what another does.
    fileprivate func isLike(_ other: LedgerSchema.Index) -> Bool {
        key == other.key && isUnique == other.isUnique && variant == other.variant
    }

    /// Whether it holds every row, under columns alone.
    fileprivate var isWhole: Bool { !isPartial && !columns.isEmpty && !columns.contains("") }
}

extension [String] {
    fileprivate var folded: [String] { map { $0.lowercased() } }
}
