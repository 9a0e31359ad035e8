import Readiness

extension ConsoleModel {
    /// The view that is seen, as commands see it.
    package var stage: Stage {
        switch place {
        case nil: .overview
        case .check: .detail
        case .preflight: .preflight
        case .target: .target
        case .faults: .faults
        case .help: .help
        }
    }

    /// The view that a command chosen in the help is meant for.
    var stageUnderHelp: Stage {
        guard case .help = place else { return stage }
        var under = self
        under.stack.removeLast()
        return under.stage
    }

    /// Why a command cannot be used now: one sentence; nil: it can.
    package func reasonAgainst(_ command: Command) -> String? {
        switch command {
        case .rerun:
            reasonAgainstCommands
                ?? check { record in
                    record.state == .finished ? nil : "\(record.id) has not finished: nothing to run again yet"
                }
        case .rerunFailed:
            reasonAgainstCommands
                ?? (rerunnable.isEmpty ? "nothing is red or unknown: there is nothing to run again" : nil)
        case .cancel:
            reasonAgainstCommands
                ?? check { record in
                    record.state == .finished ? "\(record.id) has finished: nothing to cancel" : nil
                }
        case .cancelAll: reasonAgainstCommands ?? (unfinished.isEmpty ? "nothing runs" : nil)
        case .fix: check { record in reasonAgainstFix(record) }
        case .copy where stage == .target: reasonAgainstStub
        case .copy: focusedCheck == nil ? "nothing here to copy" : nil
        case .open: stage == .overview && overview.pane != .validators ? check { _ in nil } : nil
        case .nextFailing, .previousFailing:
            failing.isEmpty
                ? overview.filter == .all || overview.filter == .failing
                    ? "nothing is red or unknown" : "nothing red under the filter “\(overview.filter.rawValue)”"
                : nil
        case .faults: faults == nil ? "the target is no practice desk: it has no fault switches" : nil
        case .toggleFault: readOnlyReason
        case .clearFaults: readOnlyReason ?? (faults?.activeCount == 0 ? "no fault is set" : nil)
        case .start where isLooking: "the target is being looked at: Enter starts when that is done"
        case .start: chosen.isEmpty ? "no check is chosen: Space takes one in, a all of them" : nil
        case .target: capabilities == nil ? reasonAgainstLook : nil
        case .lookAgain: reasonAgainstLook
        case .follow: reasonAgainstFollow
        case .markStep: isOnStep ? nil : "not on a step of a fix: m shows it"
        default: nil
        }
    }

    private var reasonAgainstLook: String? {
        if let readOnlyReason { return readOnlyReason }
        if isLooking { return "it is being looked at" }
        if isActive { return "checks are running: a look would disturb what they measure" }
        return hasEngine ? nil : "the engine has ended"
    }

    private var reasonAgainstStub: String? {
        stubUnderCursor == nil ? "nothing is to be written for this one" : nil
    }

    private var reasonAgainstCommands: String? {
        if let readOnlyReason { return readOnlyReason }
        if !hasEngine { return "the engine has ended" }
        return leaving == nil ? nil : "the console is being left"
    }

    private var reasonAgainstFollow: String? {
        switch place {
        case nil: nil
        case .check(let detail) where detail.section == .log: nil
        default: "only events and logs can follow"
        }
    }

    private var isOnStep: Bool {
        if case .step = detailItem { true } else { false }
    }

    private func reasonAgainstFix(_ record: CheckRecord) -> String? {
        if record.result?.remediation != nil { return nil }
        switch record.outcome {
        case nil: return "\(record.id) has not finished"
        case .pass: return "\(record.id) passed: there is nothing to fix"
        case .blocked: return nil
        default: return "no fix is known for \(record.id)"
        }
    }

    private func check(_ reason: (CheckRecord) -> String?) -> String? {
        guard let id = focusedCheck, let record = summary[id] else { return "no check is chosen" }
        return reason(record)
    }
}
