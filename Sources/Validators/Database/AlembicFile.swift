/// Reads which revision an Alembic file is and which it follows, from what the module assigns, without running it.
///
/// Only literals count: a text, `None`, or a tuple, list or set of texts. Whatever else is assigned to the two names
/// (a call, a second value, a value under a condition) could be anything, so such a file is unreadable and never guessed
/// at. `branch_labels` and `depends_on` do not change the graph of parents and are not looked at.
enum AlembicFile {
    /// Files that Alembic itself passes over.
    static func isPassedOver(_ name: String) -> Bool {
        name.hasSuffix(".py") && (name.hasPrefix("__init__") || name.hasPrefix(".#"))
    }

    /// Id and parents, each with its line.
    static func place(
        in text: String
    ) throws(MigrationRevision.Unreadable) -> (
        MigrationRevision.Stated<String>, MigrationRevision.Stated<[String]>
    ) {
        let module = PythonText(text)
        // A text that the probe has cut off may end anywhere; one that is all there may not.
        guard module.isWhole || text.utf8.count >= cap else {
            throw .init(
                reason: "is no whole Python file: a text or a bracket never ends",
                line: module.statements.last?.line ?? 1)
        }
        let id = try assigned("revision", in: module)
        guard case .text(let revision) = id.value else {
            throw .init(reason: "assigns something else than a text to revision", line: id.line)
        }
        let parents = try assigned("down_revision", in: module)
        let names: [String] =
            switch parents.value {
            case .nothing: []
            case .text(let parent): [parent]
            case .list(let several): several
            }
        return (.init(value: revision, line: id.line), .init(value: names, line: parents.line))
    }

    /// What a probe keeps of a file is 64 KiB; less a character that the cut may have gone through.
    private static let cap = 65_536 - 4

    /// The one literal that the module itself assigns to a name.
    private static func assigned(
        _ name: String, in module: PythonText
    ) throws(MigrationRevision.Unreadable) -> MigrationRevision.Stated<Literal> {
        var found: MigrationRevision.Stated<Literal>?
        var isLocal = false
        for statement in module.statements {
            if !statement.isIndented { isLocal = statement.beginsDefinition }
            // What stands in a function or class is a name of its own.
            if statement.isIndented, isLocal { continue }
            switch statement.assignment(to: name) {
            case .none: continue
            case .some(.literal(let literal)) where !statement.isIndented && found == nil:
                found = .init(value: literal, line: statement.line)
            case .some(.literal):
                throw .init(reason: "assigns \(name) twice, or under a condition", line: statement.line)
            case .some(.other):
                throw .init(reason: "assigns \(name) what only running it would tell", line: statement.line)
            }
        }
        guard let found else { throw .init(reason: "assigns no \(name)", line: 1) }
        return found
    }
}

/// A value that can be read as it stands.
private enum Literal {
    case nothing
    case text(String)
    case list([String])

    /// Reads tokens to their end; nil for anything else than a literal.
    init?(_ tokens: ArraySlice<PythonText.Token>) {
        var rest = tokens
        guard let first = Self.item(&rest) else {
            guard let list = Self.bracketed(&rest), rest.isEmpty else { return nil }
            self = list
            return
        }
        if rest.isEmpty {
            self = first
        } else {
            // A tuple needs no brackets.
            guard case .text(let text) = first, let more = Self.items(after: text, &rest), rest.isEmpty else {
                return nil
            }
            self = .list(more)
        }
    }

    /// One text, made of one or several that stand side by side, or `None`.
    private static func item(_ rest: inout ArraySlice<PythonText.Token>) -> Literal? {
        if rest.first == .word("None") {
            rest = rest.dropFirst()
            return .nothing
        }
        var text: String?
        while case .text(let part)? = rest.first {
            text = (text ?? "") + part
            rest = rest.dropFirst()
        }
        return text.map(Literal.text)
    }

    /// What follows a first text: commas and texts, with a comma at the end or without.
    private static func items(after first: String, _ rest: inout ArraySlice<PythonText.Token>) -> [String]? {
        var texts = [first]
        while rest.first == .mark(",") {
            rest = rest.dropFirst()
            guard let next = item(&rest) else { return texts }
            guard case .text(let text) = next else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A list in brackets, or one item in round ones, which is the item.
    private static func bracketed(_ rest: inout ArraySlice<PythonText.Token>) -> Literal? {
        guard case .mark(let opening)? = rest.first, let closing = ["(": ")", "[": "]", "{": "}"][opening] else {
            return nil
        }
        rest = rest.dropFirst()
        defer { rest = rest.dropFirst() }
        if rest.first == .mark(closing) { return opening == "{" ? nil : .list([]) }
        guard let first = item(&rest) else { return nil }
        if opening == "(", rest.first == .mark(closing) { return first }
        guard case .text(let text) = first, let texts = items(after: text, &rest), rest.first == .mark(closing) else {
            return nil
        }
        return .list(texts)
    }
}

extension PythonText.Statement {
    fileprivate enum Assignment {
        case literal(Literal)
        case other
    }

    /// Whether the lines that are indented under it belong to a function or a class.
    fileprivate var beginsDefinition: Bool {
        [.word("def"), .word("class"), .word("async")].contains(tokens.first)
    }

    /// What the statement gives a name; nil where it leaves the name alone.
    fileprivate func assignment(to name: String) -> Assignment? {
        let word = PythonText.Token.word(name)
        guard tokens.contains(word) else { return nil }
        let depths = depths
        let places = tokens.indices.filter { depths[$0] == 0 && tokens[$0].isAssignment }
        if tokens[0] == word, tokens.count > 1 {
            if tokens[1] == .mark("=") { return Literal(tokens[2...]).map(Assignment.literal) ?? .other }
            if tokens[1] == .mark(":") {
                // `revision: str` alone says of which type it will be, and gives it nothing.
                guard let place = places.first else { return nil }
                return Literal(tokens[(place + 1)...]).map(Assignment.literal) ?? .other
            }
        }
        if bindsByKeyword(word) { return .other }
        for index in tokens.indices where tokens[index] == word {
            if index > 0, tokens[index - 1] == .mark(".") { continue }
            if index + 1 < tokens.count, tokens[index + 1] == .mark(":=") { return .other }
            // Before an `=`: the target of an assignment, alone or among others. In a call's brackets it is an argument.
            let isTarget = places.contains { $0 > index } && (depths[index] == 0 || depths[0] > 0)
            if isTarget { return .other }
        }
        return nil
    }

    /// Whether a statement that makes names without an `=` makes this one.
    private func bindsByKeyword(_ word: PythonText.Token) -> Bool {
        if beginsDefinition { return tokens.dropFirst().prefix(2).contains(word) }
        let makers: [PythonText.Token] = ["for", "with", "import", "from", "del", "global"].map { .word($0) }
        return tokens.first.map(makers.contains) ?? false
    }

    /// How many brackets each token stands in; a bracket stands in itself.
    private var depths: [Int] {
        var depth = 0
        return tokens.map { token in
            switch token {
            case .mark("("), .mark("["), .mark("{"):
                depth += 1
                return depth
            case .mark(")"), .mark("]"), .mark("}"):
                depth -= 1
                return depth + 1
            default: return depth
            }
        }
    }
}

extension PythonText.Token {
    /// `=` and its augmented forms; no comparison.
    fileprivate var isAssignment: Bool {
        guard case .mark(let mark) = self, mark.hasSuffix("=") else { return false }
        return !["==", "!=", "<=", ">="].contains(mark)
    }
}
