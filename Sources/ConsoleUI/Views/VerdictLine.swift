import Readiness

/// The verdict, why, and what would turn it to go. On the first or second line of every view, at every size.
struct VerdictLine {
    private let model: ConsoleModel
    private let glyphs: GlyphSet

    init(_ model: ConsoleModel, _ glyphs: GlyphSet) {
        self.model = model
        self.glyphs = glyphs
    }

    private var summary: RunSummary { model.summary }
    private var verdict: Verdict { summary.decision.verdict }

    /// Whether the verdict is hold for no other reason than that checks still run.
    private var isPending: Bool {
        verdict == .hold && (summary.checks.isEmpty || model.isActive)
            && summary.decision.reasons.allSatisfy { $0.rule == .notFinished }
    }

    /// The verdict as a badge.
    var badge: Line {
        let glyph = isPending ? Glyph.running : verdict.glyph
        let role = isPending ? Role.verdictPending : verdict.role
        return Line(" \(glyphs[glyph]) \(verdict.title) ", role)
    }

    /// How many checks are red, unknown or warn, worst first: `2 failing`, `1 unverified`.
    var counts: [(text: String, role: Role)] {
        let counts = summary.counts
        let words: [Outcome.Word] = [.fail, .error, .unverified, .blocked, .cancelled]
        var parts = words.compactMap { word -> (text: String, role: Role)? in
            counts[word] > 0 ? ("\(counts[word]) \(word.inWords)", word.role) : nil
        }
        if counts[.warn] > 0 { parts.append((Counted.of(counts[.warn], "warning"), .statusWarn)) }
        return parts
    }

    /// `7/12 checks`.
    var done: String { "\(summary.finishedCount)/\(summary.checks.count)" }

    /// The whole line: badge, counts and what would turn it to go, as much as fits, the most important first.
    func line(width: Int) -> Line {
        var line = badge
        if !summary.scope.full { line.add(" partial: " + summary.scope.why.joined(separator: ", "), .noticeWarning) }
        if !summary.failedUndos.isEmpty {
            line.add("  " + Counted.of(summary.failedUndos.count, "change") + " not taken back", .noticeError)
        }
        line.add("  ")
        line.add(done + (width >= 100 ? " checks" : ""), .strong)
        // The way to go matters more than the last of the counts: its shortest naming form is kept room for.
        let least = pathToGo(width: 0).count
        for (place, part) in counts.enumerated() {
            // How many are red matters more than all the words of the way: for the first count its barest form will do.
            let way = place == 0 ? min(least, barePathToGo.count) : least
            guard line.width + part.text.count + 3 + way + 3 <= width else { continue }
            line.add(" \(glyphs[.separator]) ", .muted)
            line.add(part.text, part.role)
        }
        let room = width - line.width - 3
        let path = pathToGo(width: room)
        if !path.isEmpty, path.count <= room {
            line.add(" \(glyphs[.separator]) ", .muted)
            line.add(path, .strong)
        }
        return line
    }

    /// What would turn the verdict to go: `GO if: risk.limit.enforced clears and 3 more pass`, and at the end of a run, when
    /// only what they block is left, `GO if: risk.limit.enforced clears, then 1 blocked`. Names as many as fit.
    func pathToGo(width: Int) -> String {
        guard verdict != .go, !summary.checks.isEmpty else { return "" }
        let red = red
        guard !red.isEmpty else { return open > 0 ? "nothing red so far" : "" }
        var best = ""
        for limit in 1...red.count {
            let text = pathToGo(red, naming: limit)
            if best.isEmpty || text.count <= width { best = text }
        }
        if best.count > width, width > 0 {
            let bare = barePathToGo
            if bare.count <= width { return bare }
            let short = "GO if: \(Counted.of(red.count, "check")) clear\(red.count == 1 ? "s" : "")"
            if short.count <= width { return short }
        }
        return best
    }

    /// The blockers that are still red: the gate's last word may name checks that have come out well since.
    private var red: [CheckID] {
        summary.blockers.filter { summary[$0]?.needsAttention == true || summary[$0]?.outcome == .warn }
    }

    /// How many checks have no outcome yet.
    private var open: Int { summary.checks.count { $0.state != .finished } }

    /// One name, and how many others have to come out well: red ones, blocked ones and open ones.
    private var barePathToGo: String {
        guard let first = red.first else { return "" }
        let others = red.count - 1 + open + summary.heldUp.count
        return "GO if: \(first)" + (others > 0 ? " and \(others) more" : "")
    }

