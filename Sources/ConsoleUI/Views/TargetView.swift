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
        drawCaption(name, layout, margin, on: &canvas)
        if layout.isBoxed {
            Box(title: Line("Readiness surface", .title), note: Line("\(all.count)", .muted), isFocused: true)
                .draw(on: &canvas.grid, in: layout.list, glyphs)
        }
        let rect = layout.rows
        guard !all.isEmpty else {
            drawFirstLook(rect, on: &canvas)
            canvas.drawFooter(in: layout.footer, stage: .target)
            return
        }
        canvas.cursor = (rect.x, rect.y)
        for (line, place) in (min(position.top, all.count)..<all.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                row(all[place], model, width: rect.width - 1, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: place == position.cursor, isFocused: true)
        }
        if all.indices.contains(position.cursor) { explain(all[position.cursor], layout, margin, on: &canvas) }
        canvas.drawFooter(in: layout.footer, stage: .target)
    }

    /// What the target is called, and what it has not answered yet; else what it lacks.
    private static func drawCaption(_ name: String, _ layout: ListLayout, _ margin: Int, on canvas: inout Canvas) {
        let model = canvas.model
        let room = layout.caption.width - 2 * margin - TextWidth.of(SafeText.line(name)) - 2
        if let late = model.lookProgress.sentence(at: model.now, within: room) {
            guard late.count > room else {
                let line = Line([Span("\(name)  ", .muted), Span(late, .statusRunning)])
                return canvas.draw(line, in: layout.caption, margin: margin)
            }
            // What it is called can be read elsewhere.
            let alone = model.lookProgress.sentence(at: model.now, within: layout.caption.width - 2 * margin) ?? late
            return canvas.draw(Line(alone, .statusRunning), in: layout.caption, margin: margin)
        }
        let all = model.capabilities ?? []
        let lacking = all.count { $0.isLacking && !$0.waiting.isEmpty }
        let state =
            model.isLooking ? "is being looked at" : all.isEmpty ? "has not answered yet" : "as it answered last"
        canvas.draw(
            Line("\(name)  \(state)", .muted),
            all.isEmpty
                ? Line()
                : Line(
                    lacking > 0 ? "\(lacking) lacking" : "nothing lacking", lacking > 0 ? .statusUnverified : .muted),
            in: layout.caption, margin: margin)
    }

    /// As long as there is nothing to tell of the target: what it was asked and has not answered.
    private static func drawFirstLook(_ rect: Rect, on canvas: inout Canvas) {
        let model = canvas.model
        canvas.cursor = (rect.x, rect.y)
        for (line, late) in model.lookProgress.late(at: model.now).prefix(rect.height).enumerated() {
            let row = row(late.subject, waitedFor: late.time, canvas.glyphs)
            canvas.drawRow(row, x: rect.x, y: rect.y + line, width: rect.width, isChosen: false, isFocused: true)
        }
    }

    private static func row(
        _ subject: CapabilityReport.Subject, waitedFor time: Duration, _ glyphs: GlyphSet
    ) -> Line {
        var line = Line(glyphs[.running] + " ", .statusRunning)
        line.add(.column(subject.name, .strong, cells: 19, glyphs))
        line.add("asked \(time.components.seconds) s ago", .statusRunning)
        return line
    }

    private static func row(
        _ report: CapabilityReport, _ model: ConsoleModel, width: Int, _ glyphs: GlyphSet
    ) -> Line {
        // What it answered last is about to be replaced.
        if let time = model.lookProgress.time(of: report.subject, at: model.now) {
            return row(report.subject, waitedFor: time, glyphs)
        }
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
