/// What a text must hold and must not hold.
package struct TextRequirement: Sendable, Equatable {
    /// Each must stand somewhere in the text.
    package var contains: [String]
    /// None may stand anywhere in it.
    package var lacks: [String]
    /// Each must match within one line: the first 4 KiB of it are looked at.
    package var matches: [LinePattern]

    /// States a requirement.
    package init(contains: [String] = [], lacks: [String] = [], matches: [LinePattern] = []) {
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
        for pattern in matches where !Self.matches(pattern, bytes) {
            misses.append("has no line that matches \(Self.shown(pattern.text))")
        }
        return misses
    }

    private static func shown(_ text: String) -> String { "\"\(SafeText.line(String(text.prefix(80))))\"" }

    /// Looks for a text, going over the other one once whatever both hold (Knuth, Morris, Pratt).
    private static func holds(_ text: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard !wanted.isEmpty else { return true }
        var borders = [0]
        var length = 0
        for byte in wanted.dropFirst() {
            while length > 0, wanted[length] != byte { length = borders[length - 1] }
            if wanted[length] == byte { length += 1 }
            borders.append(length)
        }
        length = 0
        for byte in text {
            while length > 0, wanted[length] != byte { length = borders[length - 1] }
            if wanted[length] == byte { length += 1 }
            if length == wanted.count { return true }
        }
        return false
    }

    private static func matches(_ pattern: LinePattern, _ text: [UInt8]) -> Bool {
        text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            .contains { pattern.matches($0.prefix(4096)) }
    }
}
