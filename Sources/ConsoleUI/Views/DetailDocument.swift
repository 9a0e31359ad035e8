package import Readiness

/// What a row of a check's detail stands for, so that keys can act on it.
package enum DetailItem: Sendable, Equatable {
    /// A measurement, by its place.
    case measurement(Int)
    /// A finding, by its place.
    case finding(Int)
    /// A piece of evidence, by its id.
    case evidence(String)
    /// A step of the remediation, by its place.
    case step(Int)
    /// Another check.
    case check(CheckID)
}

/// A row of a section of a check's detail.
package struct DocumentRow: Sendable, Equatable {
    /// What is shown.
    package var line: Line
    /// What it stands for.
    package var item: DetailItem?

    init(_ line: Line = Line(), _ item: DetailItem? = nil) {
        self.line = line
        self.item = item
    }
}

/// The rows of a section at a width: pure, so that the same rows are counted when keys are handled and drawn when seen.
package struct DetailDocument {
    let model: ConsoleModel
    let record: CheckRecord
    let width: Int
    let glyphs: GlyphSet

    /// Prepares the sections of a check for a width of text.
    package init(_ model: ConsoleModel, _ record: CheckRecord, width: Int, _ glyphs: GlyphSet) {
        self.model = model
        self.record = record
        self.width = max(1, width)
        self.glyphs = glyphs
    }

    /// The rows of a section. The log's rows are those that are kept, whatever is visible.
    package func rows(of section: DetailSection) -> [DocumentRow] {
        switch section {
        case .summary: summary
        case .evidence: evidence
        case .fix: fix
        case .links: links
        case .log: log
        }
    }

    /// A text broken to the width, each row of the same role and item.
    func wrapped(_ text: String, _ role: Role, indent: Int = 0, _ item: DetailItem? = nil) -> [DocumentRow] {
        let blanks = String(repeating: " ", count: min(indent, width / 3))
        return SafeText.lines(text).flatMap { TextWidth.wrapped($0, to: max(1, width - blanks.count)) }.map {
            DocumentRow(Line([Span(blanks), Span($0, role)]), item)
        }
    }

    /// A named value: `owner  data-platform`, the value broken to what is left.
    func named(_ name: String, _ value: String, _ role: Role = .text, _ item: DetailItem? = nil) -> [DocumentRow] {
        let column = min(11, width / 3)
        let parts = SafeText.lines(value).flatMap { TextWidth.wrapped($0, to: max(1, width - column - 1)) }
        return parts.enumerated().map { place, part in
            var line = Line.column(place == 0 ? name : "", .muted, cells: column, glyphs)
            line.add(" ")
            line.add(part, role)
            return DocumentRow(line, item)
        }
    }

    func status(_ mark: StatusMark) -> Line {
        Line([Span(glyphs[mark.glyph], mark.role), Span(" "), Span(mark.word, mark.role)])
    }
}
