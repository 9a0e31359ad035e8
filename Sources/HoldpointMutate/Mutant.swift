/// One small change to the code that some test must notice.
struct Mutant: Sendable, Codable, Equatable {
    /// From the top of the checkout.
    var file: String
    /// Bytes from the file's beginning.
    var offset: Int
    /// The line it is on, from 1.
    var line: Int
    /// What stands there.
    var original: String
    /// What stands there instead.
    var replacement: String

    /// `Sources/…/Gate.swift:31: < becomes <=`.
    var description: String {
        "\(file):\(line): \(original) becomes \(replacement.isEmpty ? "nothing" : replacement)"
    }

    /// The text with the change made.
    func applied(to text: [UInt8]) -> [UInt8] {
        precondition(text[offset...].starts(with: original.utf8), "the file has changed: \(file)")
        return Array(text[..<offset]) + Array(replacement.utf8) + Array(text[(offset + original.utf8.count)...])
    }

    /// Every place of a file where a comparison or a boolean operator can be turned.
    static func all(in text: [UInt8], of file: String) -> [Mutant] {
        let isCode = CodeMask.mask(of: text)
        var mutants: [Mutant] = []
        var line = 1
        for offset in text.indices {
            if text[offset] == UInt8(ascii: "\n") { line += 1 }
            guard isCode[offset] else { continue }
            for (original, replacement) in turns where stands(original, at: offset, in: text) {
                mutants.append(
                    Mutant(file: file, offset: offset, line: line, original: original, replacement: replacement))
            }
        }
        return mutants
    }

    /// With the spaces around a binary operator, which set it apart from the brackets of generic types.
    private static let turns = [
        (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
        (" && ", " || "), (" || ", " && "), (" !", " "), ("(!", "("),
    ]

    private static func stands(_ original: String, at offset: Int, in text: [UInt8]) -> Bool {
        guard text[offset...].starts(with: original.utf8) else { return false }
        guard original.hasSuffix("!") else { return true }
        // A negation stands before a name or a bracket; `!=` and a forced value do not.
        guard let next = text[(offset + 2)...].first else { return false }
        return next == UInt8(ascii: "(") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
    }
}

/// Which bytes of a Swift file are code, and not comment or text.
enum CodeMask {
    /// One truth a byte. Code in the interpolations of a text counts as text: it is not turned.
    static func mask(of text: [UInt8]) -> [Bool] {
        var mask = [Bool](repeating: true, count: text.count)
        var place = 0
        while place < text.count {
            let rest = text[place...]
            let end: Int
            if rest.starts(with: "//".utf8) {
                end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            } else if rest.starts(with: "/*".utf8) {
                end = rest.dropFirst(2).firstRange(of: "*/".utf8)?.upperBound ?? text.count
            } else if rest.starts(with: "\"\"\"".utf8) {
                end = rest.dropFirst(3).firstRange(of: "\"\"\"".utf8)?.upperBound ?? text.count
            } else if rest.first == UInt8(ascii: "\"") {
                end = endOfText(in: text, from: place + 1)
            } else {
                place += 1
                continue
            }
            for index in place..<end { mask[index] = false }
            place = end
        }
        return mask
    }

    /// Behind the quotation mark that ends a text; one inside an interpolation does not.
    private static func endOfText(in text: [UInt8], from start: Int) -> Int {
        var place = start
        var depth = 0
        while place < text.count {
            switch text[place] {
            case UInt8(ascii: "\\"):
                if depth == 0, place + 1 < text.count, text[place + 1] == UInt8(ascii: "(") { depth = 1 }
                place += 1
            case UInt8(ascii: "("): if depth > 0 { depth += 1 }
            case UInt8(ascii: ")"): if depth > 0 { depth -= 1 }
            case UInt8(ascii: "\""):
                if depth == 0 { return place + 1 }
                place = endOfText(in: text, from: place + 1) - 1
            case UInt8(ascii: "\n"): return place
            default: break
            }
            place += 1
        }
        return text.count
    }
}
