import Readiness

/// Lines of a profile as it is written: prose behind `##`, settings, and settings that are offered behind one `#`, so
/// that taking it away puts them in force.
struct ProfileLines {
    private(set) var lines: [String] = []

    /// The widest line of prose.
    private static let width = 110

    /// A paragraph of prose.
    mutating func say(_ prose: String) {
        var line = "##"
        for word in Self.comment(prose).split(separator: " ") {
            if line.count + 1 + word.count > Self.width, line != "##" {
                lines.append(line)
                line = "##"
            }
            line += " \(word)"
        }
        lines.append(line)
    }

    /// A setting, in force or offered. What is in force has passed `isValue`; what is offered stands in a comment.
    mutating func put(_ line: String, isOffered: Bool = false) {
        lines.append(isOffered ? "#\(Self.comment(line))" : line)
    }

    /// A setting that is offered.
    mutating func offer(_ line: String) { put(line, isOffered: true) }

    /// An empty line.
    mutating func space() { lines.append("") }

    /// The whole.
    var text: String { lines.joined(separator: "\n") + "\n" }

    /// Text from a repository for a comment: one line, and without the signs that the reader of profiles refuses
    /// wherever they stand, because aliases of YAML are written with them.
    static func comment(_ text: String) -> String {
        String(
            SafeText.line(text).map { sign in
                switch sign {
                case "&", "*", "?": "_"
                default: sign
                }
            })
    }

    /// A value as YAML, in quotation marks unless it can be nothing but text.
    static func value(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        let first = text.utf8.first ?? 0
        let isWord = (97...122).contains(first) || (65...90).contains(first) || first == UInt8(ascii: "/")
        let isReserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        if isPlain, isWord, !isReserved { return text }
        var quoted = "\""
        for sign in text.unicodeScalars {
            if sign == "\"" || sign == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(sign)
        }
        return quoted + "\""
    }

    /// Whether the reader of profiles takes a text as a value: short, without control characters, and without what it
    /// takes for an alias.
    static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && comment(text) == text
    }
}
