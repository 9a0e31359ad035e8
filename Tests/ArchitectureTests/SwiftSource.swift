/// A Swift file as lines, each as it is written and as code alone.
struct SwiftSource: Sendable {
    /// One line.
    struct Line: Sendable {
        /// From 1.
        var number: Int
        /// As it is written.
        var text: Substring
        /// Without comments and without what stands in quotation marks; code in interpolations is kept.
        var code: String

        /// Whether the line holds nothing but an attribute or several.
        var isOnlyAttributes: Bool { code.trimmed.hasPrefix("@") && Self.withoutAttributes(code.trimmed).isEmpty }

        /// The line's words from the first that is no attribute on.
        var words: [Substring] { Self.withoutAttributes(code.trimmed).split(separator: " ") }

        /// `@available(macOS 15, *) package func` becomes `package func`.
        private static func withoutAttributes(_ code: Substring) -> Substring {
            var rest = code
            while rest.first == "@" {
                rest = rest.dropFirst().drop { $0.isLetter || $0.isNumber || $0 == "_" }
                if rest.first == "(" {
                    var depth = 0
                    let end = rest.firstIndex { character in
                        if character == "(" { depth += 1 }
                        if character == ")" { depth -= 1 }
                        return depth == 0
                    }
                    rest = end.map { rest[rest.index(after: $0)...] } ?? ""
                }
                rest = rest.trimmed
            }
            return rest
        }
    }

    /// From the top of the checkout.
    let path: String
    let lines: [Line]

    /// The target that the file belongs to: the folder under Sources.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// `path:line`.
    func place(_ line: Line) -> String { "\(path):\(line.number)" }

    init(path: String, text: String) {
        self.path = path
        let code = CodeScanner.code(of: text).split(separator: "\n", omittingEmptySubsequences: false)
        let texts = text.split(separator: "\n", omittingEmptySubsequences: false)
        precondition(code.count == texts.count, "the scanner lost a line of \(path)")
        lines = zip(texts, code).enumerated().map { offset, pair in
            Line(number: offset + 1, text: pair.0, code: String(pair.1))
        }
    }
}

/// Removes comments and the contents of literals from Swift, line by line.
private enum CodeScanner {
    private enum Context {
        /// Ends with the file or, for an interpolation, with the parenthesis that closes `depth` of them.
        case code(depth: Int)
        case lineComment
        case blockComment(depth: Int)
        case string(pounds: Int, isMultiline: Bool)
    }

    static func code(of text: String) -> String {
        var contexts: [Context] = [.code(depth: 0)]
        var code: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            var consumed = 1
            switch contexts[contexts.count - 1] {
            case .lineComment:
                if byte == UInt8(ascii: "\n") { contexts.removeLast() }
            case .blockComment(let depth):
                if rest.starts(with: "*/".utf8) {
                    consumed = 2
                    contexts.removeLast()
                    if depth > 1 { contexts.append(.blockComment(depth: depth - 1)) }
                } else if rest.starts(with: "/*".utf8) {
                    consumed = 2
                    contexts[contexts.count - 1] = .blockComment(depth: depth + 1)
                }
            case .string(let pounds, let isMultiline):
                consumed = step(inString: rest, pounds: pounds, isMultiline: isMultiline, &contexts)
            case .code(let depth):
                consumed = step(inCode: rest, depth: depth, &contexts, &code)
            }
            // Lines stay where they are, whatever they hold.
            for skipped in rest.prefix(consumed) where skipped == UInt8(ascii: "\n") { code.append(skipped) }
            rest = rest.dropFirst(consumed)
        }
        return String(decoding: code, as: UTF8.self)
    }

    private static func step(
        inCode rest: ArraySlice<UInt8>, depth: Int, _ contexts: inout [Context], _ code: inout [UInt8]
    ) -> Int {
        if rest.starts(with: "//".utf8) {
            contexts.append(.lineComment)
            return 2
        }
        if rest.starts(with: "/*".utf8) {
            contexts.append(.blockComment(depth: 1))
            return 2
        }
        let pounds = rest.prefix { $0 == UInt8(ascii: "#") }.count
        let behind = rest.dropFirst(pounds)
        if behind.first == UInt8(ascii: "\"") {
            let isMultiline = behind.starts(with: "\"\"\"".utf8)
            contexts.append(.string(pounds: pounds, isMultiline: isMultiline))
            return pounds + (isMultiline ? 3 : 1)
        }
        let byte = rest[rest.startIndex]
        if depth > 0, byte == UInt8(ascii: "(") { contexts[contexts.count - 1] = .code(depth: depth + 1) }
        if depth > 0, byte == UInt8(ascii: ")") {
            contexts.removeLast()
            // The one that ends the interpolation belongs to the literal.
            guard depth > 1 else { return 1 }
            contexts.append(.code(depth: depth - 1))
        }
        if byte != UInt8(ascii: "\n") { code.append(byte) }
        return 1
    }

    private static func step(
        inString rest: ArraySlice<UInt8>, pounds: Int, isMultiline: Bool, _ contexts: inout [Context]
    ) -> Int {
        let marks = [UInt8](repeating: UInt8(ascii: "#"), count: pounds)
        if rest.starts(with: Array("\\".utf8) + marks + Array("(".utf8)) {
            contexts.append(.code(depth: 1))
            return pounds + 2
        }
        // In a raw string a bare backslash escapes nothing.
        if rest.starts(with: Array("\\".utf8) + marks) { return pounds + 2 }
        let end = Array((isMultiline ? "\"\"\"" : "\"").utf8) + marks
        if rest.starts(with: end) {
            contexts.removeLast()
            return end.count
        }
        return 1
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }
}
