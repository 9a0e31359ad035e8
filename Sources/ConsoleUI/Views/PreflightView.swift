import Readiness

/// What a run would do, before anything is run: who is looked at, what proves paper, the checks, and what will not be
/// verified.
enum PreflightView {
    static func draw(_ position: ListPosition, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let layout = PreflightLayout(model.size)
        VerdictLine(model, glyphs).drawWithPath(
            ["Pre-flight", "nothing has been run"], in: layout.verdict, on: &canvas)
        guard let plan = model.preflight else { return }
        drawFacts(plan, in: layout, on: &canvas)
        if layout.isBoxed {
            Box(
                title: Line("Checks to run", .title),
                note: Line("\(model.chosen.count) of \(plan.steps.count)", .muted), isFocused: true
            )
            .draw(on: &canvas.grid, in: layout.list, glyphs)
        }
        let rect = layout.rows
        canvas.cursor = (rect.x, rect.y)
        for (line, place) in (min(position.top, plan.steps.count)..<plan.steps.count).prefix(rect.height).enumerated() {
            let step = plan.steps[place]
            canvas.drawRow(
                row(step, isChosen: model.chosen.contains(step.check.id), width: rect.width - 1, glyphs), x: rect.x,
                y: rect.y + line, width: rect.width, isChosen: place == position.cursor, isFocused: true)
        }
        if plan.steps.indices.contains(position.cursor) {
            explain(plan.steps[position.cursor], plan, layout, on: &canvas)
        }
        canvas.drawFooter(in: layout.footer, stage: .preflight)
    }

    // MARK: - Facts

    private static func drawFacts(_ plan: Preflight, in layout: PreflightLayout, on canvas: inout Canvas) {
        let (model, glyphs) = (canvas.model, canvas.glyphs)
        let isMini = layout.form == .mini
        let margin = isMini ? 0 : 1
        let lines =
            isMini
            ? [shortTarget(plan), shortAmount(plan, model, glyphs)].suffix(layout.facts.height)
            : facts(plan, model, width: layout.facts.width - 2, rows: layout.facts.height, glyphs)[...]
        for (place, line) in lines.enumerated() {
            let rect = Rect(x: 0, y: layout.facts.y + place, width: layout.facts.width, height: 1)
            canvas.draw(line, in: rect, margin: margin)
        }
    }

    private static func facts(
        _ plan: Preflight, _ model: ConsoleModel, width: Int, rows: Int, _ glyphs: GlyphSet
    ) -> [Line] {
        let target = plan.target
        var first = named("target", glyphs)
        first.add(target.target, .strong)
        first.add("  environment ", .muted)
        first.add(target.environment, target.environment == "production" ? .noticeWarning : .strong)
        first.add("  account ", .muted)
        first.add(target.account ?? "not told")
        if let instance = target.instance {
            first.add("  instance ", .muted)
            first.add(instance)
        }
        var build = named("build", glyphs)
        build.add(target.commit ?? "not told")
        if target.dirty == true { build.add(", with changes that no commit has", .noticeWarning) }
        build.add("  \(glyphs[.separator]) ", .muted)
        build.add(plan.profile, .source)
        // What proves paper, or refuses it, is worth a second line where there is room.
        let words = "\(target.paper.rawValue): \(target.detail)"
        let texts = TextWidth.wrapped(SafeText.line(words), to: max(1, width - 9))
        let paper = texts.prefix(max(1, rows - 3)).enumerated().map { place, text in
            var line = named(place == 0 ? "paper" : "", glyphs)
            line.add(text, paperRole(plan))
            return line
        }
        var amount = named("plan", glyphs)
        amount.add(Self.amount(plan, model, width: width - amount.width, glyphs))
        return [first, build] + paper + [amount]
    }

    private static func named(_ name: String, _ glyphs: GlyphSet) -> Line {
        var line = Line.column(name, .muted, cells: 7, glyphs)
        line.add("  ")
        return line
    }

    private static func paperRole(_ plan: Preflight) -> Role {
        plan.target.paper == .proven ? .statusPass : .statusUnverified
    }

    /// In whole words at any width: shorter ones where the long ones do not fit.
    private static func amount(
        _ plan: Preflight, _ model: ConsoleModel, width: Int, _ glyphs: GlyphSet
    ) -> Line {
        let long = amount(plan, model, isShort: false, glyphs)
        return long.width <= width ? long : amount(plan, model, isShort: true, glyphs)
    }

