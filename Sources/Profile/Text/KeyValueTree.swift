/// A configuration file as plain values with the lines they stand at: what is left of YAML when its spelling is gone.
///
/// No value is interpreted: `50`, `yes` and `~` are the texts that the file spells. Keys are text and unique within
/// their map. Anchors, aliases, tags and more than one document are refused by the reader, so a tree is never larger
/// than its file.
package indirect enum KeyValueTree: Sendable, Equatable {
    /// One key of a map, with its value.
    package struct Entry: Sendable, Equatable {
        /// The key as the file spells it.
        package var key: String
        /// The line of the key, from 1.
        package var line: Int
        /// What stands under it.
        package var value: KeyValueTree

        /// Names a key and its value.
        package init(key: String, line: Int, value: KeyValueTree) {
            self.key = key
            self.line = line
            self.value = value
        }
    }

    /// A single value as text. `isQuoted`: in quotation marks or as a block, so that it cannot be meant as a number.
    case scalar(String, line: Int, isQuoted: Bool)
    /// Values in the file's order.
    case list([KeyValueTree], line: Int)
    /// Keys with values, in the file's order.
    case map([Entry], line: Int)

    /// The line at which the value begins, from 1.
    package var line: Int {
        switch self {
        case .scalar(_, let line, _), .list(_, let line), .map(_, let line): line
        }
    }

    /// What the value is, in the words of a message.
    var kind: String {
        switch self {
        case .scalar("", _, false): "nothing"
        case .scalar(let text, _, _): quoted(text)
        case .list: "a list"
        case .map: "a map of keys"
        }
    }
}
