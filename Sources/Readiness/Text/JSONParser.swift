/// Reads one JSON text (RFC 8259), strictly and within bounds.
///
/// Time and memory are in proportion to the text: it is read once, from front to back, and nesting ends at
/// `depthBound`.
package struct JSONParser {
    /// Why a text is not JSON.
    package struct Trouble: Error, Equatable, CustomStringConvertible {
        /// Where, in bytes from the beginning.
        package var offset: Int
        /// A lower-case fragment; holds no text of the input.
        package var message: String

        /// States a trouble.
        package init(offset: Int, message: String) {
            self.offset = offset
            self.message = message
        }

        /// The message and the place.
        package var description: String { "\(message) at byte \(offset)" }
    }

    /// Deeper than any honest answer.
    package static let depthBound = 64

    private let bytes: [UInt8]
    private var at = 0

    /// Reads a text that is nothing but one value, with blanks around it.
    ///
    /// - Throws: `Trouble` for what is not JSON, not UTF-8, nested too deeply, or an object that gives a name twice.
    package static func parse(_ bytes: [UInt8]) throws(Trouble) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        parser.skipBlanks()
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.at == bytes.count else { throw parser.trouble("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func trouble(_ message: String) -> Trouble { Trouble(offset: at, message: message) }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(Trouble) -> JSONValue {
        guard depth < Self.depthBound else { throw trouble("nested deeper than \(Self.depthBound) levels") }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), (48...57)?: return .number(try number())
        case nil: throw trouble("the text ends where a value belongs")
        default: throw trouble("no value begins")
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Trouble) -> JSONValue {
        for byte in word.utf8 where !take(byte) { throw trouble("no value begins") }
        return value
    }

    private mutating func number() throws(Trouble) -> String {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let first = next
        try digits()
        guard first != 48 || at - start <= (bytes[start] == UInt8(ascii: "-") ? 2 : 1) else {
            throw trouble("a number begins with a zero")
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(Trouble) {
        let start = at
        while let byte = next, (48...57).contains(byte) { at += 1 }
        guard at > start else { throw trouble("a digit is missing") }
    }

    private mutating func list(depth: Int) throws(Trouble) -> JSONValue {
        at += 1
        var items: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .list(items) }
        while true {
            skipBlanks()
            items.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .list(items) }
            guard take(UInt8(ascii: ",")) else { throw trouble("a list goes on without a comma") }
        }
    }

    private mutating func object(depth: Int) throws(Trouble) -> JSONValue {
        at += 1
        var fields: [JSONValue.Field] = []
        var names: Set<String> = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(fields) }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw trouble("a field without a name") }
            let name = try text()
            guard names.insert(name).inserted else { throw trouble("a field is given twice") }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw trouble("a field without a colon") }
            skipBlanks()
            fields.append(JSONValue.Field(name, try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(fields) }
            guard take(UInt8(ascii: ",")) else { throw trouble("an object goes on without a comma") }
        }
    }

    private mutating func text() throws(Trouble) -> String {
        at += 1
        var read: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: read, as: UTF8.self) else { throw trouble("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): read.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw trouble("a control character in a text")
            default: read.append(byte)
            }
        }
        throw trouble("a text does not end")
    }

    private mutating func escape() throws(Trouble) -> Character {
        guard let byte = next else { throw trouble("a text does not end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try scalar())
        default: throw trouble("an escape that there is not")
        }
    }

    /// The scalar of `\uXXXX`, of two of them where it takes a pair.
    private mutating func scalar() throws(Trouble) -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw trouble("half a surrogate pair")
        }
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw trouble("half a surrogate pair") }
        return scalar
    }

    private mutating func fourDigits() throws(Trouble) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw trouble("an escape that there is not")
            }
            value = value << 4 + UInt32(digit)
            at += 1
        }
        return value
    }
}
