/// A JSON text as values, with its numbers as they are spelled.
///
/// Numbers stay text, because a decoder that reads `0.1` as a binary fraction has lost the price that it was. A key that
/// is given twice is refused: readers disagree about which one counts.
package indirect enum JSONValue: Sendable, Equatable {
    /// One field of an object.
    package struct Field: Sendable, Equatable {
        /// The field's name.
        package var name: String
        /// What it holds.
        package var value: JSONValue

        /// Names a value.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    case null
    case flag(Bool)
    /// The digits as they are spelled: `1.50`, `1e3`.
    case number(String)
    case text(String)
    case list([JSONValue])
    /// In the order of the text, each name once.
    case object([Field])

    /// What an object holds under a name; nil where it is no object or holds none.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// What the value is, in the words of a message. Holds no text of the value.
    package var kind: String {
        switch self {
        case .null: "null"
        case .flag: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .list(let items): items.isEmpty ? "an empty list" : "a list of \(items.count)"
        case .object(let fields): fields.isEmpty ? "an empty object" : "an object"
        }
    }

    /// The value as JSON, without blanks.
    package var json: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { "\(Self.quoted($0.name)):\($0.value.json)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
