import Readiness

/// The focused check in short.
struct FocusCard {
    private let model: ConsoleModel
    private let record: CheckRecord
    private let glyphs: GlyphSet

    init(_ model: ConsoleModel, _ record: CheckRecord, _ glyphs: GlyphSet) {
        self.model = model
        self.record = record
        self.glyphs = glyphs
    }

    /// Where there is one line: the result and what to do about it.
    var shortLine: Line {
        let mark = StatusMark(record)
        var line = Line([Span(glyphs[mark.glyph] + " ", mark.role)])
        line.add(record.result?.message ?? record.plan.title)
        if let fix = record.result?.remediation {
            line.add("  fix (m): ", .key)
            line.add(fix.summary)
        }
        return line
    }

    /// Four lines: what it is, what was measured, why, and what to do.
    func lines(width: Int) -> [Line] {
        let mark = StatusMark(record)
        var name = Line([
            Span("\(glyphs[mark.glyph]) \(mark.word)  ", mark.role), Span(record.id.description, .checkID),
            Span("  " + record.plan.title),
        ])
        let weight = Line("\(record.plan.severity.rawValue)\(record.plan.required ? ", required" : "")", .muted)
        name = name.fitted(to: width - weight.width - 2, glyphs)
        name.addTrailing(weight, endingAt: width)
        return [name, figures, why, action].map { $0.fitted(to: width, glyphs) }
    }

    private var figures: Line {
        guard let measurement = Measurement.telling(record.measurements) else {
            if let progress = record.progress, record.state == .running, progress.total > 0 {
                return Line("\(progress.done) of \(progress.total) \(progress.unit)", .statusRunning)
            }
            if let waiting = record.waiting {
                return Line("waits for " + waiting.names.joined(separator: ", "), .statusWaiting)
            }
            return Line(record.state == .finished ? "nothing was measured" : "nothing measured yet", .muted)
        }
        // Few changes of role: the card is drawn anew at every step through the list.
        var line = Line([Span(measurement.name + "  "), Span(measurement.shownValue, measurement.mark.role)])
        guard let criterion = measurement.criterion else { return line }
        var rest = "  limit " + measurement.limitText(glyphs)
        if !measurement.headroom.isEmpty { rest += "  " + measurement.headroom }
        if measurement.n > 1 { rest += "  n \(measurement.n)" }
        if criterion.source != "definition" { rest += "  limit from \(criterion.source)" }
        line.add(rest)
        return line
    }

    private var why: Line {
        guard let result = record.result else { return Line(record.plan.question, .muted) }
        var line = Line()
        if let reason = result.reason { line.add(reason.split(separator: "_").joined(separator: " ") + ": ") }
        line.add(result.message)
        return line
    }

    private var action: Line {
        if let fix = record.result?.remediation {
            var line = Line("fix (m)  ", .key)
            line.add(fix.summary)
            if let step = fix.steps.first {
                line.add("  1/\(fix.steps.count): ", .muted)
                line.add(step.command ?? step.text, step.command == nil ? .text : .command)
            }
            return line
        }
        if let root = record.rootCause {
            return Line([Span("stands behind ", .muted), Span(root.description, .checkID)])
        }
        let dependants = model.summary.checks.filter { $0.plan.requires.contains(record.id) }.map(\.id.description)
        if !dependants.isEmpty { return Line("needed by " + Counted.list(dependants, showing: 4), .muted) }
        return Line()
    }
}
