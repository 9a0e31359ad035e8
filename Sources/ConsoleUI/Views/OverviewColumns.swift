import Readiness

/// The columns of the list of validators.
struct ValidatorColumns {
    let width: Int
    let isWide: Bool

    private var name: Int { max(4, width - 2 - 6 - (isWide ? 15 : 6)) }

    func heading(_ glyphs: GlyphSet) -> Line {
        var line = Line.column("  VALIDATOR", .heading, cells: name + 2, glyphs)
        line.add(.column("DONE", .heading, cells: 6, glyphs, trailing: true))
        for word in isWide ? ["WARN", "FAIL", "UNK"] : ["F", "U"] {
            line.add(.column(word, .heading, cells: isWide ? 5 : 3, glyphs, trailing: true))
        }
        return line
    }

    func row(_ title: String, _ checks: [CheckRecord], _ glyphs: GlyphSet) -> Line {
        let finished = checks.count { $0.state == .finished }
        let mark = mark(checks, finished)
        func count(_ words: Outcome.Word...) -> Int { checks.count { $0.outcome.map(words.contains) ?? false } }
        var line = Line([Span(glyphs[mark.glyph], mark.role), Span(" ")])
        line.add(.column(title, .text, cells: name, glyphs))
        line.add(.column("\(finished)/\(checks.count)", .text, cells: 6, glyphs, trailing: true))
        let good: [(Int, Role)] = [(count(.warn), .statusWarn)]
        let bad: [(Int, Role)] = [
            (count(.fail), .statusFail), (count(.error, .unverified, .blocked, .cancelled), .statusUnverified),
        ]
        for (count, role) in isWide ? good + bad : bad {
            let text = count == 0 ? glyphs[.waiting] : "\(count)"
            line.add(.column(text, count == 0 ? .muted : role, cells: isWide ? 5 : 3, glyphs, trailing: true))
        }
        return line
    }

    private func mark(_ checks: [CheckRecord], _ finished: Int) -> (glyph: Glyph, role: Role) {
        let isRunning = checks.contains { $0.state == .running || $0.state == .cancelling }
        let outcomes = checks.compactMap(\.outcome)
        let worst = outcomes.max { ($0.badness ?? 0) < ($1.badness ?? 0) }
        // Red shows at once; green only once nothing is open any more.
        if let worst, (worst.badness ?? 0) > 1 { return (worst.glyph, worst.role) }
        if isRunning { return (.running, .statusRunning) }
        guard let worst, finished == checks.count else { return (.waiting, .statusWaiting) }
        return (worst.glyph, worst.role)
    }
}

/// The columns of the list of checks.
struct CheckColumns {
    let width: Int
    let form: Form
    let isAll: Bool

    private var value: Int { form == .wide ? 13 : 9 }
    private var limit: Int { form == .wide ? 13 : 10 }
    private var time: Int { form == .wide ? 10 : 0 }
    private var status: Int { form == .mini ? 1 : 8 }
    /// What is left when there is more room than the longest id needs; 0 where that is not worth a column.
    private var title: Int { form == .wide && room > 34 + 20 ? room - 34 : 0 }
    private var id: Int { room - title }
    private var room: Int {
        max(8, width - status - value - limit - time - (form == .wide ? 2 : 1))
    }

    func heading(_ glyphs: GlyphSet) -> Line {
        var line = Line.column("  STATE", .heading, cells: status, glyphs)
        line.add(.column("CHECK", .heading, cells: id + 1, glyphs))
        if title > 0 { line.add(.column("TRUE WHEN IT PASSES", .heading, cells: title, glyphs)) }
        line.add(.column("MEASURED", .heading, cells: value, glyphs, trailing: true))
        line.add(.column("LIMIT", .heading, cells: limit, glyphs, trailing: true))
        if time > 0 { line.add(.column("TIME", .heading, cells: time, glyphs, trailing: true)) }
        return line
    }

    func row(_ record: CheckRecord, _ model: ConsoleModel, _ glyphs: GlyphSet) -> Line {
        let mark = StatusMark(record)
        var line = Line([Span(glyphs[mark.glyph], mark.role)])
        if form != .mini {
            line.add(" " + mark.word, mark.role)
            line.pad(to: status)
        }
        let name = isAll ? record.id.description : record.id.withinValidator
        if form == .mini {
            // The figures are what one looks for here: they are never cut, the id gives way.
            let figures = miniFigures(record, mark, glyphs)
            line.add(.column(name, .checkID, cells: width - line.width - figures.width - 1, glyphs))
            line.add(" ")
            line.add(figures)
            return line
        }
        line.add(.column(name, .checkID, cells: id, glyphs))
        line.add(" ")
        if title > 0 { line.add(.column(record.plan.title, .muted, cells: title, glyphs)) }
        let rest = width - line.width - time - (form == .wide ? 1 : 0)
        line.add(figures(record, mark, glyphs, cells: rest))
        if time > 0 {
            let took = model.runningFor(record).map { "\($0.components.seconds) s" } ?? self.took(record)
            line.add(.column(took, .muted, cells: time, glyphs, trailing: true))
        }
        return line
    }

