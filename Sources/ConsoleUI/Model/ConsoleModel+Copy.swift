import Readiness

extension ConsoleModel {
    /// The text of what the cursor is on.
    mutating func copy() -> [ConsoleEffect] {
        if case .target = place {
            return stubUnderCursor.map { [.copy($0.text, label: $0.label)] } ?? []
        }
        guard let id = focusedCheck, let record = summary[id] else { return [] }
        guard case .check(let detail) = place else { return [.copy(report(record), label: "the result of \(id)")] }
        if detail.section == .log, let row = logs[id]?.current { return [.copy(row.text, label: "the log line")] }
        switch detailItem {
        case .measurement(let place) where record.measurements.indices.contains(place):
            return [.copy(record.measurements[place].sentence, label: "the measurement")]
        case .finding(let place) where record.findings.indices.contains(place):
            return [.copy(record.findings[place].message, label: "the finding")]
        case .evidence(let piece):
            guard case .text(let text) = evidence[piece] else {
                notice = Notice("evidence \(piece) is not loaded", .warning)
                return []
            }
            return [.copy(text, label: "evidence \(piece)")]
        case .step(let place):
            guard let steps = record.result?.remediation?.steps, steps.indices.contains(place) else { return [] }
            return [.copy(steps[place].command ?? steps[place].text, label: "step \(place + 1)")]
        case .check(let other): return [.copy(other.description, label: "the id")]
        default: return [.copy(report(record), label: "the result of \(id)")]
        }
    }

    /// What there is to say about a check, to be pasted somewhere.
    func report(_ record: CheckRecord) -> String {
        var lines = ["\(record.id): \(StatusMark(record).word)" + (record.reason.map { " (\($0))" } ?? "")]
        if let message = record.result?.message { lines.append(message) }
        lines += record.measurements.map { "- " + $0.sentence + ($0.criterion.map { " (\($0.source))" } ?? "") }
        lines += record.findings.map { "- \($0.message)" + ($0.location.map { " (\($0))" } ?? "") }
        if let remediation = record.result?.remediation {
            lines.append("fix: \(remediation.summary)")
            for (place, step) in remediation.steps.enumerated() {
                lines.append("  \(place + 1). \(step.text)" + (step.command.map { "\n     $ \($0)" } ?? ""))
            }
        }
        lines += record.evidence.map { "evidence \($0.id): \($0.path) sha256 \($0.sha256)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
