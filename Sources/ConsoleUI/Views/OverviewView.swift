import Readiness

/// The first view: every validator and check with its progress, the focused check in short, and what happens.
enum OverviewView {
    static func draw(on canvas: inout Canvas) {
        let model = canvas.model
        let layout = OverviewLayout(model.size, pane: model.overview.pane)
        drawHead(layout, on: &canvas)
        drawValidators(layout, on: &canvas)
        drawChecks(layout, on: &canvas)
        drawFocus(layout, on: &canvas)
        drawEvents(layout, on: &canvas)
        canvas.drawFooter(in: layout.footer, stage: .overview)
    }

    // MARK: - Head

    private static func drawHead(_ layout: OverviewLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let verdict = VerdictLine(model, glyphs)
        guard layout.form != .mini else {
            var left = verdict.badge
            left.add(" " + verdict.done, .strong)
            for part in verdict.counts where left.width + part.text.count + 10 <= layout.verdict.width {
                left.add(" " + part.text, part.role)
            }
            canvas.draw(left, verdict.clock(isShort: true), in: layout.verdict, margin: 0)
            let path = verdict.pathToGo(width: layout.bar.width)
            if path.hasPrefix("GO") {
                canvas.draw(Line(path, .strong), in: layout.bar)
            } else {
                canvas.draw(runBar(model, glyphs, width: layout.bar.width), in: layout.bar)
            }
            return
        }
        var left = Line("HOLDPOINT", .brand)
        left.add("  ")
        if let target = model.summary.target {
            left.add(target.target, .strong)
            left.add(target.target == target.environment ? "" : " (\(target.environment))", .muted)
        }
        if let reason = model.readOnlyReason { left.add("  \(reason)", .noticeWarning) }
        if let faults = model.faults, faults.activeCount > 0 {
            left.add("  " + Counted.of(faults.activeCount, "fault") + " set", .faultActive)
        }
        if let stall = verdict.stall { left.add("  \(stall)", .statusRunning) }
        if let created = model.summary.created { left.add("  mode \(created.mode.rawValue)", .muted) }
        if let target = model.summary.target, let commit = target.commit {
            left.add("  build \(commit.prefix(10))" + (target.dirty == true ? "+" : ""), .muted)
        }
        canvas.draw(left, verdict.clock(isShort: layout.form == .narrow), in: layout.header)
        canvas.draw(verdict.line(width: layout.verdict.width - 1), in: layout.verdict)
        canvas.draw(runBar(model, glyphs, width: layout.bar.width - 2), in: layout.bar, margin: 1)
    }

    /// All checks as one bar: done, red, running, to come.
    static func runBar(_ model: ConsoleModel, _ glyphs: GlyphSet, width: Int) -> Line {
        let checks = model.summary.checks
        let counts = model.summary.counts
        let running = checks.count { $0.state == .running || $0.state == .cancelling }
        let unknown = counts[.error] + counts[.unverified] + counts[.blocked] + counts[.cancelled]
        let parts: [(count: Int, glyph: Glyph, role: Role)] = [
            (counts[.pass] + counts[.notApplicable], .segmentPass, .statusPass),
            (counts[.warn], .segmentWarn, .statusWarn), (counts[.fail], .segmentFail, .statusFail),
            (unknown, .segmentUnknown, .statusUnverified), (running, .segmentRunning, .statusRunning),
            (checks.count - checks.count { $0.state == .finished } - running, .segmentRest, .progressRest),
        ]
        let cells = Bar.apportioned(parts.map(\.count), cells: width)
        return Line(
            zip(parts, cells).map { part, cells in
                Span(String(repeating: glyphs[part.glyph], count: cells), part.role)
            })
    }

    // MARK: - Validators

    private static func drawValidators(_ layout: OverviewLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        guard !layout.validators.isEmpty else { return }
        let isFocused = model.overview.pane == .validators
        let validators = model.summary.validators
        let rect = layout.rows(of: .validators)
        let isWide = layout.form == .wide
        let columns = ValidatorColumns(width: rect.width - 1, isWide: isWide)
        if layout.isBoxed {
            let title = Line([Span("Validators", .title), Span(" [1]", .key)])
            Box(title: title, note: Line("\(validators.count)", .muted), isFocused: isFocused)
                .draw(on: &canvas.grid, in: layout.validators, glyphs)
            canvas.grid.draw(columns.heading(glyphs), x: rect.x + 1, y: rect.y - 1, within: rect.width - 1)
        } else {
            caption("validators", layout, on: &canvas)
        }
        let rows = [("all", model.summary.checks)] + validators.map { ($0.name, $0.checks) }
        let chosen =
            model.overview.validator.flatMap { name in validators.firstIndex { $0.name == name } }.map { $0 + 1 } ?? 0
        for (line, place) in (model.overview.validatorsTop..<rows.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                columns.row(rows[place].0, rows[place].1, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: place == chosen, isFocused: isFocused)
        }
    }

    // MARK: - Checks

