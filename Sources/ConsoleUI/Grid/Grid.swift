/// A mark on a whole row that a role shines through.
package enum Layer: UInt8, Sendable, Hashable, CaseIterable {
    /// Nothing special.
    case plain
    /// The row that keys act on.
    case focus
    /// The chosen row of a pane that has not the focus.
    case selection
}

/// One place on the screen.
package struct Cell: Sendable, Hashable {
    /// A scalar and up to three that combine with it; 0 where there is none.
    package var scalars: SIMD4<UInt32>
    /// 1 or 2; 0 for the right half of a wide character.
    package var width: UInt8
    /// What stands there.
    package var role: Role
    /// What lies over it.
    package var layer: Layer

    /// A space.
    package static let blank = Cell(scalars: SIMD4(0x20, 0, 0, 0), width: 1, role: .text, layer: .plain)
}

/// A screen as values: what views draw and tests read. Drawing outside of it does nothing.
package struct Grid: Sendable, Equatable {
    /// Its extent.
    package let size: Size
    /// Row by row.
    package private(set) var cells: [Cell]
    private let isASCII: Bool

    /// A blank screen.
    ///
    /// - Parameter isASCII: whether the terminal shows nothing else; then each other character is written as one that
    ///   looks like it, or as `?`.
    package init(_ size: Size, isASCII: Bool = false) {
        self.size = size
        self.isASCII = isASCII
        cells = Array(repeating: .blank, count: size.columns * size.rows)
    }

    /// The cell at a place inside.
    package subscript(x: Int, y: Int) -> Cell { cells[y * size.columns + x] }

    /// Draws a line from a place to the right, cut at `within` cells and at the edge.
    package mutating func draw(_ line: Line, x: Int, y: Int, within: Int = .max) {
        guard y >= 0, y < size.rows, x >= 0 else { return }
        let end = within == .max ? size.columns : min(size.columns, x + max(0, within))
        var column = x
        for span in line.spans {
            for scalar in span.text.unicodeScalars {
                let shown = isASCII && scalar.value > 0x7E ? ASCIIText.standIn(for: scalar) : scalar
                let width = isASCII ? 1 : TextWidth.of(shown)
                if width == 0 {
                    combine(shown, before: column, from: x, y: y)
                    continue
                }
                guard column + width <= end else { return }
                set(shown, width, span.role, x: column, y: y)
                column += width
            }
        }
    }

    /// Fills a rectangle with one character of one cell.
    package mutating func fill(_ rect: Rect, _ span: Span) {
        guard span.width > 0, rect.width > 0 else { return }
        let line = Line([Span(String(repeating: span.text, count: rect.width), span.role)])
        for y in rect.y..<rect.maxY { draw(line, x: rect.x, y: y, within: rect.width) }
    }

    /// Empties a rectangle.
    package mutating func clear(_ rect: Rect, _ role: Role = .text) { fill(rect, Span(" ", role)) }

    /// Lays a mark over a rectangle.
    package mutating func mark(_ rect: Rect, _ layer: Layer) {
        for y in max(0, rect.y)..<max(0, min(rect.maxY, size.rows), rect.y) {
            for x in max(0, rect.x)..<max(0, min(rect.maxX, size.columns), rect.x) {
                cells[y * size.columns + x].layer = layer
            }
        }
    }

    /// The text of a row without trailing spaces.
    package func text(row: Int) -> String {
        var text = String.UnicodeScalarView()
        for x in 0..<size.columns {
            let cell = self[x, row]
            guard cell.width > 0 else { continue }
            for place in 0..<4 where cell.scalars[place] != 0 {
                text.append(Unicode.Scalar(cell.scalars[place]) ?? "?")
            }
        }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// All rows, each ended by a line feed.
    package var text: String { (0..<size.rows).map { text(row: $0) + "\n" }.joined() }

    private mutating func set(_ scalar: Unicode.Scalar, _ width: Int, _ role: Role, x: Int, y: Int) {
        let place = y * size.columns + x
        // Overwriting one half of a wide character leaves the other half without meaning.
        if cells[place].width == 0, x > 0 { cells[place - 1] = .blank }
        let last = place + width - 1
        if x + width < size.columns, cells[last + 1].width == 0 { cells[last + 1] = .blank }
        cells[place] = Cell(scalars: SIMD4(scalar.value, 0, 0, 0), width: UInt8(width), role: role, layer: .plain)
        if width == 2 { cells[place + 1] = Cell(scalars: .zero, width: 0, role: role, layer: .plain) }
    }

    private mutating func combine(_ scalar: Unicode.Scalar, before column: Int, from x: Int, y: Int) {
        guard column > x else { return }
        var place = y * size.columns + column - 1
        if cells[place].width == 0 { place -= 1 }
        for slot in 1..<4 where cells[place].scalars[slot] == 0 {
            cells[place].scalars[slot] = scalar.value
            return
        }
    }
}

/// What is shown for a character where the terminal knows only ASCII.
enum ASCIIText {
    static func standIn(for scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "µ", "μ": "u"
        case "·", "•": "-"
        case "…": "~"
        case "–", "—", "−": "-"
        case "×": "x"
        case "→", "›": ">"
        case "←", "‹": "<"
        case "≤": "<"
        case "≥": ">"
        case "“", "”", "„": "\""
        case "‘", "’": "'"
        case "\u{A0}": " "
        default: "?"
        }
    }
}
