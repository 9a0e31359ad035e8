package import Readiness

/// A run as lines for people who have no screen: one line as things happen, and a summary at the end.
///
/// Plain words, no colours, no box drawing, nothing that moves. Text of the target is sanitised here.
package struct PlainReport: Sendable {
    private var summary = RunSummary()

    /// A report of a run that has not begun.
    package init() {}

    /// Takes the next event.
    ///
    /// - Returns: the lines that it is worth; often none.
    package mutating func lines(for event: ValidationEvent) -> [String] {
        summary.fold(event)
        let time = "[\(event.time.timeOfDay)]"
        switch event.body {
        case .runCreated(let created): return ["holdpoint run \(event.run)  mode \(created.mode.rawValue)"]
        case .targetIdentified(let target):
            return ["\(time) TARGET \(SafeText.line(target.target))  \(SafeText.line(target.detail))"]
        case .policyLoaded(let policy): return policy.warnings.map { "\(time) NOTE \(SafeText.line($0))" }
        case .planAnnounced(let plan):
            let left = plan.excluded.isEmpty ? "" : ", \(plan.excluded.count) left out"
            return ["\(time) PLAN \(plan.checks.count) checks\(left)"]
        case .roundStarted(let round):
            return ["\(time) ROUND \(summary.rounds)  \(round.checks.count) checks  (\(round.why))"]
        case .checkSlow(let slow):
            return ["\(time) SLOW  \(name(event))  \(DurationText.short(.milliseconds(slow.elapsedMs)))"]
        case .checkWaiting(let waiting)
        where waiting.on == "lock" && waiting.names.contains { $0.contains("held by") }:
            return ["\(time) WAIT  \(name(event))  for \(waiting.names.joined(separator: ", "))"]
        case .checkAttemptFinished(let attempt):
            return [
                "\(time) RETRY \(name(event))  attempt \(attempt.attempt): \(attempt.outcome.rawValue), "
                    + SafeText.line(attempt.message)
            ]
        case .checkFinished(let finished): return [line(for: finished, of: event, at: time)]
        case .effectUndoFailed(let effect):
            return [
                "\(time) TARGET LEFT DISTURBED  \(SafeText.line(effect.description)): \(SafeText.line(effect.detail ?? ""))"
            ]
        case .operatorAction(let action):
            return ["\(time) \(action.operatorName): \(action.action) \(SafeText.line(action.object))"]
        case .runCancelling(let cancelling): return ["\(time) CANCELLING (\(cancelling.phase)): \(cancelling.why)"]
        default: return []
        }
    }

    private func name(_ event: ValidationEvent) -> String { event.check?.description ?? "" }

    private func line(for finished: CheckFinished, of event: ValidationEvent, at time: String) -> String {
        let word = Self.words[finished.outcome] ?? finished.outcome.rawValue.uppercased()
        let padded = word + String(repeating: " ", count: max(0, 5 - word.count))
        let took = finished.attempts > 0 ? "  \(DurationText.short(.milliseconds(finished.durationMs)))" : ""
        let reason = finished.reason.map { "(\(SafeText.line($0)))" } ?? ""
        let message =
            finished.outcome == .pass ? "" : "  \(reason)\(reason.isEmpty ? "" : " ")\(SafeText.line(finished.message))"
        return "\(time) \(padded) \(name(event))\(took)\(message)"
    }

    /// The words of the outcomes, as everywhere on screens.
    package static let words: [Outcome.Word: String] = [
        .pass: "PASS", .warn: "WARN", .fail: "FAIL", .error: "ERROR", .unverified: "UNVER", .blocked: "BLOCK",
        .cancelled: "CANC", .notApplicable: "N/A", .notSelected: "OUT",
    ]
}

/// The last word of a run on the normal screen: the verdict, why, and where the log is.
package enum VerdictReport {
    /// Lines for a person, the verdict first.
    package static func lines(of summary: RunSummary, logPath: String, trouble: String? = nil) -> [String] {
        var lines = [headline(of: summary)]
        // What is left on the target is told whole: nobody else will tell.
        let left = summary.decision.reasons.filter { $0.rule == .targetDisturbed }
        let others = summary.decision.reasons.filter { $0.rule != .targetDisturbed }
        for reason in left + others.prefix(20) { lines.append("  " + sentence(for: reason, in: summary)) }
        let more = others.count - 20
        if more > 0 { lines.append("  and \(more) more") }
        let blockers = summary.blockers
        if !blockers.isEmpty, summary.decision.verdict > .goWithConditions {
            lines.append("  GO if: " + wayToGo(blockers, heldUp: summary.heldUp.count))
        }
        if left.allSatisfy({ $0.detail == nil }) {
            // A log of a program whose reasons did not name what is left.
            lines += summary.disturbances.map { "  " + sentence(for: $0.reason, in: summary) }
        }
        if let trouble { lines.append("  \(SafeText.line(trouble))") }
        lines.append("log: \(SafeText.line(logPath))")
        return lines
    }

    /// `a, b pass, and then the 18 blocked by them`: what is blocked has to pass too, and may find something new.
    private static func wayToGo(_ blockers: [CheckID], heldUp count: Int) -> String {
        let names = blockers.map(\.description).joined(separator: ", ") + (blockers.count == 1 ? " passes" : " pass")
        guard count > 0 else { return names }
        return names + ", and then the \(count) blocked by \(blockers.count == 1 ? "it" : "them")"
    }

    /// `NO-GO  2 of 12 checks stand in the way`, with the scope where it is partial.
    package static func headline(of summary: RunSummary) -> String {
        let notes =
            (summary.finished == nil ? ["incomplete: the run was never closed"] : [])
            + (summary.scope.full ? [] : ["partial: \(summary.scope.why.joined(separator: ", "))"])
        let scope = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        let counts = summary.counts
        let parts = Outcome.Word.allCases.filter { $0 != .notSelected && counts[$0] > 0 }.map {
            "\(counts[$0]) \($0.rawValue)"
        }
        let rounds = summary.rounds > 1 ? ", \(summary.rounds) rounds" : ""
        let took = DurationText.short(nanoseconds: summary.elapsed)
        return
            "\(summary.decision.verdict.title)\(scope)  \(parts.joined(separator: ", ")) of \(counts.announced) checks in \(took)\(rounds)"
    }

    /// A reason in words, with the check's own sentence.
    package static func sentence(for reason: VerdictReason, in summary: RunSummary) -> String {
        if reason.rule == .targetDisturbed, let detail = reason.detail {
            let by = reason.check.map { " by \($0)" } ?? ""
            return "target left disturbed\(by): \(SafeText.line(detail))"
        }
        guard let id = reason.check, let record = summary[id] else {
            return switch reason.rule {
            case .logIncomplete where summary.finished == nil: "the log ends before the run was closed"
            case .logIncomplete: "the log could not be written whole"
            case .targetDisturbed: "a change on the target could not be taken back"
            case .notFinished: "not every required check has finished"
            default: reason.rule.rawValue
            }
        }
        let word = record.outcome.flatMap { PlainReport.words[$0] } ?? "OPEN"
        let detail = record.result.map { SafeText.line($0.message) } ?? "not finished"
        let why = record.reason.map { " (\(SafeText.line($0)))" } ?? ""
        return "\(word) \(id)\(why): \(detail)"
    }
}
