package import Readiness

// What the lists of the overview hold. Derived, never stored: they cannot go stale.
extension ConsoleModel {
    /// The checks of the chosen validator that the filter admits, in the chosen order.
    package var listedChecks: [CheckRecord] {
        let chosen = summary.checks.filter { record in
            overview.filter.admits(record) && (overview.validator.map { record.id.validator == $0 } ?? true)
        }
        return ordered(chosen)
    }

    /// Checks in the chosen order; equal ones as planned.
    func ordered(_ checks: [CheckRecord]) -> [CheckRecord] {
        guard overview.order == .attention else { return checks }
        return checks.enumerated().sorted { left, right in
            let (a, b) = (Self.attention(left.element), Self.attention(right.element))
            return a == b ? left.offset < right.offset : a < b
        }.map(\.element)
    }

    /// The names in the validator pane; the first row there is everybody and has no name.
    package var listedValidators: [String] { summary.validators.map(\.name) }

    /// Red or unknown checks that `]` and `[` walk through, in the order of the list.
    package var failing: [CheckID] {
        let candidates = summary.checks.filter { $0.needsAttention && overview.filter.admits($0) }
        return ordered(candidates).map(\.id)
    }

    /// Checks that a rerun of this one runs besides: those that require it, and those that require them. For a blocked
    /// one also its root cause.
    package func followers(of id: CheckID) -> [CheckID] {
        var reached: Set<CheckID> = [id]
        if let record = summary[id], record.outcome == .blocked, let root = record.rootCause { reached.insert(root) }
        var grew = true
        while grew {
            grew = false
            for record in summary.checks where !reached.contains(record.id) {
                if record.plan.requires.contains(where: reached.contains) {
                    reached.insert(record.id)
                    grew = true
                }
            }
        }
        return summary.checks.map(\.id).filter { reached.contains($0) && $0 != id }
    }

    /// Checks that are red or unknown by themselves.
    package var rerunnable: [CheckID] { summary.checks.filter(\.needsAttention).map(\.id) }

    /// Checks that run or wait.
    package var unfinished: [CheckRecord] { summary.checks.filter { $0.state != .finished } }

    private static func attention(_ record: CheckRecord) -> Int {
        guard let outcome = record.outcome else {
            return record.state == .running || record.state == .cancelling ? 7 : 8
        }
        return switch outcome {
        case .fail: 0
        case .error: 1
        case .unverified: 2
        case .blocked: 3
        case .cancelled: 4
        case .warn: 5
        case .pass: 9
        case .notApplicable, .notSelected: 10
        }
    }
}
