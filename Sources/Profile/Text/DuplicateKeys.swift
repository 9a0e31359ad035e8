import Yams

/// Composes YAML in which a map may hold a key twice.
///
/// Yams stops at the first map with such a key and forgets the rest of the file. So that one load can report every
/// problem, the first of the two keys is marked with a private character and the text is composed again; the walk over
/// the tree removes the mark and finds both keys, with path and line.
enum DuplicateKeys {
    /// Why text is not YAML.
    struct SyntaxError: Error, Equatable {
        /// From 1; 0 where the parser does not say.
        var line: Int
        var message: String
    }

    /// The root node, or nil for a text without any value.
    struct Composed {
        var root: Node?
    }

    /// Marked keys begin with this character, a running number, and this character again.
    private static let mark: Unicode.Scalar = "\u{E0F1}"

    /// More keys given twice than this are not told apart: the file is wrong enough.
    private static let mostRounds = 32

    /// Each round parses the whole text; this many bytes in all, but for the first round.
    private static let parsedBytesBound = 4 << 20

    /// Composes a single document.
    static func compose(_ text: String) throws(SyntaxError) -> Composed {
        guard !text.unicodeScalars.contains(mark) else {
            throw SyntaxError(line: 0, message: "holds the private character U+E0F1")
        }
        let roundBound = min(mostRounds, parsedBytesBound / max(text.utf8.count, 1))
        var text = text
        for round in 0...roundBound {
            do {
                // The encoding is named because the default asks the environment and prints to stdout.
                return Composed(root: try Yams.compose(yaml: text, .default, .default, .utf8))
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                let names = duplicates.map(withoutMark)
                let stopped = SyntaxError(
                    line: context.mark.line,
                    message: "keys are given twice: \(names.map(quoted).joined(separator: ", "))")
                guard round < roundBound, let marked = marking(context.mark, round: round, in: text) else {
                    throw stopped
                }
                text = marked
            } catch {
                throw SyntaxError(error)
            }
        }
        preconditionFailure("the last round returns or throws")
    }

    /// The key as the file spells it.
    static func withoutMark(_ key: String) -> String {
        let scalars = key.unicodeScalars
        guard scalars.first == mark, let end = scalars.dropFirst().firstIndex(of: mark) else { return key }
        return String(scalars[scalars.index(after: end)...])
    }

    /// The text with a mark at the beginning of the key that stands at a place.
    private static func marking(_ place: Mark, round: Int, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        guard var index = YAMLLines.offset(ofLine: place.line, in: scalars) else { return nil }
        index += place.column - 1
        guard index < scalars.count else { return nil }
        // In a quoted key the mark goes behind the quotation mark. Other spellings (a tag, a map as key) do not become
        // different by it: the next round finds the same key again, until the bound.
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        scalars.insert(contentsOf: "\(mark)\(round)\(mark)".unicodeScalars, at: index)
        var marked = String.UnicodeScalarView()
        marked.append(contentsOf: scalars)
        return String(marked)
    }
}

extension DuplicateKeys.SyntaxError {
    /// What the parser says, with its line.
    fileprivate init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, let yaml),
            .parser(let context, let problem, let mark, let yaml),
            .composer(let context, let problem, let mark, let yaml):
            // The parser's own words for it name no tab, or a plain scalar that nobody has heard of.
            if Self.beginsWithTab(mark.line, of: yaml) {
                self.init(line: mark.line, message: "is not YAML: the line begins with a tab; YAML takes spaces")
                return
            }
            let circumstance = context.map { " \($0.text)" } ?? ""
            self.init(line: mark.line, message: "is not YAML:\(circumstance) \(problem)")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 } ?? 0
            self.init(line: line, message: "is not YAML: \(problem)")
        default:
            self.init(line: 0, message: "is not YAML: \(quoted("\(error)"))")
        }
    }

    /// Whether a tab is among the blanks that a line begins with.
    private static func beginsWithTab(_ line: Int, of yaml: String) -> Bool {
        let lines = yaml.split(separator: "\n", maxSplits: max(0, line), omittingEmptySubsequences: false)
        guard line > 0, lines.count >= line else { return false }
        return lines[line - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }
}

/// Line ends as YAML 1.1 counts them.
enum YAMLLines {
    /// The offset of a line's first scalar; lines count from 1.
    static func offset(ofLine line: Int, in scalars: [Unicode.Scalar]) -> Int? {
        var current = 1
        var offset = 0
        while current < line {
            guard offset < scalars.count else { return nil }
            if isBreak(scalars[offset]) {
                if scalars[offset] == "\r", offset + 1 < scalars.count, scalars[offset + 1] == "\n" { offset += 1 }
                current += 1
            }
            offset += 1
        }
        return offset
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
