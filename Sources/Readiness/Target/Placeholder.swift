/// `{name}` in a text of a profile, for a field of a request.
///
/// Only a lower-case name in braces is one: `{"action": "{action}"}` holds one, its outer braces are text.
package enum Placeholder {
    /// The names in a text, in order, each once.
    package static func names(in text: String) -> [String] {
        var names: [String] = []
        for piece in pieces(of: text) {
            if case .name(let name) = piece, !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The text with each name replaced.
    ///
    /// - Parameter value: what a name stands for, made fit for where it goes; nil leaves the placeholder as it is.
    package static func filled(_ text: String, _ value: (String) -> String?) -> String {
        pieces(of: text).map { piece in
            switch piece {
            case .text(let text): String(text)
            case .name(let name): value(name) ?? "{\(name)}"
            }
        }
        .joined()
    }

    private enum Piece {
        case text(Substring)
        case name(String)
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let inside = rest[rest.index(after: open)...]
            let name = inside.prefix { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
            if !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" {
                pieces.append(.text(rest[..<open]))
                pieces.append(.name(String(name)))
                rest = rest[rest.index(after: name.endIndex)...]
            } else {
                pieces.append(.text(rest[...open]))
                rest = inside
            }
        }
        pieces.append(.text(rest))
        return pieces
    }
}
