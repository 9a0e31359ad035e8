/// A text file of a repository as the finders see it: its lines, without any way to read more.
package struct SurveyedFile: Sendable, Equatable {
    /// A line, cut after `lineCap` bytes.
    package struct Line: Sendable, Equatable {
        /// From 1.
        package var number: Int
        /// Without its end.
        package var text: Substring
    }

    /// The most that is looked at of a line: 2,000 bytes. What is longer was made by a machine.
    package static let lineCap = 2_000

    /// Relative to the repository, with `/` between its parts.
    package let path: String
    /// In the file's order.
    package let lines: [Line]

    /// Cuts a text into lines.
    package init(path: String, text: String) {
        self.path = path
        var lines: [Line] = []
        // By bytes: to Swift a carriage return and a line feed are one character, which `"\n"` does not equal.
        for (place, part) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            var bytes = part.prefix(Self.lineCap)
            if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
            // A cut within a letter leaves a half of it, which no finder looks for.
            lines.append(Line(number: place + 1, text: Substring(String(decoding: bytes, as: UTF8.self))))
        }
        self.lines = lines
    }

    /// The last part of the path.
    package var name: Substring { path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...] }

    /// What stands before the last part; empty at the top.
    package var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "" }

    /// What stands behind the name's last full stop, in small letters; empty without one.
    package var suffix: String { name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? "" }

    /// Whether the name is that of a file of variables: `.env`, `.env.example`, `staging.env`.
    var isVariables: Bool { name == ".env" || name.hasPrefix(".env.") || suffix == "env" }

    /// Whether its variables are examples and no values.
    var isExample: Bool {
        let name = name.lowercased()
        return ["example", "sample", "template", "dist"].contains { name.contains($0) }
    }

    /// Whether it is YAML.
    var isYAML: Bool { suffix == "yaml" || suffix == "yml" }

    /// Whether it is a program's text in a language that routes and addresses are looked for in.
    var isCode: Bool { Self.languages.contains(suffix) }

    static let languages: Set = ["py", "go", "js", "mjs", "cjs", "ts", "rb", "java", "kt", "rs", "php", "cs", "swift"]
}
