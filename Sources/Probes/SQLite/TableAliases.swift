/// What the names in a query plan mean: a plan speaks of tables by the alias that the query gave them.
///
/// Found by walking the text: after FROM, JOIN and the commas of a FROM clause stands a table, or a parenthesis. One
/// alias may mean different tables in different parts of a query; then all are kept, and the largest counts.
struct TableAliases {
    /// Tables by alias or own name, both in lower case.
    private(set) var tables: [String: Set<String>] = [:]
    /// Names of subqueries and common table expressions, in lower case: they are no tables, and the steps that fill
    /// them stand in the plan themselves.
    private(set) var derived: Set<String> = []

    private static let clauseEnds: Set<String> = [
        "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "SELECT", "SET",
        "RETURNING", "VALUES",
    ]
    private static let joinWords: Set<String> = ["NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "INNER", "CROSS", "JOIN"]
    private static let afterTable: Set<String> = clauseEnds.union(joinWords).union(["ON", "USING", "INDEXED", "NOT"])

    init(_ tokens: SQLTokens) { walk(tokens.tokens) }

    /// Adds what another text says: that of a view, whose own aliases a plan uses too.
    mutating func add(_ tokens: SQLTokens) { walk(tokens.tokens) }

    private mutating func walk(_ tokens: [SQLTokens.Token]) {
        // One frame for each open parenthesis: whether a table is expected next, and whether a comma announces one.
        var frames: [(expects: Bool, inFrom: Bool)] = [(false, false)]
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            switch token {
            case .mark("("):
                // `FROM (a JOIN b …)` goes on as a FROM clause within; a subquery begins with SELECT and ends that.
                let inherits = frames[frames.count - 1].expects
                frames[frames.count - 1].expects = false
                frames.append((inherits, inherits))
                index += 1
            case .mark(")"):
                if frames.count > 1 { frames.removeLast() }
                index += 1
                takeDerivedAlias(tokens, &index, isInFrom: frames[frames.count - 1].inFrom)
            case .mark(","):
                frames[frames.count - 1].expects = frames[frames.count - 1].inFrom
                index += 1
            case .word(let word) where ["FROM", "JOIN"].contains(word.uppercased()):
                frames[frames.count - 1] = (true, true)
                index += 1
            case .word(let word) where Self.clauseEnds.contains(word.uppercased()):
                frames[frames.count - 1] = (false, false)
                index += 1
            case .word, .quoted:
                if frames[frames.count - 1].expects {
                    frames[frames.count - 1].expects = false
                    takeTable(tokens, &index)
                } else {
                    takeCommonTable(tokens, &index)
                }
            case .mark: index += 1
            }
        }
    }

    /// `[schema.]name [[AS] alias]`, or the name of a table-valued function.
    private mutating func takeTable(_ tokens: [SQLTokens.Token], _ index: inout Int) {
        guard var name = Self.name(tokens, at: index) else { return }
        index += 1
        if Self.isMark(tokens, at: index, "."), let table = Self.name(tokens, at: index + 1) {
            name = table
            index += 2
        }
        var alias = name
        if Self.isWord(tokens, at: index, "AS"), let given = Self.name(tokens, at: index + 1) {
            alias = given
            index += 2
        } else if let given = Self.alias(tokens, at: index) {
            alias = given
            index += 1
        }
        tables[alias.lowercased(), default: []].insert(name.lowercased())
    }

    /// `) [AS] name` in a FROM clause.
    private mutating func takeDerivedAlias(_ tokens: [SQLTokens.Token], _ index: inout Int, isInFrom: Bool) {
        guard isInFrom else { return }
        if Self.isWord(tokens, at: index, "AS"), let given = Self.name(tokens, at: index + 1) {
            derived.insert(given.lowercased())
            index += 2
        } else if let given = Self.alias(tokens, at: index) {
            derived.insert(given.lowercased())
            index += 1
        }
    }

    /// `name [(columns)] AS [NOT MATERIALIZED | MATERIALIZED] (`: the head of a common table expression.
    private mutating func takeCommonTable(_ tokens: [SQLTokens.Token], _ index: inout Int) {
        defer { index += 1 }
        guard let name = Self.name(tokens, at: index) else { return }
        var next = index + 1
        if Self.isMark(tokens, at: next, "(") {
            while next < tokens.count, !Self.isMark(tokens, at: next, ")") { next += 1 }
            next += 1
        }
        guard Self.isWord(tokens, at: next, "AS") else { return }
        next += 1
        if Self.isWord(tokens, at: next, "NOT") { next += 1 }
        if Self.isWord(tokens, at: next, "MATERIALIZED") { next += 1 }
        if Self.isMark(tokens, at: next, "(") { derived.insert(name.lowercased()) }
    }

    private static func name(_ tokens: [SQLTokens.Token], at index: Int) -> String? {
        guard index < tokens.count else { return nil }
        switch tokens[index] {
        case .word(let name), .quoted(let name): return name
        case .mark: return nil
        }
    }

    private static func alias(_ tokens: [SQLTokens.Token], at index: Int) -> String? {
        guard index < tokens.count else { return nil }
        switch tokens[index] {
        case .word(let name): return afterTable.contains(name.uppercased()) || name.uppercased() == "AS" ? nil : name
        case .quoted(let name): return name
        case .mark: return nil
        }
    }

    private static func isMark(_ tokens: [SQLTokens.Token], at index: Int, _ mark: Character) -> Bool {
        index < tokens.count && tokens[index] == .mark(mark)
    }

    private static func isWord(_ tokens: [SQLTokens.Token], at index: Int, _ word: String) -> Bool {
        guard index < tokens.count, case .word(let found) = tokens[index] else { return false }
        return found.uppercased() == word
    }
}
