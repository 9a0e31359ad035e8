import Readiness

/// What the target offers of the readiness surface, how fast, and which checks wait for it.
enum TargetView {
    static func draw(_ position: ListPosition, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let layout = ListLayout(model.size)
        let path = [model.isBeforeStart ? "Pre-flight" : "Overview", "Target"]
        VerdictLine(model, glyphs).drawWithPath(path, in: layout.verdict, on: &canvas)
        let all = model.capabilities ?? []
        let name = model.summary.target?.target ?? model.preflight?.target.target ?? "the target"
        let margin = layout.form == .mini ? 0 : 1
        let lacking = all.count { $0.isLacking && !$0.waiting.isEmpty }
        canvas.draw(
            Line("\(name)  \(model.isLooking ? "is being looked at" : "as it answered last")", .muted),
            Line(lacking > 0 ? "\(lacking) lacking" : "nothing lacking", lacking > 0 ? .statusUnverified : .muted),
            in: layout.caption, margin: margin)
        if layout.isBoxed {
            Box(title: Line("Readiness surface", .title), note: Line("\(all.count)", .muted), isFocused: true)
                .draw(on: &canvas.grid, in: layout.list, glyphs)
        }
        let rect = layout.rows
        canvas.cursor = (rect.x, rect.y)
        for (line, place) in (min(position.top, all.count)..<all.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                row(all[place], width: rect.width - 1, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: place == position.cursor, isFocused: true)
        }
        if all.indices.contains(position.cursor) { explain(all[position.cursor], layout, margin, on: &canvas) }
        canvas.drawFooter(in: layout.footer, stage: .target)
    }

    private static func row(_ report: CapabilityReport, width: Int, _ glyphs: GlyphSet) -> Line {
        let mark = sign(report)
        var line = Line(glyphs[mark.glyph] + " ", mark.role)
        line.add(.column(report.name, .strong, cells: 19, glyphs))
        guard width >= 50 else {
            line.add(report.words, mark.role)
            return line
        }
        line.add(.column(report.words, mark.role, cells: 12, glyphs))
        let waiting = "\(report.waiting.count)"
        line.add(String(repeating: " ", count: max(0, 3 - waiting.count)) + waiting, .muted)
        line.add(report.waiting.count == 1 ? " check   " : " checks  ", .muted)
        line.add(report.detail, report.isLacking ? .text : .muted)
        return line
    }

    /// What nothing waits for is not red.
    private static func sign(_ report: CapabilityReport) -> (glyph: Glyph, role: Role) {
        switch report.state {
        case "answers": (.pass, .statusPass)
        case "not_tried": (.waiting, .statusWaiting)
        case _ where report.waiting.isEmpty: (.notApplicable, .statusNotApplicable)
        case "missing", "not_listed", "unauthorised": (.unverified, .statusUnverified)
        default: (.fail, .statusFail)
        }
    }

    private static func explain(
        _ report: CapabilityReport, _ layout: ListLayout, _ margin: Int, on canvas: inout Canvas
    ) {
        var text = report.detail.contains(report.question) ? "" : "\(report.question): "
        text += "\(report.detail)."
        if !report.notes.isEmpty { text += " " + report.notes.joined(separator: "; ") + "." }
        if report.waiting.isEmpty {
            text += " No check waits for it."
        } else {
            text += " Checks: \(Counted.list(report.waiting.map(\.description), showing: 3))."
        }
        if report.isMissing {
            text += " y copies \(report.isForProfile ? "lines for the profile" : "a handler") to fill in."
        }
        let lines = TextWidth.wrapped(SafeText.line(text), to: layout.explanation.width - 2 * margin)
        for (place, text) in lines.prefix(layout.explanation.height).enumerated() {
            let rect = Rect(x: 0, y: layout.explanation.y + place, width: layout.explanation.width, height: 1)
            canvas.draw(Line(text, .text), in: rect, margin: margin)
        }
    }
}
