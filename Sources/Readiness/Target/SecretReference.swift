/// Where a secret is to be had. A profile names secrets and never holds them.
package enum SecretReference: Sendable, Equatable, CustomStringConvertible {
    /// `env:NAME`: a variable of our own environment.
    case environment(String)
    /// `file:PATH`: the first line of a file that is this user's alone (mode 0600 or less).
    case file(String)
    /// `command:WORD WORD …`: the first line that a command prints. Words are split at blanks; no shell is involved.
    case command([String])

    /// What is accepted, in the words of a message.
    package static let accepted = "env:NAME, file:PATH (mode 0600), command:WORDS"

    /// Reads a reference.
    ///
    /// - Returns: nil for anything else, a secret that was pasted into the file among them: do not repeat the text in
    ///   a message.
    package init?(parsing text: String) {
        guard text.utf8.count <= 1_000, let colon = text.firstIndex(of: ":") else { return nil }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "env":
            guard Self.isVariable(rest) else { return nil }
            self = .environment(rest)
        case "file":
            guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
            self = .file(rest)
        case "command":
            let words = rest.split(separator: " ").map(String.init)
            guard !words.isEmpty, rest.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
            self = .command(words)
        default: return nil
        }
    }

    /// The reference as the profile spells it. Names the place, not the secret.
    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .command(let words): "command:\(words.joined(separator: " "))"
        }
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
