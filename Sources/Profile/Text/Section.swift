import Readiness

/// One map of a file while it is being read: each step answers with a value or states what is wrong with it.
///
/// A step that answers nil has stated a problem, unless its comment says otherwise; reading goes on, so that one load
/// reports everything.
struct Section {
    /// The dotted path of the map in its file; empty for the top.
    let path: String
    let line: Int
    let entries: [KeyValueTree.Entry]
    let problems: ProblemCollector

    /// The map at the top of a file.
    init?(top: KeyValueTree?, problems: ProblemCollector) {
        guard case .map(let entries, let line) = top else { return nil }
        self.init(path: "", line: line, entries: entries, problems: problems)
    }

    private init(path: String, line: Int, entries: [KeyValueTree.Entry], problems: ProblemCollector) {
        self.path = path
        self.line = line
        self.entries = entries
        self.problems = problems
    }

    /// The dotted path of one of the map's keys.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The source of a value.
    func source(of value: KeyValueTree) -> SourceLocation { SourceLocation(file: problems.file, line: value.line) }

    /// What stands under a key, or nil, silently, where the key is not there.
    subscript(key: String) -> KeyValueTree? { entries.first { $0.key == key }?.value }

    /// What stands under a key that must be there.
    func required(_ key: String, accepted: String) -> KeyValueTree? {
        if let value = self[key] { return value }
        problems.error(line: line, path(of: key), "is missing", accepted: accepted)
        return nil
    }

    /// States every key that is not one of these: an error in every file, whoever wrote it. A misspelt threshold that is
    /// passed over leaves another number in force than the one that its author reads there.
    ///
    /// - Parameter elsewhere: Keys that stand in another place of the same file, with that place: named as what was meant
    ///   when one of them stands here.
    func refuseKeys(except known: [String], elsewhere: [String: String] = [:]) {
        for entry in entries where !known.contains(entry.key) {
            problems.error(
                line: entry.line, path(of: entry.key), "is not a known key", accepted: known.joined(separator: ", "),
                nearest: elsewhere[entry.key] ?? NearestName.of(entry.key, among: known))
        }
    }

    /// A map under a key.
    func section(_ key: String, _ value: KeyValueTree, keys: [String]) -> Section? {
        guard case .map(let entries, let line) = value else {
            wrongType(key, value, accepted: "a map with the keys \(keys.joined(separator: ", "))")
            return nil
        }
        return Section(path: path(of: key), line: line, entries: entries, problems: problems)
    }

    /// The maps of a list of maps, in order; what is not a map is stated and left out.
    func sections(_ key: String, _ value: KeyValueTree, keys: [String]) -> [Section]? {
        guard case .list(let items, _) = value else {
            wrongType(key, value, accepted: "a list of maps with the keys \(keys.joined(separator: ", "))")
            return nil
        }
        return items.enumerated().compactMap { section("\(key)[\($0)]", $1, keys: keys) }
    }

    /// A number within a range, exactly as it is written.
    func number(_ key: String, _ value: KeyValueTree, in range: NumberRange) -> DecimalValue? {
        guard case .scalar(let text, _, let isQuoted) = value else {
            wrongType(key, value, accepted: range.description)
            return nil
        }
        guard let number = PlainNumber.parse(text) else {
            wrongType(key, value, accepted: range.description)
            return nil
        }
        guard !isQuoted else {
            problem(key, value, "is text: write \(text) without quotation marks", accepted: range.description)
            return nil
        }
        if let objection = range.objection(to: number) {
            problem(key, value, objection, accepted: range.description)
            return nil
        }
        return number
    }

    /// `true` or `false`; the other words that YAML 1.1 takes for them are refused.
    func flag(_ key: String, _ value: KeyValueTree) -> Bool? {
        switch value {
        case .scalar("true", _, false): return true
        case .scalar("false", _, false): return false
        default:
            wrongType(key, value, accepted: "true, false")
            return nil
        }
    }

    /// One of a closed list of words.
    func word(_ key: String, _ value: KeyValueTree, among words: [String]) -> String? {
        let accepted = words.joined(separator: ", ")
        guard case .scalar(let text, _, _) = value else {
            wrongType(key, value, accepted: accepted)
            return nil
        }
        guard words.contains(text) else {
            problem(
                key, value, text.isEmpty ? "is empty" : "is \(quoted(text))", accepted: accepted,
                nearest: NearestName.of(text, among: words))
            return nil
        }
        return text
    }

    /// A single text, not empty and not longer than a line of it.
    func text(_ key: String, _ value: KeyValueTree, accepted: String) -> String? {
        guard case .scalar(let text, _, _) = value, !text.isEmpty, text.utf8.count <= 200, SafeText.line(text) == text
        else {
            wrongType(key, value, accepted: accepted)
            return nil
        }
        return text
    }

    /// A text of several lines perhaps, such as a statement; not empty, without control characters but line ends.
    func longText(_ key: String, _ value: KeyValueTree, accepted: String) -> String? {
        guard case .scalar(let text, _, _) = value, text.utf8.contains(where: { $0 > 0x20 }), text.utf8.count <= 20_000,
            text.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && $0.value != 0x7f })
        else {
            wrongType(key, value, accepted: accepted)
            return nil
        }
        return text
    }

    /// The words of a command, in order; the same word may stand twice.
    func words(_ key: String, _ value: KeyValueTree) -> [String]? {
        let accepted = "a list of words, the program first: [python3, tools/limits.py]"
        guard case .list(let items, _) = value, !items.isEmpty else {
            wrongType(key, value, accepted: accepted)
            return nil
        }
        var words: [String] = []
        for item in items {
            guard case .scalar(let word, _, _) = item, words.count > 0 || !word.isEmpty, word.utf8.count <= 4_000,
                !word.utf8.contains(0)
            else {
                problem(key, item, "holds \(item.kind)", accepted: accepted)
                return nil
            }
            words.append(word)
        }
        return words
    }

    /// A list of names, at least one, none twice, each of which `isAccepted`.
    ///
    /// - Parameter nearest: The known name that a refused one may have meant.
    func names(
        _ key: String, _ value: KeyValueTree, accepted: String, nearest: (String) -> String? = { _ in nil },
        where isAccepted: (String) -> Bool
    ) -> [String]? {
        guard case .list(let items, _) = value else {
            wrongType(key, value, accepted: "a list of \(accepted)")
            return nil
        }
        guard !items.isEmpty else {
            problem(key, value, "is an empty list", accepted: "at least one of \(accepted)")
            return nil
        }
        var names: [String] = []
        var isSound = true
        for item in items {
            guard case .scalar(let name, _, _) = item, isAccepted(name) else {
                var meant: String?
                if case .scalar(let name, _, _) = item { meant = nearest(name) }
                problem(key, item, "holds \(item.kind)", accepted: accepted, nearest: meant)
                isSound = false
                continue
            }
            guard !names.contains(name) else {
                problem(key, item, "holds \(quoted(name)) twice")
                isSound = false
                continue
            }
            names.append(name)
        }
        return isSound ? names : nil
    }

    /// States that a value is of the wrong kind.
    func wrongType(_ key: String, _ value: KeyValueTree, accepted: String) {
        problem(key, value, value.kind == "nothing" ? "is empty" : "is \(value.kind)", accepted: accepted)
    }

    /// States a problem at the line of a value.
    func problem(
        _ key: String, _ value: KeyValueTree, _ message: String, accepted: String? = nil, nearest: String? = nil
    ) {
        problems.error(line: value.line, path(of: key), message, accepted: accepted, nearest: nearest)
    }
}
