import Readiness

/// A line of a child without the secrets that it says.
///
/// A text is cleaned where JSON's escapes have been taken off it, so that a secret is found however it is spelled, and
/// before anything is cut, so that no beginning of one is left.
struct ExternalLine {
    /// To be read as a message.
    let bytes: [UInt8]
    /// To be shown. Not capped.
    let shown: String
    /// Whether it says a secret where a text is taken word for word, and written down: what undoes an effect, and the
    /// name by which the child is acknowledged.
    let namesSecretInEffect: Bool

    /// Fields whose texts are words of the protocol, which a poor secret may spell as well: `pass` must still be one.
    /// Words that there are not are refused, and a refusal is cleaned, or passed over.
    private static let words: Set = [
        "kind", "outcome", "severity", "effects", "class", "provenance", "grade", "aggregation", "locks",
    ]
    /// Fields whose texts are held against something or read as a number, and are not shown where they are refused.
    private static let literals: Set = ["sha256", "value", "path"]
    /// A longer one is no word of the protocol, and a refusal would show the beginning of it.
    private static let longestWord = 60

    init(_ line: [UInt8], _ redactor: Redactor) {
        let redactor = redactor.current()
        let root: JSONValue
        do throws(JSONParser.Trouble) { root = try JSONParser.parse(line) } catch {
            // It will be refused without a word of it. It may be what a child was saying when it was killed.
            bytes = line
            shown = redactor.redacted(cut: line)
            namesSecretInEffect = false
            return
        }
        let clean = Self.cleaned(root, redactor, keepingWords: true)
        let wholly = Self.cleaned(root, redactor, keepingWords: false)
        bytes = clean == root ? line : Array(clean.json.utf8)
        // Numbers are spelled as they are said; this reaches those as well.
        shown = redactor.redacted(wholly == root ? String(decoding: line, as: UTF8.self) : wholly.json)
        namesSecretInEffect =
            root["kind"] == .text("effect")
            && (root["undo"] != wholly["undo"] || root["effect_id"] != wholly["effect_id"])
    }

    /// - Parameter keepingWords: whether the names of fields stay as they are, and what a message could not be read
    ///   without.
    private static func cleaned(
        _ value: JSONValue, _ redactor: Redactor, under name: String = "", keepingWords: Bool
    ) -> JSONValue {
        switch value {
        case .null, .flag, .number: value
        case .text(let text): keepingWords && isKept(text, under: name) ? value : .text(redactor.redacted(text))
        case .list(let items):
            .list(items.map { cleaned($0, redactor, under: name, keepingWords: keepingWords) })
        case .object(let fields):
            .object(
                fields.map { field in
                    .init(
                        keepingWords ? field.name : redactor.redacted(field.name),
                        cleaned(field.value, redactor, under: field.name, keepingWords: keepingWords))
                })
        }
    }

    private static func isKept(_ text: String, under name: String) -> Bool {
        if literals.contains(name) { return true }
        // The name of a check is its author's, and public.
        if name == "id" { return CheckID(parsing: text) != nil && text.utf8.count <= longestWord }
        return words.contains(name) && text.utf8.count <= longestWord
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
