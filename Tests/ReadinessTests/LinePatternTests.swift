import Readiness
import Testing

struct LinePatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var pattern: String
        var matching: [String]
        var others: [String]
        var testDescription: String { pattern }

        init(_ pattern: String, _ matching: [String], not others: [String]) {
            self.pattern = pattern
            self.matching = matching
            self.others = others
        }
    }

    static let cases = [
        Case("ok", ["ok", "it is ok now"], not: ["OK", "o k", ""]),
        Case("^ok$", ["ok"], not: ["ok ", " ok", "okok"]),
        Case("^backup .* ok$", ["backup 7 ok", "backup  ok"], not: ["backup ok", "backup 7 ok."]),
        Case("a|bc|", ["a", "x"], not: []),
        Case("^(a|bc)+$", ["a", "bc", "abca"], not: ["", "b", "ab"]),
        Case("^(?:ab)?c$", ["c", "abc"], not: ["ab", "bc"]),
        Case("^a{2,3}$", ["aa", "aaa"], not: ["a", "aaaa"]),
        Case("^a{2}b{0,}c{1,}?$", ["aac", "aabbcc"], not: ["aab", "ac"]),
        Case("[0-9a-f]{4}", ["x00ffx"], not: ["00fg"]),
        Case("^[^0-9 ]+$", ["abc", "äö€😀"], not: ["a1", "a b", ""]),
        Case("[]x]", ["]", "x"], not: ["y"]),
        Case("^[a-]+$", ["a-a"], not: ["b"]),
        Case("^[ä€]$", ["ä", "€"], not: ["ö", "a"]),
        Case("^.$", ["a", "ä", "€", "😀"], not: ["", "ab"]),
        Case("^\\d+\\.\\d\\s\\w\\S\\D\\W$", ["10.5 a-x-"], not: ["10x5 a-x-", "10.5 a-1-"]),
        Case("\\bok\\b", ["ok", "is ok.", "(ok)"], not: ["book", "okay"]),
        Case("\\Bok", ["book"], not: ["ok", "b ok"]),
        Case("(?i)failed", ["FAILED", "Failed"], not: ["fail"]),
        Case("(?i)^[a-c]+$", ["aBC"], not: ["d"]),
        Case("a\\|b\\\\", ["a|b\\"], not: ["a", "b"]),
    ]

    @Test(arguments: cases)
    func `a pattern matches what it says and nothing else`(_ tried: Case) throws {
        let pattern = try #require(LinePattern(tried.pattern))
        for line in tried.matching { #expect(pattern.matches(line.utf8), "\(line)") }
        for line in tried.others { #expect(!pattern.matches(line.utf8), "\(line)") }
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "*", "a**", "a{", "a{2", "a{3,2}", "a{501}", "a{1000}", "\\", "\\1", "\\q", "(?=a)",
        "(?!a)", "(?<n>a)", "(?i", "a(?i)b", "[b-a]", "[^ä]", "]", "}", String(repeating: "a", count: 1001),
        "(((a{50}){50}){50}){50}", "(((()){500}){500}){500}", String(repeating: "(", count: 60),
    ])
    func `what is no pattern, or too large, is refused`(_ text: String) {
        #expect(LinePattern(text) == nil)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)x", "^(a*)*b"])
    func `a pattern that runs away elsewhere ends here`(_ text: String) throws {
        let pattern = try #require(LinePattern(text))
        // By going back, the first would take 2^4096 steps.
        #expect(!pattern.matches((String(repeating: "a", count: 4096) + "!").utf8))
        let wanted = TextRequirement(matches: [pattern])
        let lines = [String](repeating: String(repeating: "a", count: 1000) + "!", count: 200).joined(separator: "\n")
        #expect(wanted.misses(in: lines).count == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `a text that nearly holds what is wanted everywhere is gone over once`() {
        let text = String(repeating: "a", count: 1 << 20)
        let wanted = TextRequirement(contains: [String(repeating: "a", count: 3000) + "b"])
        #expect(wanted.misses(in: text).count == 1)
        #expect(wanted.misses(in: text + "b").isEmpty)
        #expect(TextRequirement(contains: ["abab", "ababc"]).misses(in: "abacababababc").isEmpty)
    }
}
