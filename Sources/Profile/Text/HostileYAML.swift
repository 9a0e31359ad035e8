/// Tells, before YAML is parsed, whether it could cost much more than its size.
///
/// Two things can. A few lines of aliases to aliases stand for billions of values, and Yams already follows them while
/// it looks for keys given twice. And a key that is itself a map, with such keys in turn, is compared once on every
/// level. No configuration needs either, so they are refused. An alias without an anchor is a syntax error, so text is
/// only dangerous when it holds both; the tests may find too much (in a quoted text or a comment) but never too little.
enum HostileYAML {
    /// More `?` than this, each at a place where it could begin a key, are refused.
    private static let complexKeyBound = 16

    /// What is wrong, with its line from 1, or nil.
    static func objection(to text: String) -> (line: Int, message: String)? {
        var line = 1
        var firstAlias: Int?
        var hasAnchor = false
        var complexKeys = 0
        var previous = UInt8(ascii: "\n")
        for (byte, next) in zip(text.utf8, Array(text.utf8.dropFirst()) + [UInt8(ascii: "\n")]) {
            defer { previous = byte }
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard canPrecedeToken(previous) else { continue }
            switch byte {
            case UInt8(ascii: "*") where isName(next): firstAlias = firstAlias ?? line
            case UInt8(ascii: "&") where isName(next): hasAnchor = true
            case UInt8(ascii: "?"):
                complexKeys += 1
                if complexKeys > complexKeyBound { return (line, "keys that are not plain text (?) are not read") }
            default: break
            }
        }
        guard hasAnchor, let firstAlias else { return nil }
        return (firstAlias, "anchors and aliases (&name, *name) are not read: write the value out")
    }

    /// Whether a token can begin behind this byte: not within a word, and not behind a closing quotation mark.
    private static func canPrecedeToken(_ byte: UInt8) -> Bool {
        !(isName(byte) && byte != UInt8(ascii: "-")) && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "\"")
            && byte != UInt8(ascii: "'")
    }

    /// A letter of an anchor's name, as libyaml has it.
    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