    private static func amount(
        _ plan: Preflight, _ model: ConsoleModel, isShort: Bool, _ glyphs: GlyphSet
    ) -> Line {
        let chosen = plan.steps.filter { model.chosen.contains($0.check.id) }
        var line = Line("\(chosen.count) of \(Counted.of(plan.steps.count, "check"))", .strong)
        line.add(", \(plan.time(for: model.chosen, isShort: isShort))")
        if chosen.count < plan.steps.count || !plan.scope.full { line.add(", partial", .noticeWarning) }
        let changing = chosen.count(where: plan.mayChange)
        line.add(" \(glyphs[.separator]) \(changing) \(isShort ? "may change it" : "may change the target")")
        // What is not run at all need not be counted again where there is no room.
        guard !isShort || plan.hasWork(in: model.chosen) else { return line }
        let blind = chosen.count { !$0.forecast.isExpectedToSee }
        line.add(" \(glyphs[.separator]) ")
        line.add("\(blind) \(isShort ? "unverified" : "will not be verified")", blind > 0 ? .statusUnverified : .text)
        return line
    }

    private static func shortTarget(_ plan: Preflight) -> Line {
        var line = Line(plan.target.environment, plan.target.environment == "production" ? .noticeWarning : .strong)
        line.add(" paper \(plan.target.paper.rawValue) ", paperRole(plan))
        line.add(plan.target.target)
        return line
    }

    private static func shortAmount(_ plan: Preflight, _ model: ConsoleModel, _ glyphs: GlyphSet) -> Line {
        let chosen = plan.steps.filter { model.chosen.contains($0.check.id) }
        var line = Line("\(chosen.count)/\(Counted.of(plan.steps.count, "check"))", .strong)
        let time = plan.time(for: model.chosen, isShort: true)
        guard plan.hasWork(in: model.chosen) else {
            line.add(", \(time)", .statusUnverified)
            return line
        }
        line.add(" \(time) \(glyphs[.separator]) ")
        let blind = chosen.count { !$0.forecast.isExpectedToSee }
        line.add("\(blind) not verified", blind > 0 ? .statusUnverified : .text)
        return line
    }

    // MARK: - Checks

    private static func row(
        _ step: Preflight.Step, isChosen: Bool, width: Int, _ glyphs: GlyphSet
    ) -> Line {
        let mark = sign(step.forecast)
        var line = Line(isChosen ? "[x] " : "[ ] ", isChosen ? .text : .muted)
        line.add(glyphs[mark.glyph] + " ", isChosen ? mark.role : .muted)
        let role: Role = isChosen ? .checkID : .muted
        guard width >= 60 else {
            line.add(.column(step.check.id.description, role, cells: max(0, width - 6), glyphs))
            return line
        }
        line.add(.column(step.check.id.description, role, cells: width >= 90 ? 34 : 28, glyphs))
        line.add(" ")
        let changes = step.check.effects > .read
        line.add(.column(step.check.effects.rawValue, changes ? .noticeWarning : .muted, cells: 12, glyphs))
        let time = DurationText.short(.milliseconds(step.check.estMs))
        line.add(String(repeating: " ", count: max(0, 8 - time.count)) + time + "  ", .muted)
        line.add(outlook(step.forecast), isChosen ? mark.role : .muted)
        return line
    }

    private static func sign(_ forecast: Preflight.Forecast) -> (glyph: Glyph, role: Role) {
        switch forecast {
        case .runs: (.waiting, .statusWaiting)
        case .doubtful: (.unverified, .statusWaiting)
        case .fails: (.fail, .statusFail)
        case .unverified: (.unverified, .statusUnverified)
        case .blocked: (.blocked, .statusBlocked)
        case .breaks: (.error, .statusError)
        }
    }

    private static func outlook(_ forecast: Preflight.Forecast) -> String {
        switch forecast {
        case .runs: "will run"
        case .fails: "will fail"
        case .doubtful(_, let need): "in doubt: \(need.name)"
        case .unverified(let reason, _, let need):
            "unverified: " + (need.map { "\($0.name) " } ?? "") + reason.rawValue
        case .blocked(let id): "blocked by \(id)"
        case .breaks: "error"
        }
    }

    private static func explain(
        _ step: Preflight.Step, _ plan: Preflight, _ layout: PreflightLayout, on canvas: inout Canvas
    ) {
        var text = step.check.title + "."
        switch step.forecast {
        case .runs: if let why = step.check.why { text += " Taken in: \(why)." }
        case .blocked(let id): text += " It requires \(id), which will not end well."
        case .fails(let words), .breaks(let words): text += " Why: \(words)."
        case .doubtful(let words, _): text += " \(words). t shows what the target offers."
        case .unverified(_, let words, let need):
            text += " Why: \(words)" + (words.hasSuffix(".") ? "" : ".")
            if need != nil { text += " t shows what the target offers." }
        }
        if step.check.effects > .read {
            text += " Changes the target (\(step.check.effects.rawValue)), and takes it back."
        }
        let margin = layout.form == .mini ? 0 : 1
        let lines = TextWidth.wrapped(SafeText.line(text), to: layout.explanation.width - 2 * margin)
        for (place, text) in lines.prefix(layout.explanation.height).enumerated() {
            let rect = Rect(x: 0, y: layout.explanation.y + place, width: layout.explanation.width, height: 1)
            canvas.draw(Line(text, .muted), in: rect, margin: margin)
        }
    }
}
