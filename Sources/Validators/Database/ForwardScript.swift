import Readiness

/// The statements of an SQL migration that lead forward, cut out of its file.
///
/// The whole file, or what stands between the lines `-- migrate:up` and `-- migrate:down`. A file that is divided in
/// another tool's way is not guessed at: statements that lead back, carried out as well, would make a schema that nobody
/// ever had.
enum ForwardScript {
    /// Why a file's statements cannot be told; reads after the file's name.
    struct Unclear: Error, Equatable {
        var reason: String
    }

    /// What a probe keeps of a file is 64 KiB; less a character that the cut may have gone through.
    private static let cap = 65_536 - 4

    /// The script of a file.
    static func read(_ file: MigrationFile) throws(Unclear) -> MigrationScript {
        guard SQLFile.isOne(file.name) else {
            throw Unclear(reason: "is no plain SQL, and only its own tool can run it")
        }
        guard file.text.utf8.count < cap else {
            throw Unclear(reason: "is longer than the 64 KiB that are read of a file")
        }
        guard !file.text.unicodeScalars.contains("\u{0}") else { throw Unclear(reason: "holds bytes that are no text") }
        let lines = file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var forward: [Substring] = []
        var isForward = true
        var seen: Set<String> = []
        for line in lines {
            guard let mark = mark(of: line) else {
                if isForward { forward.append(line) }
                continue
            }
            guard mark == "migrate:up" || mark == "migrate:down" else {
                throw Unclear(reason: "is divided by -- \(mark.shortened(to: 40)), which is not understood here")
            }
            guard seen.insert(mark).inserted else { throw Unclear(reason: "has -- \(mark) twice") }
            // What stands before -- migrate:up is comments by all tools' rules, and would be carried out by some.
            if mark == "migrate:up", seen.contains("migrate:down") {
                throw Unclear(reason: "has -- migrate:down before -- migrate:up")
            }
            isForward = mark == "migrate:up"
        }
        return MigrationScript(name: file.name, sql: forward.joined(separator: "\n"))
    }

    /// The comment that divides a file, in small letters and without what follows its first word.
    private static func mark(of line: Substring) -> String? {
        let text = line.drop { $0 == " " || $0 == "\t" }
        guard text.hasPrefix("--") else { return nil }
        let words = text.dropFirst(2).lowercased().split(whereSeparator: \.isWhitespace)
        guard let first = words.first.map(String.init) else { return nil }
        let divides =
            first.hasPrefix("migrate:") || first.hasPrefix("+") || first == "//@undo" || first == "@undo"
            || (words.count == 1 && ["up", "down", "undo", "rollback", "up:", "down:"].contains(first))
        return divides ? first : nil
    }
}
