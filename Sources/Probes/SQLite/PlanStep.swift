/// One line of `EXPLAIN QUERY PLAN` and what it reads from end to end, if anything.
///
/// These count as reading a whole table:
/// - `SCAN x`: the table itself.
/// - `SCAN x USING COVERING INDEX y`: every entry of an index; as many steps as the table has rows.
/// - `SCAN x USING INDEX y`: every row in the index's order; but not in a statement with a LIMIT, which SQLite serves
///   so to stop early, and where a plan cannot tell how far it goes.
/// - `SEARCH x` and nothing behind: how SQLite puts a least or greatest value that it finds by reading every row.
/// - `SEARCH x USING AUTOMATIC … INDEX` and `BLOOM FILTER ON x`: built for this one run from the whole table.
struct PlanStep: Equatable {
    /// SQLite's own words.
    let text: String
    /// The alias or table that is read whole; nil when nothing is.
    let reads: String?

    init(_ text: String, queryHasLimit: Bool) {
        self.text = text
        reads = Self.wholeTable(text, queryHasLimit)
    }

    /// Whether it builds a Bloom filter.
    var isBloomFilter: Bool { text.hasPrefix("BLOOM FILTER ") }

    private static func wholeTable(_ text: String, _ queryHasLimit: Bool) -> String? {
        if let rest = text.dropping("SCAN ") {
            if text.contains("CONSTANT ROW") || rest.hasPrefix("(") || rest.hasPrefix("SUBQUERY ") { return nil }
            // A virtual table does its own searching, and its index number says nothing about how.
            if rest.contains(" VIRTUAL TABLE ") { return nil }
            if rest.contains(" USING INDEX "), queryHasLimit { return nil }
            return name(rest)
        }
        if let rest = text.dropping("SEARCH ") {
            if rest.hasPrefix("(") || rest.hasPrefix("SUBQUERY ") || rest.contains(" VIRTUAL TABLE ") { return nil }
            return rest.contains(" USING AUTOMATIC ") || !rest.contains(" USING ") ? name(rest) : nil
        }
        if let rest = text.dropping("BLOOM FILTER ON ") { return name(rest) }
        return nil
    }

    /// The name at the beginning. SQLite before 3.36 writes `TABLE name AS alias`: there the table's own name is taken.
    private static func name(_ rest: Substring) -> String? {
        var name = rest
        let isOld = name.hasPrefix("TABLE ")
        if isOld { name = name.dropFirst(6) }
        for end in [" USING ", " LEFT-JOIN", " (", isOld ? " AS " : " USING "] {
            if let range = name.firstRange(of: end) { name = name[..<range.lowerBound] }
        }
        return name.isEmpty ? nil : String(name)
    }
}

extension String {
    /// What stands behind a prefix; nil without it.
    fileprivate func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
