import Readiness

/// The keys of the view below, narrowed by what is typed; made from the command table.
enum HelpView {
    static func draw(_ help: HelpPlace, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let layout = ListLayout(model.size)
        let stage = model.stageUnderHelp
        VerdictLine(model, glyphs).drawWithPath(["Help", stage.title], in: layout.verdict, on: &canvas)
        let entries = model.helpEntries
        let margin = layout.form == .mini ? 0 : 1
        let typed = Line([
            Span("type to filter: ", .muted), Span(help.filter, .input), Span("_", .input),
        ])
        let count = Line("\(entries.count) of \(CommandTable.help(for: stage).count)", .muted)
        canvas.draw(typed, count, in: layout.caption, margin: margin)
        if layout.isBoxed {
            Box(title: Line("Keys: this view first, then everywhere", .title), isFocused: true)
                .draw(on: &canvas.grid, in: layout.list, glyphs)
        }
        let rect = layout.rows
        canvas.cursor = (rect.x, rect.y)
        for (line, place) in (min(help.position.top, entries.count)..<entries.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                row(entries[place], width: rect.width - 1, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: place == help.position.cursor, isFocused: true)
        }
        if entries.isEmpty {
            canvas.drawRow(
                Line("no command is about that", .muted), x: rect.x, y: rect.y, width: rect.width, isChosen: true,
                isFocused: true)
        }
        explain(entries, help, layout, margin, on: &canvas)
        var keys = Line([
            Span("Enter", .key), Span(" runs it  "), Span("Esc", .key),
            Span(help.filter.isEmpty ? " closes" : " clears"),
        ])
        keys.add("  ")
        keys.add("Up Down", .key)
        keys.add(" move")
        if model.notice != nil {
            canvas.drawFooter(in: layout.footer, stage: .help)
        } else {
            canvas.draw(keys, in: layout.footer, margin: 1)
        }
    }

    private static func row(_ entry: CommandEntry, width: Int, _ glyphs: GlyphSet) -> Line {
        let keys = entry.keys.map(\.text).joined(separator: " ")
        let isWide = width >= 90
        var line = Line.column(keys, .key, cells: isWide ? 22 : width >= 60 ? 18 : 13, glyphs)
        line.add(" ")
        line.add(.column(entry.name, .strong, cells: isWide ? 24 : max(0, width - line.width), glyphs))
        if isWide { line.add(" " + entry.help, .muted) }
        return line
    }

    private static func explain(
        _ entries: [CommandEntry], _ help: HelpPlace, _ layout: ListLayout, _ margin: Int, on canvas: inout Canvas
    ) {
        guard entries.indices.contains(help.position.cursor) else { return }
        let entry = entries[help.position.cursor]
        var under = canvas.model
        under.stack.removeLast()
        let reason = under.reasonAgainst(entry.command).map { " Not now: \($0)." } ?? ""
        let lines = TextWidth.wrapped(SafeText.line(entry.help + reason), to: layout.explanation.width - 2 * margin)
        for (place, text) in lines.prefix(layout.explanation.height).enumerated() {
            let rect = Rect(x: 0, y: layout.explanation.y + place, width: layout.explanation.width, height: 1)
            canvas.draw(Line(text, .text), in: rect, margin: margin)
        }
    }
}