    private func pathToGo(_ red: [CheckID], naming limit: Int) -> String {
        var text = "GO if: " + Counted.list(red.map(\.description), showing: limit)
        text += red.count == 1 ? " clears" : " clear"
        let blocked = summary.heldUp.count
        let more = open + blocked
        if open > 0 { return text + " and \(more) more pass\(more == 1 ? "es" : "")" }
        return blocked > 0 ? text + ", then \(blocked) blocked" : text
    }

    /// `NO-GO 2 red 12/12 - Holdpoint`.
    var title: String {
        let red = model.rerunnable.count
        return "\(verdict.title)\(red > 0 ? " \(red) red" : "") \(done) - Holdpoint"
    }

    /// The elapsed time and whether the run is live.
    func clock(isShort: Bool) -> Line {
        var line = Line()
        if model.leaving != nil {
            line.add(isShort ? "leaving " : "leaving  ", .noticeWarning)
        } else if model.isActive {
            line.add(isShort ? glyphs[.live] + " " : "LIVE \(glyphs[.live])  ", .statusRunning)
        } else if summary.rounds > 1, !isShort {
            line.add("round \(summary.rounds)  ", .muted)
        }
        if !isShort { line.add("elapsed ", .muted) }
        line.add(DurationText.clock(model.elapsed), .strong)
        return line
    }

    /// What the run waits for, once nothing has moved for two seconds; nil while things move.
    var stall: String? {
        if let activity = model.activity {
            // The clock and what else stands on the line take the rest.
            let room = model.size.columns - (Form(model.size) == .mini ? 10 : 30)
            guard let late = model.lookProgress.sentence(at: model.now, within: room - activity.count - 2) else {
                return activity
            }
            let whole = "\(activity): \(late)"
            return whole.count <= room ? whole : model.lookProgress.sentence(at: model.now, within: room) ?? late
        }
        guard model.isActive, model.now - model.anchor.now >= .seconds(2) else { return nil }
        let running = summary.checks.filter { $0.state == .running || $0.state == .cancelling }
        if let first = running.first, let time = model.runningFor(first) {
            let more = running.count > 1 ? " and \(running.count - 1) more" : ""
            return "\(first.id)\(more) running for \(time.components.seconds) s"
        }
        if let waiting = summary.checks.first(where: { $0.waiting != nil }), let names = waiting.waiting?.names {
            return "\(waiting.id) waits for \(names.joined(separator: ", "))"
        }
        return "nothing has moved for \((model.now - model.anchor.now).components.seconds) s"
    }

    /// All that fits on the smallest screens.
    func drawAlone(on canvas: inout Canvas) {
        var rest = Rect(canvas.grid.size)
        var first = Line([Span("\(glyphs[verdict.glyph]) \(verdict.title)", verdict.role), Span(" \(done)")])
        if isPending {
            first = Line([Span("\(glyphs[.running]) \(verdict.title)", .verdictPending), Span(" \(done)")])
        }
        canvas.draw(first, in: rest.cutTop(1))
        // One count and the way to go: there is no room for more.
        let parts = counts.prefix(1).map(\.text) + [pathToGo(width: 2 * rest.width)]
        for part in parts where !part.isEmpty {
            for text in TextWidth.wrapped(part, to: rest.width) where !rest.isEmpty {
                canvas.draw(Line(text), in: rest.cutTop(1))
            }
        }
        if model.isBeforeStart {
            for text in TextWidth.wrapped("Enter starts \(Counted.of(model.chosen.count, "check"))", to: rest.width)
            where !rest.isEmpty { canvas.draw(Line(text, .strong), in: rest.cutTop(1)) }
        }
        if let notice = model.notice, !rest.isEmpty {
            canvas.draw(Line(notice.short ?? notice.text, .noticeWarning), in: rest.cutTop(1))
        }
    }

    /// The first line of views over the overview: badge, path and clock.
    func drawWithPath(_ path: [String], in rect: Rect, on canvas: inout Canvas) {
        var line = badge
        let isMini = rect.width < 50
        if isMini {
            line.add(" " + done, .strong)
            for part in counts where line.width + part.text.count + 8 <= rect.width {
                line.add(" " + part.text, part.role)
            }
        } else {
            line.add("  ")
            for (place, name) in path.enumerated() {
                if place > 0 { line.add(" \(glyphs[.path]) ", .muted) }
                line.add(name, place == path.count - 1 ? .strong : .breadcrumb)
            }
        }
        var right = Line()
        if let stall, rect.width >= 110 { right.add(stall + "  ", .muted) }
        right.add(isMini ? "" : done + "  ", .muted)
        right.add(clock(isShort: true))
        right.add(isMini ? "" : " ")
        canvas.draw(line, right, in: rect, margin: 0)
    }
}
