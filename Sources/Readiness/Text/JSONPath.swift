/// A place in a JSON text: `$.build.commit`, `$.rows[0]`, `$['odd name'][-1]`.
///
/// The plain part of RFC 9535: names and indexes, no wildcards, filters or slices. So a path leads to one value or to
/// none, and never to more.
package struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    /// One step into a value.
    package enum Step: Sendable, Hashable {
        /// A field of an object.
        case name(String)
        /// An item of a list, from 0; negative from the end.
        case index(Int)
    }

    /// Why a text is not a path.
    package struct Trouble: Error, Equatable, CustomStringConvertible {
        /// Where, in characters from 1.
        package var column: Int
        /// A lower-case fragment.
        package var message: String

        /// States a trouble.
        package init(column: Int, message: String) {
            self.column = column
            self.message = message
        }

        /// The message and the place.
        package var description: String { "\(message) at character \(column)" }
    }

    /// What is accepted, in the words of a message.
    package static let accepted = "a JSON path such as $.build.commit or $.rows[0]['odd name']"

    /// From the outermost value inwards; none for the whole text.
    package var steps: [Step]
    /// As it was written.
    package let description: String

    /// Reads a path.
    package init(parsing text: String) throws(Trouble) {
        description = text
        steps = []
        let characters = Array(text)
        guard characters.first == "$" else { throw Trouble(column: 1, message: "a path begins with $") }
        var at = 1
        while at < characters.count {
            switch characters[at] {
            case ".": steps.append(try Self.plainName(characters, &at))
            case "[": steps.append(try Self.bracket(characters, &at))
            default: throw Trouble(column: at + 1, message: "a step begins with . or [")
            }
        }
    }

    /// What stands at the place; nil where there is none.
    package func value(in root: JSONValue) -> JSONValue? {
        var value = root
        for step in steps {
            switch (step, value) {
            case (.name(let name), .object):
                guard let inner = value[name] else { return nil }
                value = inner
            case (.index(let index), .list(let items)):
                let index = index < 0 ? items.count + index : index
                guard items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    private static func plainName(_ characters: [Character], _ at: inout Int) throws(Trouble) -> Step {
        at += 1
        let start = at
        while at < characters.count, isPlain(characters[at]) { at += 1 }
        guard at > start else { throw Trouble(column: at + 1, message: "a name is missing") }
        return .name(String(characters[start..<at]))
    }

    private static func bracket(_ characters: [Character], _ at: inout Int) throws(Trouble) -> Step {
        at += 1
        let start = at
        guard at < characters.count else { throw Trouble(column: at + 1, message: "a bracket does not close") }
        let step: Step
        if characters[at] == "'" || characters[at] == "\"" {
            let quote = characters[at]
            guard let end = characters[(at + 1)...].firstIndex(of: quote) else {
                throw Trouble(column: at + 1, message: "a name in quotation marks does not end")
            }
            step = .name(String(characters[(at + 1)..<end]))
            at = end + 1
        } else {
            while at < characters.count, characters[at] != "]" { at += 1 }
            guard let index = Int(String(characters[start..<at])) else {
                throw Trouble(column: start + 1, message: "an index is a whole number")
            }
            step = .index(index)
        }
        guard at < characters.count, characters[at] == "]" else {
            throw Trouble(column: at + 1, message: "a bracket does not close")
        }
        at += 1
        return step
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-"
    }
}
