import ConsoleUI
import Readiness
import TestSupport
import Testing

struct GridTests {
    @Test func `text is cut at the edge and at its limit`() {
        var grid = Grid(Size(6, 1))
        grid.draw(Line("abcdefgh"), x: 2, y: 0)
        #expect(grid.text(row: 0) == "  abcd")
        grid.draw(Line("xyz"), x: 0, y: 0, within: 2)
        #expect(grid.text(row: 0) == "xyabcd")
        grid.draw(Line("never"), x: 0, y: 1)
        grid.draw(Line("never"), x: -1, y: 0)
        #expect(grid.text == "xyabcd\n")
    }

    @Test func `a wide character takes two cells or none`() {
        var grid = Grid(Size(5, 1))
        grid.draw(Line("検査x"), x: 0, y: 0)
        #expect(grid[1, 0].width == 0)
        #expect(grid.text(row: 0) == "検査x")
        grid.draw(Line("a"), x: 1, y: 0)
        #expect(grid.text(row: 0) == " a査x")
        grid.draw(Line("検"), x: 4, y: 0)
        #expect(grid[4, 0].width == 1)
    }

    @Test func `combining marks stay with their letter`() {
        var grid = Grid(Size(4, 1))
        grid.draw(Line("e\u{301}x"), x: 0, y: 0)
        #expect(grid[0, 0].scalars[1] == 0x301)
        #expect(grid.text(row: 0) == "e\u{301}x")
    }

    @Test func `an ASCII grid holds nothing else`() {
        var grid = Grid(Size(20, 1), isASCII: true)
        grid.draw(Line("14.2 µs … ≤ 検 é"), x: 0, y: 0)
        #expect(grid.text(row: 0) == "14.2 us ~ < ? ?")
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `no control character gets into a cell, and no row gets longer`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let text = HostileText.make(&dice)
        let glyphs = GlyphSet(isASCII: seed % 5 == 0)
        var grid = Grid(Size(30, 2), isASCII: glyphs.isASCII)
        grid.draw(Line(text).fitted(to: 30, glyphs), x: 0, y: 0)
        grid.draw(.column(text, cells: 17, glyphs), x: 0, y: 1)
        expectClean(grid)
        #expect(Line.column(text, cells: 17, glyphs).width == 17)
        #expect(Line(text).fitted(to: 9, glyphs).width <= 9)
        for line in TextWidth.wrapped(SafeText.line(text), to: 7) { #expect(TextWidth.of(line) <= 7) }
    }
}

struct BarTests {
    @Test(
        arguments: [
            ([5, 0, 0], 10, [10, 0, 0]), ([1, 1], 10, [5, 5]), ([99, 1], 10, [9, 1]), ([1, 1, 1], 2, [1, 1, 1]),
            ([0, 0], 5, [0, 0]),
            ([1, 2, 4], 7, [1, 2, 4]), ([1000, 1, 1, 1], 10, [7, 1, 1, 1]),
        ] as [([Int], Int, [Int])])
    func `shares are apportioned, none is lost`(shares: [Int], cells: Int, expected: [Int]) {
        #expect(Bar.apportioned(shares, cells: cells) == expected)
    }

    @Test func `a measured bar marks its limit`() {
        let glyphs = GlyphSet(isASCII: true)
        #expect(Bar.measured(0.5, .pass, cells: 12, glyphs).text == "####....|...")
        #expect(Bar.measured(1.5, .fail, cells: 12, glyphs).text == "########|###")
        #expect(Bar.measured(90, .fail, cells: 12, glyphs).width == 12)
        #expect(Bar.progress(0.5, cells: 4, glyphs).text == "##..")
        #expect(Bar.progress(7, cells: 4, glyphs).text == "####")
    }
}

/// Every cell holds something that can be shown and moves no cursor.
func expectClean(_ grid: Grid, _ comment: Comment? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    for cell in grid.cells {
        for place in 0..<4 {
            let value = cell.scalars[place]
            let isControl = (value > 0 && value < 0x20) || (0x7F...0x9F).contains(value)
            let isMark = (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || value == 0x200D
            if isControl || isMark {
                Issue.record("control U+\(String(value, radix: 16))", sourceLocation: sourceLocation)
            }
        }
    }
    for row in 0..<grid.size.rows {
        let width = (0..<grid.size.columns).reduce(0) { $0 + Int(grid[$1, row].width) }
        if width != grid.size.columns {
            Issue.record("row \(row) is \(width) cells wide", sourceLocation: sourceLocation)
        }
    }
}
