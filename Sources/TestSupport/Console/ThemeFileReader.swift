package import ConsoleUI
import FoundationEssentials

/// Reads the form of YAML that theme files are written in, for tests that must not depend on a YAML library: maps by
/// indentation, maps in braces, lists in brackets, quoted and plain words, comments. The product reads them with Yams.
package enum ThemeFileReader {
    /// What is wrong with a file.
    package struct Problem: Error, CustomStringConvertible {
        /// Line and trouble.
        package var description: String
    }

    /// The theme of that name in a folder, on top of what it inherits.
    package static func theme(_ name: String, in folder: String) throws -> Theme {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name).yaml") else {
            throw Problem(description: "no theme \(name) in \(folder)")
        }
        let tree = try read(String(decoding: data, as: UTF8.self))
        let base = try Theme.inheritedName(in: tree).map { try theme($0, in: folder) } ?? .plain
        return try Theme(decoding: tree, base: base, file: "\(name).yaml")
    }

    /// The tree of a file's text.
    package static func read(_ text: String) throws -> SettingsTree {
        var root: [SettingsTree.Entry] = []
        var inner: [SettingsTree.Entry]?
        for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(raw)
            let body = String(line.drop { $0 == " " })
            if body.isEmpty || body.hasPrefix("#") { continue }
            guard let colon = body.firstIndex(of: ":") else {
                throw Problem(description: "line \(number + 1): no colon")
            }
            let key = String(body[..<colon])
            var scanner = Scanner(rest: body[body.index(after: colon)...])
            if !line.hasPrefix(" "), let entries = inner {
                root[root.count - 1].value = .map(entries)
                inner = nil
            }
            if scanner.isAtEnd {
                root.append(.init(key, .map([])))
                inner = []
            } else {
                let value = try scanner.value()
                if line.hasPrefix(" ") { inner?.append(.init(key, value)) } else { root.append(.init(key, value)) }
            }
        }
        if let inner { root[root.count - 1].value = .map(inner) }
        return .map(root)
    }

    private struct Scanner {
        var rest: Substring

        private mutating func skip() { rest = rest.drop { $0 == " " } }

        var isAtEnd: Bool {
            let trimmed = rest.drop { $0 == " " }
            return trimmed.isEmpty || trimmed.hasPrefix("#")
        }

        mutating func value() throws -> SettingsTree {
            skip()
            switch rest.first {
            case "{":
                return .map(
                    try items(closing: "}") { scanner in
                        let key = try scanner.word(until: ":")
                        scanner.rest = scanner.rest.dropFirst()
                        return SettingsTree.Entry(key, try scanner.value())
                    })
            case "[": return .list(try items(closing: "]") { try $0.value() })
            default: return .scalar(try word(until: ",}]#"))
            }
        }

        private mutating func items<Item>(closing: Character, _ item: (inout Scanner) throws -> Item) throws -> [Item] {
            rest = rest.dropFirst()
            var items: [Item] = []
            while true {
                skip()
                if rest.first == closing {
                    rest = rest.dropFirst()
                    return items
                }
                items.append(try item(&self))
                skip()
                if rest.first == "," {
                    rest = rest.dropFirst()
                } else if rest.first != closing {
                    throw Problem(description: "expected , or \(closing) at “\(rest)”")
                }
            }
        }

        private mutating func word(until stops: String) throws -> String {
            skip()
            if rest.first == "\"" {
                let inside = rest.dropFirst()
                guard let end = inside.firstIndex(of: "\"") else {
                    throw Problem(description: "no closing quote at “\(rest)”")
                }
                rest = inside[inside.index(after: end)...]
                return String(inside[..<end])
            }
            let word = rest.prefix { !stops.contains($0) }
            rest = rest.dropFirst(word.count)
            return String(word.reversed().drop { $0 == " " }.reversed())
        }
    }
}
