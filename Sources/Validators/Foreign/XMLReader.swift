/// Reads the part of XML 1.0 that reports are written in, strictly and within bounds.
///
/// There are no document types and so no entities but the five and character references: nothing expands, and nothing is
/// fetched. UTF-8 only. Time and memory are in proportion to the text.
struct XMLReader {
    /// What comes, in order.
    enum Event: Equatable {
        case start(String, [String: String])
        case text(String)
        case end(String)
    }

    /// The most levels of elements.
    static let depthBound = 64

    private let bytes: [UInt8]
    private var at = 0
    private var open: [String] = []

    /// Hands every event of a document to a handler.
    static func read(
        _ bytes: [UInt8], _ handle: (Event) throws(ForeignTrouble) -> Void
    ) throws(ForeignTrouble) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw ForeignTrouble("it is not UTF-8") }
        var reader = XMLReader(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        try reader.document(handle)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func trouble(_ message: String) -> ForeignTrouble { ForeignTrouble("\(message) at byte \(at)") }

    private func isAhead(_ text: String) -> Bool {
        var place = at
        for byte in text.utf8 {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
        }
        return true
    }

    private mutating func document(_ handle: (Event) throws(ForeignTrouble) -> Void) throws(ForeignTrouble) {
        var hasRoot = false
        while at < bytes.count {
            if isAhead("<!--") {
                try skip(past: "-->", from: 4)
            } else if isAhead("<?") {
                try instruction()
            } else if isAhead("<![CDATA[") {
                guard !open.isEmpty else { throw trouble("text outside of the root") }
                let start = at + 9
                try skip(past: "]]>", from: 9)
                try handle(.text(String(decoding: bytes[start..<(at - 3)], as: UTF8.self)))
            } else if isAhead("<!") {
                throw trouble("a document type, which is not read")
            } else if isAhead("</") {
                at += 2
                let name = try name()
                skipBlanks()
                guard take(UInt8(ascii: ">")), open.popLast() == name else { throw trouble("an end without its start") }
                try handle(.end(name))
            } else if isAhead("<") {
                guard !(hasRoot && open.isEmpty) else { throw trouble("a second root") }
                hasRoot = true
                at += 1
                try element(handle)
            } else {
                let text = try text(until: UInt8(ascii: "<"))
                if open.isEmpty {
                    guard text.allSatisfy(\.isWhitespace) else { throw trouble("text outside of the root") }
                } else {
                    try handle(.text(text))
                }
            }
        }
        guard hasRoot, open.isEmpty else { throw trouble("it ends before its root does") }
    }

    private mutating func element(_ handle: (Event) throws(ForeignTrouble) -> Void) throws(ForeignTrouble) {
        let name = try name()
        var attributes: [String: String] = [:]
        while true {
            let before = at
            skipBlanks()
            if take(UInt8(ascii: ">")) {
                guard open.count < Self.depthBound else { throw trouble("nested too deeply") }
                open.append(name)
                return try handle(.start(name, attributes))
            }
            if isAhead("/>") {
                at += 2
                try handle(.start(name, attributes))
                return try handle(.end(name))
            }
            guard at > before else { throw trouble("a blank is missing") }
            let key = try self.name()
            skipBlanks()
            guard take(UInt8(ascii: "=")) else { throw trouble("an attribute without a value") }
            skipBlanks()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else {
                throw trouble("an attribute without quotation marks")
            }
            let quote = bytes[at]
            at += 1
            let value = try text(until: quote)
            guard take(quote) else { throw trouble("an attribute does not end") }
            guard attributes.updateValue(value, forKey: key) == nil else {
                throw trouble("an attribute is given twice")
            }
            guard attributes.count <= 256 else { throw trouble("too many attributes") }
        }
    }

    private mutating func instruction() throws(ForeignTrouble) {
        let start = at
        try skip(past: "?>", from: 2)
        let text = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
        guard text.hasPrefix("<?xml "), let place = text.firstRange(of: "encoding") else { return }
        let rest = text[place.upperBound...].drop { $0 == " " || $0 == "=" }.dropFirst()
        guard rest.hasPrefix("utf-8") || rest.hasPrefix("us-ascii") else {
            throw trouble("an encoding other than UTF-8")
        }
    }

    private mutating func text(until end: UInt8) throws(ForeignTrouble) -> String {
        var read: [UInt8] = []
        while at < bytes.count, bytes[at] != end {
            switch bytes[at] {
            case UInt8(ascii: "&"): read.append(contentsOf: String(try reference()).utf8)
            case UInt8(ascii: "<"): throw trouble("a < in an attribute")
            case 0x09, 0x0A, 0x0D, 0x20...:
                read.append(bytes[at])
                at += 1
            default: throw trouble("a control character")
            }
        }
        return String(decoding: read, as: UTF8.self)
    }

    private mutating func reference() throws(ForeignTrouble) -> Character {
        let start = at + 1
        guard let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw trouble("an & that is no reference")
        }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        let value: Unicode.Scalar?
        switch name {
        case "lt": value = "<"
        case "gt": value = ">"
        case "amp": value = "&"
        case "quot": value = "\""
        case "apos": value = "'"
        default:
            guard name.first == "#" else { throw trouble("an entity, which is not expanded") }
            let digits = name.dropFirst()
            let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            value = number.flatMap(Unicode.Scalar.init)
        }
        guard let value, value.value >= 0x20 || [0x09, 0x0A, 0x0D].contains(value.value) else {
            throw trouble("a reference to no character")
        }
        at = end + 1
        return Character(value)
    }

    private mutating func name() throws(ForeignTrouble) -> String {
        let start = at
        while at < bytes.count, Self.isNameByte(bytes[at]) { at += 1 }
        guard at > start, at - start <= 256, !(48...57).contains(bytes[start]) else {
            throw trouble("a name is missing")
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 97...122, 65...90, 48...57, 0x80...: true
        default: "-_.:".utf8.contains(byte)
        }
    }

    private mutating func skip(past end: String, from offset: Int) throws(ForeignTrouble) {
        at += offset
        while at < bytes.count {
            if isAhead(end) {
                at += end.utf8.count
                return
            }
            at += 1
        }
        throw trouble("it ends before \(end)")
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }
}
