/// A Python text cut into statements and words, as far as seeing what a module assigns needs. Nothing is run.
///
/// Linear in the text, whatever it holds. What only running could tell (an f-string, a text with an escape) keeps its
/// place and loses its value.
struct PythonText: Sendable {
    /// A piece of a statement.
    enum Token: Equatable, Sendable {
        /// A name, a keyword or a number.
        case word(String)
        /// A text whose value is what stands between its quotation marks.
        case text(String)
        /// A text whose value only running could tell.
        case opaqueText
        /// An operator or a bracket; one with `=` at its end is one piece.
        case mark(String)
    }

    /// A simple statement, or the head of a compound one with what follows on its line.
    struct Statement: Sendable {
        /// From 1.
        var line: Int
        /// Whether it stands inside another.
        var isIndented: Bool
        /// In order, without comments.
        var tokens: [Token]
    }

    /// In order, without empty lines.
    let statements: [Statement]
    /// Whether each text and each bracket that begins also ends.
    let isWhole: Bool

    /// Cuts a text.
    init(_ text: String) {
        var cutter = Cutter(text)
        cutter.cut()
        statements = cutter.statements
        isWhole = cutter.isWhole
    }
}

private struct Cutter {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var brackets: [UInt8] = []
    private var isLineBegin = true
    private var isLineIndented = false
    private var current = PythonText.Statement(line: 1, isIndented: false, tokens: [])
    private(set) var statements: [PythonText.Statement] = []
    private(set) var isWhole = true

    init(_ text: String) {
        // As Python reads a file: any line end is a line feed, a byte-order mark is none of the text.
        var bytes: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == .carriageReturn {
                bytes.append(.lineFeed)
            } else if byte != .lineFeed || previous != .carriageReturn {
                bytes.append(byte)
            }
            previous = byte
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes
    }

    mutating func cut() {
        while let byte = byte(0) { step(byte) }
        endStatement()
        if !brackets.isEmpty { isWhole = false }
    }

    private func byte(_ ahead: Int) -> UInt8? { at + ahead < bytes.count ? bytes[at + ahead] : nil }

    private mutating func step(_ byte: UInt8) {
        switch byte {
        case .lineFeed:
            at += 1
            newLine()
            if brackets.isEmpty {
                endStatement()
                (isLineBegin, isLineIndented) = (true, false)
            }
        case UInt8(ascii: " "), UInt8(ascii: "\t"), .formFeed:
            // A form feed begins the count of the indentation anew.
            if isLineBegin { isLineIndented = byte != .formFeed }
            at += 1
        case UInt8(ascii: "#"):
            while let next = self.byte(0), next != .lineFeed { at += 1 }
        case UInt8(ascii: "\\") where self.byte(1) == .lineFeed:
            at += 2
            newLine()
            isLineBegin = false
        case UInt8(ascii: ";") where brackets.isEmpty:
            at += 1
            endStatement()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): takeText(prefix: "")
        case _ where byte.isWordByte: takeWord()
        default: takeMark(byte)
        }
    }

    private mutating func newLine() { line += 1 }

    private mutating func add(_ token: PythonText.Token, at begin: Int) {
        if current.tokens.isEmpty {
            current.line = begin
            current.isIndented = isLineIndented
        }
        isLineBegin = false
        current.tokens.append(token)
    }

    private mutating func endStatement() {
        if !current.tokens.isEmpty { statements.append(current) }
        current.tokens = []
    }

    private mutating func takeWord() {
        let begin = at
        while let next = byte(0), next.isWordByte { at += 1 }
        let word = String(decoding: bytes[begin..<at], as: UTF8.self)
        let isPrefix = word.utf8.count <= 2 && word.lowercased().utf8.allSatisfy { "rbuft".utf8.contains($0) }
        if isPrefix, byte(0) == UInt8(ascii: "'") || byte(0) == UInt8(ascii: "\"") {
            takeText(prefix: word.lowercased())
        } else {
            add(.word(word), at: line)
        }
    }

    private mutating func takeMark(_ byte: UInt8) {
        at += 1
        if let closing = byte.closingBracket { brackets.append(closing) }
        if byte.isClosingBracket, brackets.popLast() != byte { isWhole = false }
        var mark = String(decoding: [byte], as: UTF8.self)
        if "=!<>+-*/%&|^@:".utf8.contains(byte), self.byte(0) == UInt8(ascii: "=") {
            mark += "="
            at += 1
        }
        add(.mark(mark), at: line)
    }

    private mutating func takeText(prefix: String) {
        let begin = line
        let quote = bytes[at]
        let isTriple = byte(1) == quote && byte(2) == quote
        at += isTriple ? 3 : 1
        let isRaw = prefix.contains("r")
        var isPlain = !prefix.contains { "bft".contains($0) }
        var content: [UInt8] = []
        while let next = byte(0) {
            if next == UInt8(ascii: "\\") {
                // Even in a raw text a quotation mark behind a backslash does not end it.
                if !isRaw { isPlain = false }
                content.append(next)
                if let escaped = byte(1) {
                    content.append(escaped)
                    if escaped == .lineFeed { newLine() }
                }
                at += 2
            } else if next == quote, !isTriple || (byte(1) == quote && byte(2) == quote) {
                at += isTriple ? 3 : 1
                add(isPlain ? .text(String(decoding: content, as: UTF8.self)) : .opaqueText, at: begin)
                return
            } else if next == .lineFeed, !isTriple {
                break
            } else {
                if next == .lineFeed { newLine() }
                content.append(next)
                at += 1
            }
        }
        isWhole = false
        add(.opaqueText, at: begin)
    }
}

extension UInt8 {
    fileprivate static let lineFeed = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let formFeed: UInt8 = 0x0C

    /// A letter, digit or underscore; any byte beyond ASCII is taken for a part of a name.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }

    fileprivate var closingBracket: UInt8? {
        switch self {
        case UInt8(ascii: "("): UInt8(ascii: ")")
        case UInt8(ascii: "["): UInt8(ascii: "]")
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        default: nil
        }
    }

    fileprivate var isClosingBracket: Bool {
        self == UInt8(ascii: ")") || self == UInt8(ascii: "]") || self == UInt8(ascii: "}")
    }
}
