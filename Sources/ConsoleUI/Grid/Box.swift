/// A border with a title on its upper edge and a note at the right end of it.
package struct Box: Sendable {
    /// At the left of the upper edge.
    package var title: Line
    /// At its right; gives way where both do not fit.
    package var note: Line
    /// Whether keys go there.
    package var isFocused: Bool

    /// Describes a border.
    package init(title: Line, note: Line = Line(), isFocused: Bool = false) {
        self.title = title
        self.note = note
        self.isFocused = isFocused
    }

    /// Draws the border and empties what it encloses.
    package func draw(on grid: inout Grid, in rect: Rect, _ glyphs: GlyphSet) {
        guard rect.width >= 2, rect.height >= 2 else { return }
        let role: Role = isFocused ? .borderFocus : .border
        let across = String(repeating: glyphs[.horizontal], count: rect.width - 2)
        grid.draw(Line(glyphs[.topLeft] + across + glyphs[.topRight], role), x: rect.x, y: rect.y)
        grid.draw(Line(glyphs[.bottomLeft] + across + glyphs[.bottomRight], role), x: rect.x, y: rect.maxY - 1)
        for y in rect.y + 1..<rect.maxY - 1 {
            grid.draw(Line(glyphs[.vertical], role), x: rect.x, y: y)
            grid.draw(Line(glyphs[.vertical], role), x: rect.maxX - 1, y: y)
        }
        grid.clear(rect.inside)
        let room = rect.width - 6
        guard room > 0, title.width > 0 else { return }
        let shown = title.fitted(to: room, glyphs)
        grid.draw(Line([Span(" ", role)] + shown.spans + [Span(" ", role)]), x: rect.x + 2, y: rect.y)
        guard note.width > 0, shown.width + note.width + 4 <= room else { return }
        grid.draw(Line([Span(" ", role)] + note.spans + [Span(" ", role)]), x: rect.maxX - note.width - 4, y: rect.y)
    }
}
