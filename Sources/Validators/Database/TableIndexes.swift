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

    /// Indexes with the primary key's columns, or with columns, order, uniqueness and collations of an index before
    /// them.
    ///
    /// Two that hold only some rows, or an expression, are never called the same: which rows and which expression is not
    /// known here.
    var duplicates: [Duplicate] {
        var duplicates: [Duplicate] = []
        var earlier: [LedgerSchema.Index] = []
        for index in table.indexes where index.isWhole && index.isValid {
            if index.key == table.primaryKey.folded, index.variant.isEmpty,
                index.isCollated(as: primaryCollations)
            {
                duplicates.append(.init(index: index.name, columns: index.columns, other: "the primary key"))
            } else if let same = earlier.first(where: { $0.isLike(index) }) {
                duplicates.append(.init(index: index.name, columns: index.columns, other: same.name))
            } else {
                earlier.append(index)
            }
        }
        return duplicates
    }

    /// References whose columns no index, nor the primary key, begins with, in whatever order and by the collation that
    /// they are looked for by.
    ///
    /// An index that holds only some rows does not serve: a parent that is changed must find every child. One of another
    /// collation is in another order, and is not used at all. There are two collations to serve, and mostly they are the
    /// same: SQLite looks for the children of a parent by the **parent's**, and for rows by their reference by the
    /// column's own.
    var unindexedReferences: [LedgerSchema.ForeignKey] {
        let own = Dictionary(table.columns.map { ($0.name.lowercased(), $0.collation) }) { first, _ in first }
        var keys = table.indexes.filter { !$0.isPartial && $0.isValid }.map { Self.entries($0.key, $0.collations) }
        keys.append(Self.entries(table.primaryKey.folded, primaryCollations))
        return table.foreignKeys.filter { reference in
            let columns = reference.columns.folded
            let byParent = Self.entries(columns, reference.parentCollations)
            let byColumn = columns.map { Entry(column: $0, collation: own[$0].flatMap(\.self)?.lowercased()) }
            return ![byParent, byColumn].allSatisfy { wanted in keys.contains { Self.serves($0, wanted) } }
        }
    }

    /// A column of a key; nil where its collation is not known, which fits any.
    private struct Entry {
        var column: String
        var collation: String?
    }

    private static func entries(_ columns: [String], _ collations: [String]?) -> [Entry] {
        columns.enumerated().map { place, column in
            let known = collations.flatMap { $0.count == columns.count ? $0[place].lowercased() : nil }
            return Entry(column: column, collation: known)
        }
    }

    /// Whether a key begins with what is wanted, in whatever order.
    private static func serves(_ key: [Entry], _ wanted: [Entry]) -> Bool {
        let head = key.prefix(Set(wanted.map(\.column)).count)
        return head.count == Set(wanted.map(\.column)).count
            && wanted.allSatisfy { wanted in
                head.contains { entry in
                    guard entry.column == wanted.column else { return false }
                    guard let one = entry.collation, let other = wanted.collation else { return true }
                    return one == other
                }
            }
    }

    /// Of the primary key's index; a row id's alias has none, and is compared as the number that it is.
    private var primaryCollations: [String]? { table.primaryKeyCollations }
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
        key == other.key && isUnique == other.isUnique && variant == other.variant && isCollated(as: other.collations)
    }

    /// Whether its collations are those; where one side's are not known, they are taken to be the same.
    fileprivate func isCollated(as others: [String]?) -> Bool {
        guard let collations, let others else { return true }
        return collations.folded == others.folded
    }

    /// Whether it holds every row, under columns alone.
    fileprivate var isWhole: Bool { !isPartial && !columns.isEmpty && !columns.contains("") }
}

extension [String] {
    fileprivate var folded: [String] { map { $0.lowercased() } }
}
