import Readiness

extension DetailDocument {
    /// Measurements against limits, findings, and what is known of the check.
    var summary: [DocumentRow] {
        var rows: [DocumentRow] = []
        if !record.measurements.isEmpty {
            if width >= 60 { rows.append(DocumentRow(measurementHeading)) }
            for (place, measurement) in record.measurements.enumerated() {
                rows +=
                    width >= 60
                    ? [DocumentRow(measurementRow(measurement), .measurement(place))]
                    : measurementRows(measurement, .measurement(place))
            }
        } else if record.state == .finished {
            rows += wrapped("Nothing was measured.", .muted)
        } else {
            rows += progressRows
        }
        for (place, finding) in record.findings.enumerated() { rows += findingRows(finding, .finding(place)) }
        if !rows.isEmpty { rows.append(DocumentRow()) }
        return rows + facts
    }

    /// Between a column of figures and the one before it.
    private static let gap = 2

    /// A column of figures, which never touches what stands before it, however much of it had to be cut.
    private func figures(_ text: String, _ role: Role, cells: Int) -> Line {
        var line = Line(String(repeating: " ", count: min(cells, Self.gap)), role)
        line.add(.column(text, role, cells: cells - Self.gap, glyphs, trailing: true))
        return line
    }

    /// As wide as what stands in them; the bar and the limit's source take what is left.
    private var columns: (name: Int, value: Int, limit: Int, margin: Int, bar: Int, source: Int) {
        func widest(_ heading: String, _ text: (Measurement) -> String) -> Int {
            record.measurements.reduce(heading.count) { max($0, TextWidth.of(SafeText.line(text($1)))) } + Self.gap
        }
        let value = min(20, widest("MEASURED") { $0.shownValue })
        let limit = min(20, widest("LIMIT") { $0.limitText(glyphs) })
        let margin = min(14, widest("VS LIMIT") { $0.headroom })
        let name = min(width - 2 - value - limit - margin, widest("METRIC") { $0.name })
        let left = width - 2 - name - value - limit - margin
        let bar = left >= 16 ? min(24, left >= 56 ? 22 : left - 2) : 0
        return (name, value, limit, margin, bar, max(0, left - bar - (bar > 0 ? 2 : 0)))
    }

    private var measurementHeading: Line {
        let columns = columns
        var line = Line.column("  METRIC", .heading, cells: columns.name + 2, glyphs)
        line.add(figures("MEASURED", .heading, cells: columns.value))
        line.add(figures("LIMIT", .heading, cells: columns.limit))
        line.add(figures("VS LIMIT", .heading, cells: columns.margin))
        if columns.source >= 24 {
            line.pad(to: line.width + columns.bar + (columns.bar > 0 ? 4 : 2))
            line.add("LIMIT FROM", .heading)
        }
        return line
    }

    private func measurementRow(_ measurement: Measurement) -> Line {
        let columns = columns
        let mark = measurement.mark
        let role: Role = measurement.result == .pass ? .text : mark.role
        var line = Line([Span(glyphs[mark.glyph], mark.role), Span(" ")])
        line.add(.column(measurement.name, .strong, cells: columns.name, glyphs))
        line.add(figures(measurement.shownValue, role, cells: columns.value))
        line.add(figures(measurement.limitText(glyphs), .text, cells: columns.limit))
        line.add(figures(measurement.headroom, role, cells: columns.margin))
        if columns.bar > 0 {
            line.add("  ")
            let bar = measurement.ratio.map { Bar.measured($0, measurement.result, cells: columns.bar, glyphs) }
            line.add(bar ?? Line(String(repeating: " ", count: columns.bar)))
        }
        if columns.source >= 24, let criterion = measurement.criterion {
            line.add("  ")
            line.add(.column(source(criterion) + samples(measurement), .source, cells: columns.source - 2, glyphs))
        }
        return line
    }

    /// Where there is no room for columns: the name, and the comparison under it.
    private func measurementRows(_ measurement: Measurement, _ item: DetailItem) -> [DocumentRow] {
        let mark = measurement.mark
        var first = Line([Span(glyphs[mark.glyph], mark.role), Span(" ")])
        first.add(measurement.name, .strong)
        var second = Line([Span("  "), Span(measurement.shownValue, mark.role)])
        if measurement.criterion != nil {
            second.add(" must be ", .muted)
            second.add(measurement.limitText(glyphs))
            second.add(measurement.headroom.isEmpty ? "" : " (\(measurement.headroom))", .muted)
        }
        var rows = [
            DocumentRow(first.fitted(to: width, glyphs), item), DocumentRow(second.fitted(to: width, glyphs), item),
        ]
        if let criterion = measurement.criterion {
            rows += wrapped("limit: " + source(criterion) + samples(measurement), .source, indent: 2, item)
        }
        return rows
    }

    private func source(_ criterion: Criterion) -> String {
        criterion.source == "definition" ? "the check's title" : criterion.source
    }

    private func samples(_ measurement: Measurement) -> String {
        guard measurement.n > 1 || measurement.needed != nil else { return "" }
        var text = ", n \(measurement.n)"
        if let planned = measurement.planned { text += " of \(planned)" }
        if let needed = measurement.needed { text += ", needs \(needed)" }
        return text
    }

    private var progressRows: [DocumentRow] {
        guard let progress = record.progress, progress.total > 0 else {
            return wrapped(record.state == .running ? "Measuring." : "Not started.", .muted)
        }
        var line = Bar.progress(
            Double(progress.done) / Double(progress.total), cells: min(30, max(4, width - 24)), glyphs)
        line.add("  \(progress.done) of \(progress.total) \(progress.unit)")
        return [DocumentRow(line.fitted(to: width, glyphs))]
    }

    private func findingRows(_ finding: Finding, _ item: DetailItem) -> [DocumentRow] {
        let role: Role = finding.severity >= .medium ? .statusFail : .statusWarn
        var rows = wrapped(
            glyphs[finding.severity >= .medium ? .fail : .warn] + " \(finding.severity.rawValue) \(finding.kind)", role,
            item)
        rows += wrapped(finding.message, .text, indent: 2, item)
        if let location = finding.location { rows += wrapped("at \(location)", .source, indent: 2, item) }
        if let suggestion = finding.suggestion { rows += wrapped(suggestion, .muted, indent: 2, item) }
        return rows
    }

    private var facts: [DocumentRow] {
        let plan = record.plan
        var rows = named("asks", plan.question)
        var weight = "severity \(plan.severity.rawValue), \(plan.required ? "required" : "not required") by the policy"
        if !plan.controls.isEmpty { weight += ", answers " + plan.controls.joined(separator: " ") }
        rows += named("weight", weight)
        var grade = "a pass needs \(plan.requiredGrade.rawValue)"
        if let result = record.result, result.attempts > 0 { grade = "\(result.grade.rawValue) reached, " + grade }
        rows += named("grade", grade)
        if let result = record.result, result.attempts > 0 {
            rows += named(
                "took",
                DurationText.short(.milliseconds(result.durationMs))
                    + (result.attempts > 1 ? ", \(result.attempts) attempts" : "")
                    + (record.finishedAt.map { ", ended \($0.timeOfDay) UTC" } ?? ""))
        }
        if plan.effects > .read { rows += named("effects", "\(plan.effects.rawValue): undone when the check ends") }
        for earlier in record.earlier.suffix(5) {
            rows += named(
                "round \(earlier.round)",
                earlier.outcome.shortWord + (earlier.reason.map { " (\($0))" } ?? "") + " at \(earlier.at.timeOfDay)",
                earlier.outcome.role)
        }
        return rows
    }
}
