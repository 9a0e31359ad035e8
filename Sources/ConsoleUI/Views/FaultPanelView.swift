import Readiness

/// The practice desk's fault switches.
enum FaultPanelView {
    static func draw(_ position: ListPosition, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let layout = ListLayout(model.size)
        VerdictLine(model, glyphs).drawWithPath(["Overview", "Faults"], in: layout.verdict, on: &canvas)
        let faults = model.faults?.faults ?? []
        let margin = layout.form == .mini ? 0 : 1
        let home = model.faults.map { "desk \($0.pid)  home \($0.home)" } ?? "the target has no fault switches"
        let count = Line(
            "\(model.faults?.activeCount ?? 0) set", (model.faults?.activeCount ?? 0) > 0 ? .faultActive : .muted)
        canvas.draw(Line(home, .muted), count, in: layout.caption, margin: margin)
        if layout.isBoxed {
            Box(
                title: Line("Faults of the practice desk", .title), note: Line("\(faults.count)", .muted),
                isFocused: true
            )
            .draw(on: &canvas.grid, in: layout.list, glyphs)
        }
        let rect = layout.rows
        canvas.cursor = (rect.x, rect.y)
        for (line, place) in (min(position.top, faults.count)..<faults.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                row(faults[place], model, width: rect.width - 1, glyphs), x: rect.x, y: rect.y + line,
                width: rect.width,
                isChosen: place == position.cursor, isFocused: true)
        }
        if faults.indices.contains(position.cursor) { explain(faults[position.cursor], layout, margin, on: &canvas) }
        canvas.drawFooter(in: layout.footer, stage: .faults)
    }

    private static func row(_ fault: FaultPanel.Fault, _ model: ConsoleModel, width: Int, _ glyphs: GlyphSet) -> Line {
        let isActive = fault.active != nil
        let box = model.faultsPending.contains(fault.name) ? "[\(glyphs[.ellipsis])] " : isActive ? "[x] " : "[ ] "
        var name = fault.name
        if let magnitude = fault.active, !magnitude.isEmpty { name += "=\(magnitude)" }
        let role: Role = isActive ? .faultActive : .text
        var line = Line(box, role)
        line.add(.column(name, role, cells: width >= 60 ? 28 : max(0, width - 4), glyphs))
        if width >= 60 { line.add(" " + fault.sentence, isActive ? .text : .muted) }
        return line
    }

    private static func explain(
        _ fault: FaultPanel.Fault, _ layout: ListLayout, _ margin: Int, on canvas: inout Canvas
    ) {
        var text = fault.sentence
        if let hint = fault.magnitudeHint { text += " Takes \(hint)." }
        let lines = TextWidth.wrapped(SafeText.line(text), to: layout.explanation.width - 2 * margin)
        for (place, text) in lines.prefix(layout.explanation.height).enumerated() {
            let rect = Rect(x: 0, y: layout.explanation.y + place, width: layout.explanation.width, height: 1)
            canvas.draw(Line(text, .muted), in: rect, margin: margin)
        }
    }
}