    private func took(_ record: CheckRecord) -> String {
        guard let result = record.result, result.attempts > 0 else { return "" }
        return DurationText.short(.milliseconds(result.durationMs))
    }

    private func miniFigures(_ record: CheckRecord, _ mark: StatusMark, _ glyphs: GlyphSet) -> Line {
        guard record.state == .finished else {
            if let progress = record.progress, record.state == .running, progress.total > 0 {
                return Line("\(min(100, max(0, progress.done) * 100 / progress.total)) %", .statusRunning)
            }
            return Line(mark.word, mark.role)
        }
        guard let measurement = Measurement.telling(record.measurements) else { return Line(mark.word, mark.role) }
        if record.outcome == .fail, measurement.result != .fail { return Line(mark.word, mark.role) }
        let text = measurement.shortValue + " " + measurement.limitText(glyphs, isShort: true)
        return Line(text, measurement.result == .pass ? .text : measurement.mark.role).fitted(to: width / 2, glyphs)
    }

    /// What was measured and its limit; while there is none, how far the check is or what it waits for.
    private func figures(_ record: CheckRecord, _ mark: StatusMark, _ glyphs: GlyphSet, cells: Int) -> Line {
        if record.state != .finished {
            if let waiting = record.waiting {
                return .column(
                    "for " + waiting.names.joined(separator: ", "), .muted, cells: cells, glyphs, trailing: true)
            }
            guard record.state == .running, let progress = record.progress, progress.total > 0 else {
                return Line(String(repeating: " ", count: cells))
            }
            let fraction = Double(progress.done) / Double(progress.total)
            let percent = " \(Int(min(1, max(0, fraction)) * 100)) %"
            var line = Line(String(repeating: " ", count: cells > 20 ? cells - 18 : 1))
            line.add(Bar.progress(fraction, cells: max(0, cells - line.width - 6), glyphs))
            line.add(.column(percent, .statusRunning, cells: max(0, cells - line.width), glyphs, trailing: true))
            return line
        }
        if record.outcome == .blocked, let by = record.rootCause ?? record.blockedBy {
            return .column("by \(by)", .statusBlocked, cells: cells, glyphs, trailing: true)
        }
        guard let measurement = Measurement.telling(record.measurements) else {
            let why = (record.reason ?? "").split(separator: "_").joined(separator: " ")
            return .column(why, mark.role, cells: cells, glyphs, trailing: true)
        }
        // A finding that made the check red says more than a number that did not.
        if let reason = record.reason, record.outcome == .fail, measurement.result != .fail {
            return .column(reason, mark.role, cells: cells, glyphs, trailing: true)
        }
        let role: Role = measurement.result == .pass ? .text : measurement.mark.role
        let bound = measurement.limitText(glyphs, isShort: true)
        // A limit that is wider than its column takes what it needs, and a blank before it: a number that is cut says
        // something else, and two that touch are read as one.
        let least = max(limit, TextWidth.of(SafeText.line(bound)) + 1)
        let room = min(least, max(limit, cells - TextWidth.of(SafeText.line(measurement.shortValue)) - 1))
        var line = Line.column(measurement.shortValue, role, cells: cells - room, glyphs, trailing: true)
        line.add(" ")
        line.add(.column(bound, .muted, cells: room - 1, glyphs, trailing: true))
        return line
    }
}

/// The columns of the events.
enum EventColumns {
    static func row(_ row: TickerRow, width: Int, _ glyphs: GlyphSet) -> Line {
        var line = Line()
        line.add(row.time + " ", .muted)
        line.add(.column(row.word, row.role, cells: width < 50 ? 6 : 8, glyphs))
        if let check = row.check {
            if width >= 90 {
                line.add(.column(check.description, .checkID, cells: 28, glyphs))
                line.add(" ")
            } else {
                line.add(check.description, .checkID)
                line.add("  ")
            }
        }
        let took = row.took ?? ""
        let room = width - line.width - (took.isEmpty ? 0 : took.count + 3)
        line.add(.column(row.text, .text, cells: max(0, room), glyphs))
        if !took.isEmpty, room > 0 { line.add("  " + took, .muted) }
        return line
    }
}
