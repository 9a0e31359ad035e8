import Readiness

/// One check: what it showed and why, its measurements against their limits, evidence, log, fix, and what hangs on it.
enum CheckDetailView {
    static func draw(_ detail: DetailPlace, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        guard let record = model.summary[detail.check] else { return }
        let layout = DetailLayout(model.size, section: detail.section, isZoomed: detail.isZoomed)
        let path =
            ["Overview"]
            + model.stack.compactMap { if case .check(let step) = $0 { step.check.description } else { nil } }
        VerdictLine(model, glyphs).drawWithPath(path, in: layout.verdict, on: &canvas)
        drawHeadline(record, layout, on: &canvas)
        drawTabs(detail, layout, on: &canvas)
        for panel in layout.panels { draw(panel, detail, record, layout, on: &canvas) }
        canvas.drawFooter(in: layout.footer, stage: .detail)
    }

    private static func drawHeadline(_ record: CheckRecord, _ layout: DetailLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let mark = StatusMark(record)
        let margin = layout.form == .mini ? 0 : 1
        var line = Line([Span("\(glyphs[mark.glyph]) \(mark.word) ", mark.role), Span(record.id.description, .checkID)])
        if layout.form != .mini { line.add("  " + record.plan.title) }
        var right = Line()
        if layout.form != .mini {
            right.add(record.plan.severity.rawValue, .muted)
            if let time = model.runningFor(record) {
                right.add(" \(glyphs[.separator]) \(time.components.seconds) s", .statusRunning)
            } else if let result = record.result, result.attempts > 0 {
                right.add(" \(glyphs[.separator]) \(DurationText.short(.milliseconds(result.durationMs)))", .muted)
            }
            if record.round > 1 { right.add(" \(glyphs[.separator]) round \(record.round)", .muted) }
        }
        canvas.draw(line, right, in: layout.headline, margin: margin)
        let (text, role) = reason(record)
        let lines = TextWidth.wrapped(SafeText.line(text), to: layout.reason.width - 2 * margin)
        for (place, text) in lines.prefix(layout.reason.height).enumerated() {
            let isCut = place == layout.reason.height - 1 && lines.count > layout.reason.height
            let rect = Rect(x: 0, y: layout.reason.y + place, width: layout.reason.width, height: 1)
            canvas.draw(
                Line(isCut ? text + String(repeating: " .", count: rect.width) : text, role), in: rect, margin: margin)
        }
    }

    /// The outcome and its reason in one sentence; before there is one, where the check stands.
    static func reason(_ record: CheckRecord) -> (String, Role) {
        if let result = record.result {
            let reason = result.reason.map { $0.split(separator: "_").joined(separator: " ") + ": " } ?? ""
            return (reason + result.message, result.outcome == .pass ? .text : .strong)
        }
        if let waiting = record.waiting { return ("Waits for " + waiting.names.joined(separator: ", ") + ".", .text) }
        return (record.plan.question, .muted)
    }

    private static func drawTabs(_ detail: DetailPlace, _ layout: DetailLayout, on canvas: inout Canvas) {
        guard !layout.tabs.isEmpty else { return }
        var line = Line(layout.form == .mini ? "" : " ")
        for section in DetailSection.allCases {
            let isChosen = section == detail.section
            let title = layout.form == .mini ? String(section.title.prefix(section == .summary ? 3 : 4)) : section.title
            line.add(isChosen ? "[\(title)]" : " \(title) ", isChosen ? .tabChosen : .tab)
        }
        canvas.draw(line, in: layout.tabs)
    }

    private static func draw(
        _ panel: DetailLayout.Panel, _ detail: DetailPlace, _ record: CheckRecord, _ layout: DetailLayout,
        on canvas: inout Canvas
    ) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let isFocused = panel.section == detail.section
        let rect = layout.isBoxed ? panel.rect.inside : panel.rect
        let document = DetailDocument(model, record, width: layout.textWidth(of: panel.section), glyphs)
        if layout.isBoxed {
            Box(
                title: title(panel.section), note: note(panel.section, record, document, model), isFocused: isFocused
            ).draw(on: &canvas.grid, in: panel.rect, glyphs)
        }
        if panel.section == .log, let log = model.logs[record.id], !log.rows.isEmpty {
            return draw(log, document, rect, isFocused, on: &canvas)
        }
        let rows = document.rows(of: panel.section)
        let position = detail.positions[panel.section] ?? ListPosition()
        for (line, place) in (min(position.top, rows.count)..<rows.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                rows[place].line, x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: isFocused && place == position.cursor, isFocused: isFocused)
        }
        let below = rows.count - position.top - rect.height
        if layout.isBoxed, below > 0 {
            let more = Line(" \(glyphs[.moreBelow]) \(below) more ", .muted)
            canvas.grid.draw(more, x: rect.maxX - more.width - 1, y: rect.maxY)
        }
        if isFocused, rows.isEmpty { canvas.cursor = (rect.x, rect.y) }
    }

    private static func draw(
        _ log: FollowList<LogRow>, _ document: DetailDocument, _ rect: Rect, _ isFocused: Bool, on canvas: inout Canvas
    ) {
        let window = log.window(height: rect.height) { document.height(of: $0) }
        var y = rect.y
        for (place, entry) in window.rows.enumerated() {
            for (index, row) in document.rows(of: entry).enumerated() where y < rect.maxY {
                canvas.drawRow(
                    row.line, x: rect.x, y: y, width: rect.width,
                    isChosen: isFocused && place == window.cursor && index == 0, isFocused: isFocused)
                y += 1
            }
        }
    }

    private static func title(_ section: DetailSection) -> Line {
        switch section {
        case .summary: Line([Span("Measured against limits", .title), Span(" [1]", .key)])
        case .evidence: Line([Span("Evidence", .title), Span(" [2]", .key)])
        case .log: Line([Span("Log", .title), Span(" [3]", .key)])
        case .fix: Line([Span("Fix", .title), Span(" [m]", .key)])
        case .links: Line([Span("Waits and links", .title)])
        }
    }

    private static func note(
        _ section: DetailSection, _ record: CheckRecord, _ document: DetailDocument, _ model: ConsoleModel
    ) -> Line {
        switch section {
        case .summary:
            return Line(record.findings.isEmpty ? "" : Counted.of(record.findings.count, "finding"), .statusFail)
        case .evidence: return Line(record.evidence.isEmpty ? "" : "\(record.evidence.count)", .muted)
        case .fix:
            guard let steps = record.result?.remediation?.steps else { return Line() }
            return Line("\(model.doneSteps[record.id]?.count ?? 0)/\(steps.count) done", .muted)
        case .links: return Line()
        case .log:
            guard let log = model.logs[record.id] else { return Line() }
            return log.isFollowing
                ? Line("following  \(Counted.of(log.total, "line"))", .muted)
                : Line("frozen, +\(log.unseen) new", .noticeWarning)
        }
    }
}
