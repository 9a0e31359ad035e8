/// What a text must hold and must not hold.
package struct TextRequirement: Sendable, Equatable {
    /// Each must stand somewhere in the text.
    package var contains: [String]
    /// None may stand anywhere in it.
    package var lacks: [String]
    /// Each must match within one line. Matched line by line, the first 4 KiB of each: no pattern can run away.
    package var matches: [Pattern]

    /// A regular expression that has been tried: the profile's author learns of a bad one when it is read.
    package struct Pattern: Sendable, Equatable {
        /// As it was written.
        package let text: String

        /// - Returns: nil for what is no regular expression of Swift's syntax, and for more than 1,000 characters.
        package init?(_ text: String) {
            guard text.count <= 1000, (try? Regex(text)) != nil else { return nil }
            self.text = text
        }
    }

    /// States a requirement.
    package init(contains: [String] = [], lacks: [String] = [], matches: [Pattern] = []) {
        self.contains = contains
        self.lacks = lacks
        self.matches = matches
    }

    /// Whether nothing is asked: such a requirement proves nothing, so a reader of profiles refuses it.
    package var isEmpty: Bool { contains.allSatisfy(\.isEmpty) && lacks.isEmpty && matches.isEmpty }

    /// What of it a text does not meet, in words that hold no more of the text than the profile says; none when it does.
    package func misses(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        var misses = contains.filter { !Self.holds(bytes, Array($0.utf8)) }.map { "lacks \(Self.shown($0))" }
        misses += lacks.filter { Self.holds(bytes, Array($0.utf8)) }.map { "holds \(Self.shown($0))" }
        for pattern in matches where !Self.matches(pattern, text) {
            misses.append("has no line that matches \(Self.shown(pattern.text))")
        }
        return misses
    }

    private static func shown(_ text: String) -> String { "\"\(SafeText.line(String(text.prefix(80))))\"" }

    private static func holds(_ text: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first else { return true }
        guard wanted.count <= text.count else { return false }
        return text.withUnsafeBufferPointer { text in
            var at = 0
            while at + wanted.count <= text.count {
                if text[at] == first, (1..<max(1, wanted.count)).allSatisfy({ text[at + $0] == wanted[$0] }) {
                    return true
                }
                at += 1
            }
            return false
        }
    }

    private static func matches(_ pattern: Pattern, _ text: String) -> Bool {
        // It has been tried when it was made.
        guard let regex = try? Regex(pattern.text) else { return false }
        return text.split(whereSeparator: \.isNewline).contains { line in
            (try? regex.firstMatch(in: String(line.prefix(4096)))) != nil
        }
    }
}
