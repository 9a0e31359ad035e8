import Readiness

/// A picture of the console: what a terminal has to show.
package struct Frame: Sendable, Equatable {
    /// The cells.
    package var grid: Grid
    /// Where the hardware cursor stands: on the focused row, so that braille displays and screen readers follow.
    package var cursor: (x: Int, y: Int)
    /// The terminal's title; at most 60 printable ASCII characters.
    package var title: String

    /// Compares all of it.
    package static func == (lhs: Frame, rhs: Frame) -> Bool {
        lhs.grid == rhs.grid && lhs.cursor == rhs.cursor && lhs.title == rhs.title
    }
}

extension ConsoleModel {
    /// Draws the console: pure, the same model and signs give the same frame. Colours come later, from a theme.
    package func frame(_ glyphs: GlyphSet) -> Frame {
        var canvas = Canvas(self, glyphs)
        if Form(size) == .line {
            VerdictLine(self, glyphs).drawAlone(on: &canvas)
        } else {
            switch place {
            case nil: OverviewView.draw(on: &canvas)
            case .check(let detail): CheckDetailView.draw(detail, on: &canvas)
            case .preflight(let position): PreflightView.draw(position, on: &canvas)
            case .target(let position): TargetView.draw(position, on: &canvas)
            case .faults(let position): FaultPanelView.draw(position, on: &canvas)
            case .help(let help): HelpView.draw(help, on: &canvas)
            }
        }
        if let dialog { DialogView.draw(dialog, on: &canvas) }
        return Frame(grid: canvas.grid, cursor: canvas.clampedCursor, title: VerdictLine(self, glyphs).title)
    }
}

/// A grid that is being drawn on, with what views need to know.
struct Canvas {
    let model: ConsoleModel
    let glyphs: GlyphSet
    var grid: Grid
    var cursor: (x: Int, y: Int) = (0, 0)

    init(_ model: ConsoleModel, _ glyphs: GlyphSet) {
        self.model = model
        self.glyphs = glyphs
        grid = Grid(model.size, isASCII: glyphs.isASCII)
    }

    var clampedCursor: (x: Int, y: Int) {
        (max(0, min(cursor.x, grid.size.columns - 1)), max(0, min(cursor.y, grid.size.rows - 1)))
    }

    /// Draws a line into a rectangle's first row, cut to it.
    mutating func draw(_ line: Line, in rect: Rect, margin: Int = 0) {
        guard !rect.isEmpty else { return }
        let room = rect.width - 2 * margin
        grid.draw(line.fitted(to: room, glyphs), x: rect.x + margin, y: rect.y, within: room)
    }

    /// Draws one line at the left and one at the right; the left one gives way.
    mutating func draw(_ left: Line, _ right: Line, in rect: Rect, margin: Int = 1) {
        guard !rect.isEmpty else { return }
        let room = rect.width - 2 * margin
        let shownRight = right.width + 8 <= room ? right : Line()
        var line = left.fitted(to: room - (shownRight.width > 0 ? shownRight.width + 2 : 0), glyphs)
        line.addTrailing(shownRight, endingAt: room)
        grid.draw(line, x: rect.x + margin, y: rect.y, within: room)
    }

    /// Draws a list's row with its cursor mark; puts the hardware cursor there if keys act on it.
    mutating func drawRow(_ line: Line, x: Int, y: Int, width: Int, isChosen: Bool, isFocused: Bool) {
        let mark = Line(isChosen ? glyphs[.cursor] : " ", isFocused ? .key : .muted)
        grid.draw(mark, x: x, y: y, within: 1)
        grid.draw(line.fitted(to: width - 1, glyphs), x: x + 1, y: y, within: width - 1)
        guard isChosen else { return }
        grid.mark(Rect(x: x, y: y, width: width, height: 1), isFocused ? .focus : .selection)
        if isFocused { cursor = (x, y) }
    }

    /// The status line: a message, or the keys that are of most use here.
    mutating func drawFooter(in rect: Rect, stage: Stage) {
        guard !rect.isEmpty else { return }
        let width = rect.width - 2
        if let notice = model.notice {
            let role: Role =
                switch notice.severity {
                case .info: .noticeInfo
                case .warning: .noticeWarning
                case .error: .noticeError
                }
            let lines = notice.rows(width: width, ellipsis: glyphs[.ellipsis])
            for (place, text) in lines.enumerated() {
                let y = rect.y - lines.count + 1 + place
                grid.clear(Rect(x: rect.x, y: y, width: rect.width, height: 1))
                grid.draw(Line(text, role), x: rect.x + 1, y: y)
            }
            return
        }
        // Help and quit are where they always are: at the end, whatever else fits.
        let isNarrow = width < 50
        var fixed = Line()
        for entry in CommandTable.footer(of: stage).filter({ $0.command == .help || $0.command == .quit }) {
            fixed.add(fixed.width > 0 ? (isNarrow ? " " : "  ") : "")
            fixed.add(isNarrow ? Line(entry.shownKeys, .key) : key(entry))
        }
        var line = Line()
        for entry in CommandTable.footer(of: stage) where entry.command != .help && entry.command != .quit {
            if stage == .overview || stage == .preflight, entry.command == .back { continue }
            if entry.command == .target, stage != .preflight, model.reasonAgainst(.target) != nil { continue }
            if isNarrow, entry.command == .moveDown { continue }
            if entry.command == .follow, model.reasonAgainst(.follow) != nil { continue }
            if entry.command == .markStep, model.reasonAgainst(.markStep) != nil { continue }
            let next = key(entry)
            guard line.width + 2 + next.width + 2 + fixed.width <= width else { continue }
            line.add(line.width > 0 ? "  " : "")
            line.add(next)
        }
        line.add(line.width > 0 && fixed.width > 0 ? "  " : "")
        line.add(fixed)
        grid.draw(line, x: rect.x + 1, y: rect.y, within: width)
    }

    private func key(_ entry: CommandEntry) -> Line {
        let isOff = model.reasonAgainst(entry.command) != nil
        return Line([
            Span(entry.shownKeys, isOff ? .keyDisabled : .key), Span(" "),
            Span(entry.label, isOff ? .keyDisabled : .keyText),
        ])
    }
}
