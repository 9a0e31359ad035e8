/// A SQL text in words, as far as finding its tables needs: no comments, names without their quotes.
struct SQLTokens {
    enum Token: Equatable {
        /// A bare word: a keyword or a name.
        case word(String)
        /// A name in quotes, brackets or backticks.
        case quoted(String)
        /// A piece of punctuation; texts and numbers are `'` and `0`.
        case mark(Character)
    }

    let tokens: [Token]

    init(_ sql: String) {
        var tokens: [Token] = []
        var rest = Substring(sql)
        while let first = rest.first {
            if first == "-", rest.hasPrefix("--") {
                rest = rest.drop { $0 != "\n" && $0 != "\r\n" }
            } else if first == "/", rest.hasPrefix("/*") {
                rest = Self.afterComment(rest)
            } else if first == "'" {
                _ = Self.takeQuoted(&rest, until: "'")
                tokens.append(.mark("'"))
            } else if let end = Self.closing[first] {
                tokens.append(.quoted(Self.takeQuoted(&rest, until: end)))
            } else if Self.isWordCharacter(first) {
                let word = rest.prefix(while: Self.isWordCharacter)
                rest = rest.dropFirst(word.count)
                tokens.append(first.isNumber ? .mark("0") : .word(String(word)))
            } else {
                rest = rest.dropFirst()
                if !first.isWhitespace { tokens.append(.mark(first)) }
            }
        }
        self.tokens = tokens
    }

    /// Whether the statement asks and does nothing else, by its first word. A WITH may stand before a write: whether a
    /// statement writes is for SQLite to say.
    var isQuery: Bool { ["SELECT", "WITH", "VALUES"].contains(where: begins(with:)) }

    /// Whether a keyword is the first word.
    func begins(with keyword: String) -> Bool {
        guard case .word(let first)? = tokens.first else { return false }
        return first.uppercased() == keyword
    }

    /// A name as it is written in a statement: in quotes, quotes in it doubled. (GRDB's `quotedDatabaseIdentifier`
    /// leaves them as they are.)
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Whether a keyword stands anywhere in it.
    func contains(keyword: String) -> Bool {
        tokens.contains { token in
            if case .word(let word) = token { word.uppercased() == keyword } else { false }
        }
    }

    private static let closing: [Character: Character] = ["\"": "\"", "`": "`", "[": "]"]

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "$"
    }

    private static func afterComment(_ text: Substring) -> Substring {
        var rest = text.dropFirst(2)
        while let first = rest.first {
            if first == "*", rest.dropFirst().first == "/" { return rest.dropFirst(2) }
            rest = rest.dropFirst()
        }
        return rest
    }

    /// Takes what stands in quotes; a doubled quote is one (a bracket cannot be doubled).
    private static func takeQuoted(_ rest: inout Substring, until end: Character) -> String {
        var text = ""
        rest = rest.dropFirst()
        while let first = rest.popFirst() {
            if first != end {
                text.append(first)
            } else if end != "]", rest.first == end {
                rest = rest.dropFirst()
                text.append(end)
            } else {
                break
            }
        }
        return text
    }
}
