import Readiness

/// Text of one role, made fit to be shown: the only thing that a grid draws.
///
/// Whatever it is made from goes through `SafeText`, our own words as well: there is no other way into a cell, so no
/// escape or control character of a target can reach the terminal.
package struct Span: Sendable, Equatable {
    /// Sanitised; one line.
    package let text: String
    /// What it means; the theme says how that looks.
    package let role: Role
    /// Cells that it takes.
    package let width: Int

    /// Sanitises a text and gives it a role.
    package init(_ raw: String, _ role: Role = .text) {
        text = SafeText.line(raw)
        self.role = role
        width = TextWidth.of(text)
    }
}

/// A row of text in several roles.
package struct Line: Sendable, Equatable {
    /// From left to right.
    package private(set) var spans: [Span]
    /// Cells that all of it takes.
    package private(set) var width: Int

    /// Joins spans.
    package init(_ spans: [Span] = []) {
        self.spans = spans
        width = spans.reduce(0) { $0 + $1.width }
    }

    /// A line of one role.
    package init(_ raw: String, _ role: Role = .text) { self.init([Span(raw, role)]) }

    /// Its text without roles.
    package var text: String { spans.map(\.text).joined() }

    /// Adds text at the end.
    package mutating func add(_ raw: String, _ role: Role = .text) {
        let span = Span(raw, role)
        spans.append(span)
        width += span.width
    }

    /// Adds another line at the end.
    package mutating func add(_ other: Line) {
        spans += other.spans
        width += other.width
    }

    /// Adds blanks up to a column; nothing where the line is already there.
    package mutating func pad(to cells: Int) { if width < cells { add(String(repeating: " ", count: cells - width)) } }

    /// Adds blanks so that what is added next ends at a column.
    package mutating func addTrailing(_ other: Line, endingAt cells: Int) {
        pad(to: cells - other.width)
        add(other)
    }

    /// The same line in at most so many cells, with an ellipsis where something was cut.
    package func fitted(to cells: Int, _ glyphs: GlyphSet) -> Line {
        guard width > cells else { return self }
        var fitted = Line()
        for span in spans {
            let room = cells - fitted.width
            guard span.width >= room else {
                fitted.add(Line([span]))
                continue
            }
            fitted.add(TextWidth.truncated(span.text + " .", to: room, ellipsis: glyphs[.ellipsis]), span.role)
            break
        }
        return fitted
    }

    /// A text of one role, cut and padded to exactly so many cells.
    package static func column(
        _ raw: String, _ role: Role = .text, cells: Int, _ glyphs: GlyphSet, trailing: Bool = false
    ) -> Line {
        guard cells > 0 else { return Line() }
        let text = TextWidth.truncated(SafeText.line(raw), to: cells, ellipsis: glyphs[.ellipsis])
        let blanks = String(repeating: " ", count: max(0, cells - TextWidth.of(text)))
        return Line(trailing ? blanks + text : text + blanks, role)
    }
}
