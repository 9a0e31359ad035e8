import ConsoleUI
import TestSupport
import Testing

struct KeyParserTests {
    @Test(
        arguments: [
            ("j", [Key.character("j")]), ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]),
            ("\u{03}", [.control("c")]), ("\u{1A}", [.control("z")]), ("\u{0C}", [.control("l")]),
            ("\u{1B}[A", [.up]), ("\u{1B}OA", [.up]), ("\u{1B}[B", [.down]), ("\u{1B}[1;5C", [.right]),
            ("\u{1B}[D", [.left]),
            ("\u{1B}[5~", [.pageUp]), ("\u{1B}[6~", [.pageDown]), ("\u{1B}[H", [.home]), ("\u{1B}[4~", [.end]),
            ("\u{1B}[Z", [.backTab]), ("\u{1B}OP", [.function(1)]), ("\u{1B}[11~", [.function(1)]),
            ("\u{1B}[24~", [.function(12)]),
            ("é", [.character("é")]), ("検", [.character("検")]),
            ("\u{1B}j", [.escape, .character("j")]), ("\u{1B}\u{1B}[A", [.escape, .up]),
            ("\u{1B}]", [.escape, .character("]")]), ("\u{1B}P", [.escape, .character("P")]),
            ("\u{1B}[?62;22c", [.unknown]), ("\u{1B}[200~Rq\r\u{1B}[201~x", [.paste("Rq\r"), .character("x")]),
            ("\u{1B}[200~a\u{1B}[20\u{1B}[201~", [.paste("a\u{1B}[20")]),
        ] as [(String, [Key])])
    func `bytes become keys`(text: String, keys: [Key]) {
        var parser = KeyParser()
        #expect(parser.feed(text.utf8) == keys)
        #expect(parser.pending == .nothing)
    }

    @Test(
        arguments: [
            ("\u{1B}", [Key.escape]), ("\u{1B}[", [.escape, .character("[")]), ("\u{1B}O", [.escape, .character("O")]),
            ("\u{1B}[1;", [.unknown]), ("\u{1B}[200~rest", [.paste("rest")]),
        ] as [(String, [Key])])
    func `silence ends what was begun`(text: String, keys: [Key]) {
        var parser = KeyParser()
        #expect(parser.feed(text.utf8).isEmpty)
        #expect(parser.pending != .nothing)
        #expect(parser.flush() == keys)
        #expect(parser.pending == .nothing)
        #expect(parser.flush().isEmpty)
    }

    @Test func `bytes that are no text are no keys`() {
        var parser = KeyParser()
        #expect(
            parser.feed([0xFF, 0xC0, 0xE2, 0x28, 0xED, 0xA0, 0x80]).allSatisfy {
                $0 == .unknown || $0 == .character("(")
            })
        #expect(parser.feed([0xC2, 0x9B]) == [.unknown])
        #expect(parser.pending == .nothing)
    }

    @Test func `the terminal's own sequences come before xterm's`() {
        var parser = KeyParser(sequences: [
            Array("\u{1B}[A".utf8): .pageUp, Array("\u{1B}x1".utf8): .insert, [0x1B]: .down,
        ])
        #expect(parser.feed("\u{1B}[A\u{1B}[B\u{1B}x1".utf8) == [.pageUp, .down, .insert])
        #expect(parser.feed("\u{1B}x2".utf8) == [.escape, .character("x"), .character("2")])
        #expect(parser.feed("\u{1B}x".utf8).isEmpty)
        #expect(parser.flush() == [.escape, .character("x")])
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `any split of any input gives the same keys`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let pieces: [[UInt8]] = [
            [0x1B], Array("[".utf8), Array("O".utf8), Array("1;5".utf8), Array("A".utf8), Array("~".utf8),
            Array("200~".utf8),
            Array("\u{1B}[201~".utf8), Array("\u{1B}[200~".utf8), Array("é検".utf8), [0xFF], [0xE2, 0x82], [0x03],
            Array("jq?".utf8),
            [0x00], [0x9B], Array(repeating: UInt8(ascii: ";"), count: 90),
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...60, using: &dice) { bytes += pieces.randomElement(using: &dice) ?? [] }
        let own: [[UInt8]: Key] = seed % 2 == 0 ? [:] : [Array("\u{1B}[1~".utf8): .home, Array("\u{1B}OA".utf8): .up]
        var whole = KeyParser(sequences: own)
        let expected = whole.feed(bytes)
        var split = KeyParser(sequences: own)
        var keys: [Key] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(7, rest.count), using: &dice)
            keys += split.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(keys == expected)
        #expect(split.pending == whole.pending)
        #expect(split.flush() == whole.flush())
        #expect(split.pending == .nothing)
    }

    @Test func `a paste that never ends keeps what fits and lets the keyboard go after silence`() {
        var parser = KeyParser()
        #expect(parser.feed("\u{1B}[200~".utf8).isEmpty)
        #expect(parser.feed([UInt8](repeating: 0x61, count: KeyParser.pasteCapacity + 5000)).isEmpty)
        guard case .paste(let text) = parser.flush().first else {
            Issue.record("no paste")
            return
        }
        #expect(text.utf8.count == KeyParser.pasteCapacity)
        #expect(parser.feed("j".utf8) == [.character("j")])
    }
}