    private static func drawChecks(_ layout: OverviewLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        guard !layout.checks.isEmpty else { return }
        let isFocused = model.overview.pane == .checks
        let checks = model.listedChecks
        let rect = layout.rows(of: .checks)
        let columns = CheckColumns(width: rect.width - 1, form: layout.form, isAll: model.overview.validator == nil)
        if layout.isBoxed {
            var title = Line([Span("Checks", .title), Span(" [2]", .key)])
            title.add(model.overview.validator.map { "  \($0)" } ?? "", .strong)
            if model.overview.filter != .all { title.add("  only \(model.overview.filter.rawValue)", .noticeWarning) }
            var note = Line("\(checks.count)", .muted)
            note.add("  by \(model.overview.order.rawValue)", .muted)
            Box(title: title, note: note, isFocused: isFocused).draw(on: &canvas.grid, in: layout.checks, glyphs)
            canvas.grid.draw(columns.heading(glyphs), x: rect.x + 1, y: rect.y - 1, within: rect.width - 1)
        } else {
            let what = model.overview.validator ?? "all checks"
            let filter = model.overview.filter == .all ? "" : ", only \(model.overview.filter.rawValue)"
            caption(what + filter, layout, on: &canvas)
        }
        guard !checks.isEmpty else {
            let why =
                model.summary.checks.isEmpty
                ? model.activity ?? "waiting for the plan"
                : "no check is \(model.overview.filter.rawValue) here; f changes the filter"
            canvas.drawRow(
                Line(why, .muted), x: rect.x, y: rect.y, width: rect.width, isChosen: true, isFocused: isFocused)
            return
        }
        let chosen = checks.firstIndex { $0.id == model.overview.check } ?? 0
        for (line, place) in (model.overview.checksTop..<checks.count).prefix(rect.height).enumerated() {
            canvas.drawRow(
                columns.row(checks[place], model, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: place == chosen, isFocused: isFocused)
        }
        drawMore(
            above: model.overview.checksTop, below: checks.count - model.overview.checksTop - rect.height, rect, layout,
            on: &canvas)
    }

    private static func drawMore(
        above: Int, below: Int, _ rect: Rect, _ layout: OverviewLayout, on canvas: inout Canvas
    ) {
        guard layout.isBoxed, above > 0 || below > 0 else { return }
        var text = Line(" ")
        if above > 0 { text.add("\(canvas.glyphs[.moreAbove]) \(above) ", .muted) }
        if below > 0 { text.add("\(canvas.glyphs[.moreBelow]) \(below) more ", .muted) }
        canvas.grid.draw(text, x: rect.maxX - text.width - 1, y: rect.maxY)
    }

    private static func caption(_ text: String, _ layout: OverviewLayout, on canvas: inout Canvas) {
        let stall = VerdictLine(canvas.model, canvas.glyphs).stall
        let faults = canvas.model.faults?.activeCount ?? 0
        let right = faults > 0 ? Line(Counted.of(faults, "fault") + " set", .faultActive) : Line("Tab pane", .muted)
        canvas.draw(Line(stall ?? text, .heading), right, in: layout.caption, margin: 0)
    }

    // MARK: - Focus

    private static func drawFocus(_ layout: OverviewLayout, on canvas: inout Canvas) {
        guard !layout.focus.isEmpty else { return }
        let record = canvas.model.focusedCheck.flatMap { canvas.model.summary[$0] }
        if layout.focus.height == 1 {
            guard let record else { return }
            canvas.draw(FocusCard(canvas.model, record, canvas.glyphs).shortLine, in: layout.focus, margin: 1)
        } else {
            Box(title: Line("Focus", .title)).draw(on: &canvas.grid, in: layout.focus, canvas.glyphs)
            guard let record else { return }
            let inside = layout.focus.inside
            for (place, line) in FocusCard(canvas.model, record, canvas.glyphs).lines(width: inside.width - 2).prefix(
                inside.height
            ).enumerated() {
                canvas.draw(line, in: Rect(x: inside.x, y: inside.y + place, width: inside.width, height: 1), margin: 1)
            }
        }
    }

    // MARK: - Events

    private static func drawEvents(_ layout: OverviewLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        guard !layout.ticker.isEmpty else { return }
        let isFocused = model.overview.pane == .events
        let rect = layout.rows(of: .events)
        var note = Line()
        if model.ticker.isFollowing {
            note.add("following", .muted)
        } else {
            note.add("frozen", .noticeWarning)
            note.add(", +\(model.ticker.unseen) new", .noticeWarning)
        }
        if layout.tickerIsBoxed {
            note.add("  \(model.ticker.total) events", .muted)
            Box(title: Line([Span("Events", .title), Span(" [3]", .key)]), note: note, isFocused: isFocused)
                .draw(on: &canvas.grid, in: layout.ticker, glyphs)
        } else if layout.form == .mini, isFocused {
            caption(
                model.ticker.isFollowing ? "events, following" : "events, frozen +\(model.ticker.unseen)", layout,
                on: &canvas)
        }
        let window = model.ticker.window(height: rect.height)
        for (line, row) in window.rows.enumerated() {
            canvas.drawRow(
                EventColumns.row(row, width: rect.width - 1, glyphs), x: rect.x, y: rect.y + line, width: rect.width,
                isChosen: isFocused && line == window.cursor, isFocused: isFocused)
        }
        if isFocused, window.rows.isEmpty { canvas.cursor = (rect.x, rect.y) }
    }
}
