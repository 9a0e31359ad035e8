/// Reads which revision an SQL file is and which it follows, from the comments that it begins with:
/// `-- revision: 0003` and `-- revises: 0002`, the latter with `none` for the first, or several with commas for a merge.
enum SQLFile {
    /// Whether a file of that name is one: by its ending, in small letters or capitals.
    static func isOne(_ name: String) -> Bool { name.lowercased().hasSuffix(".sql") }

    /// Id and parents, each with its line.
    static func place(
        in text: String
    ) throws(MigrationRevision.Unreadable) -> (
        MigrationRevision.Stated<String>, MigrationRevision.Stated<[String]>
    ) {
        let header = Self.header(of: text)
        let id = try value(of: "revision", in: header)
        let parents = try value(of: "revises", in: header)
        guard isID(id.value) else { throw .init(reason: "has an id that is no name", line: id.line) }
        if parents.value == "none" { return (id, .init(value: [], line: parents.line)) }
        let names = parents.value.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        guard names.allSatisfy({ isID($0) && $0 != "none" }) else {
            throw .init(reason: "names parents that are no names", line: parents.line)
        }
        return (id, .init(value: names, line: parents.line))
    }

    /// The text of each comment before the first statement, with its line.
    private static func header(of text: String) -> [MigrationRevision.Stated<String>] {
        var header: [MigrationRevision.Stated<String>] = []
        let body = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        for (index, line) in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = trimmed(line)
            if line.isEmpty { continue }
            guard line.hasPrefix("--") else { break }
            header.append(.init(value: trimmed(line.dropFirst(2)), line: index + 1))
        }
        return header
    }

    private static func value(
        of key: String, in header: [MigrationRevision.Stated<String>]
    ) throws(MigrationRevision.Unreadable) -> MigrationRevision.Stated<String> {
        let lines = header.filter { $0.value.hasPrefix("\(key):") }
        guard let first = lines.first else {
            throw .init(reason: "does not begin with a comment -- \(key): …", line: 1)
        }
        guard lines.count == 1 else { throw .init(reason: "says -- \(key): … twice", line: lines[1].line) }
        return .init(value: trimmed(first.value.dropFirst(key.count + 1)), line: first.line)
    }

    private static func isID(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
                default: false
                }
            }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let head = text.drop(while: isBlank)
        return String(String(head.reversed().drop(while: isBlank).reversed()))
    }
}
