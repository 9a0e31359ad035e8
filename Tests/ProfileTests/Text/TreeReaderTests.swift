import Profile
import Readiness
import Testing

/// The syntax that every configuration file shares, tried through the theme loader, which adds no rule of its own.
struct TreeReaderTests {
    private func load(_ text: String) throws -> KeyValueTree {
        try ThemeFile.load(ConfigurationText(name: "t.yaml", text: text))
    }

    private func messages(_ text: String) throws -> [String] {
        try problems { _ = try load(text) }.map(\.description)
    }

    @Test func `values keep their text, their order and their lines`() throws {
        let tree = try load("b: 1.50\na:\n  - x\n  - 'no'\n\nc: { d: ~, e: }\n")
        #expect(
            tree
                == .map(
                    [
                        .init(key: "b", line: 1, value: .scalar("1.50", line: 1, isQuoted: false)),
                        .init(
                            key: "a", line: 2,
                            value: .list(
                                [
                                    .scalar("x", line: 3, isQuoted: false),
                                    .scalar("no", line: 4, isQuoted: true),
                                ], line: 3)),
                        .init(
                            key: "c", line: 6,
                            value: .map(
                                [
                                    .init(key: "d", line: 6, value: .scalar("~", line: 6, isQuoted: false)),
                                    .init(key: "e", line: 6, value: .scalar("", line: 6, isQuoted: false)),
                                ], line: 6)),
                    ], line: 1))
    }

    @Test func `a scalar on the line after its key has its own line`() throws {
        guard case .map(let entries, _) = try load("key:\n\n  value\n") else { return #expect(Bool(false)) }
        #expect(entries[0].line == 1)
        #expect(entries[0].value == .scalar("value", line: 3, isQuoted: false))
    }

    @Test(arguments: [
        ("a: 1\nb: [1, 2\nc: 3\n", 3), ("a: 1\n\tb: 2\n", 2), ("a: \"open\n", 2), ("a: b: c\n", 1), ("a: 'x' y\n", 1),
        ("a: 1\n---\nb: 2\n", 2), ("%YAML 9.9\n---\na: 1\n", 1), ("a: *nothing\n", 1), ("a: 1\nb: \u{1}\n", 2),
    ])
    func `a syntax error names its line`(text: String, line: Int) throws {
        let found = try problems { _ = try load(text) }
        #expect(found.count == 1)
        #expect(found.first?.location.line == line)
        #expect(found.first?.message.hasPrefix("is not YAML: ") == true)
    }

    @Test(arguments: [("a: 1\n\tb: 2\n", 2), ("a:\n  b: 1\n \tc: 2\n", 3), ("a:\n\tb: 2\n", 2)])
    func `a line that begins with a tab says so`(text: String, line: Int) throws {
        let found = try problems { _ = try load(text) }
        #expect(found.first?.location.line == line)
        #expect(found.first?.message == "is not YAML: the line begins with a tab; YAML takes spaces")
    }

    @Test(arguments: ["", "\n# only a comment\n", "---\n"])
    func `an empty file is refused`(text: String) throws {
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found[0].hasSuffix("is empty") || found[0].hasSuffix("does not begin with a map of keys"))
    }

    @Test(arguments: ["just text\n", "- a\n- b\n"])
    func `a file that is no map is refused`(text: String) throws {
        #expect(try messages(text) == ["t.yaml:1: does not begin with a map of keys"])
    }

    @Test func `every key given twice is reported with path and both lines`() throws {
        let text =
            "a: 1\nb: { x: 1, 'y': 2 }\nc:\n  - d: 1\n    d: 2\n    \"d\": 3\na: 2\nb: { y: 1, x: 3, x: 4, y: 2 }\n"
        #expect(
            try messages(text) == [
                "t.yaml:5: c[0].d: is given twice, first in line 4",
                "t.yaml:6: c[0].d: is given twice, first in line 4",
                "t.yaml:7: a: is given twice, first in line 1",
                "t.yaml:8: b: is given twice, first in line 2",
            ])
        #expect(
            try messages("b: { y: 1, x: 3, x: 4,\n y: 2 }\n") == [
                "t.yaml:1: b.x: is given twice, first in line 1",
                "t.yaml:2: b.y: is given twice, first in line 1",
            ])
    }

    @Test func `a duplicate after wide characters and Windows line ends is found in its line`() throws {
        #expect(
            try messages("ü: 1\r\n'✔ ok': { 'ä': 1, k: 2, k: 3 }\r\nü: 2\r\n") == [
                "t.yaml:2: ✔ ok.k: is given twice, first in line 2",
                "t.yaml:3: ü: is given twice, first in line 1",
            ])
    }

    @Test func `very many keys given twice end in one message`() throws {
        let text = (0..<200).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found[0].contains("keys are given twice"))
    }

    @Test func `a key that is not text is refused`() throws {
        #expect(try messages("a:\n  ? [x, y]\n  : 1\n") == ["t.yaml:2: a: has a key that is not plain text"])
    }

    @Test(arguments: [
        "a: &x 1\nb: *x\n", "a: &x {k: 1}\nb:\n  <<: *x\n", "? &x [1]\n: 2\n? [*x]\n: 3\n",
        "{a: &x 1, \"b\":*x}\n", "a: &x 1\n? *x\n: 2\n",
    ])
    func `anchors with aliases are refused`(text: String) throws {
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("anchors and aliases") == true)
    }

    @Test func `a bomb of aliases is refused before it is followed, as value and as key`() throws {
        var levels = "l0: &l0 [x, x]\n"
        for level in 1...60 { levels += "l\(level): &l\(level) [*l\(level - 1), *l\(level - 1)]\n" }
        #expect(
            try messages(levels) == ["t.yaml:2: anchors and aliases (&name, *name) are not read: write the value out"])
        #expect(try messages(levels + "? *l60\n: 1\n").count == 1)
    }

    @Test func `a star and an ampersand in texts are no alias`() throws {
        let tree = try load(
            "required: [\"*\", 'risk.*', \"*.latency\"]\nnote: \"fish & chips, 2 * 3\"\nplain: a*b & c\n")
        guard case .map(let entries, _) = tree else { return #expect(Bool(false)) }
        #expect(entries.count == 3)
    }

    @Test(arguments: [("[", "]", 900), ("[", "", 500_000), ("{a: ", "", 200_000), ("- ", "", 900), ("- ", "", 400_000)])
    func `deep nesting is refused and harms nobody`(opening: String, closing: String, depth: Int) throws {
        let text =
            "a:\n " + String(repeating: opening, count: depth) + "x" + String(repeating: closing, count: depth) + "\n"
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("nested deeper") == true || found.first?.contains("nesting level") == true)
    }

    @Test(arguments: [900, 400_000])
    func `keys of keys of keys are refused and harm nobody`(depth: Int) throws {
        let found = try messages(String(repeating: "? ", count: depth) + "x\n")
        #expect(found.count == 1)
    }

    @Test func `nesting that is honest is read`() throws {
        let depth = 30
        let text = (0..<depth).map { String(repeating: " ", count: $0) + "k:\n" }.joined()
        _ = try load(text + String(repeating: " ", count: depth) + "v\n")
    }
}
