/// Whether we may go. Ordered from best to worst.
package enum Verdict: String, Sendable, Codable, CaseIterable, Comparable {
    case go
    case goWithConditions = "go_with_conditions"
    case hold
    case noGo = "no_go"

    /// `go` is the least, `no_go` the greatest: making any check worse never makes the verdict smaller.
    package static func < (lhs: Verdict, rhs: Verdict) -> Bool {
        allCases.firstIndex(of: lhs)! < allCases.firstIndex(of: rhs)!
    }

    /// The words for people.
    package var title: String {
        switch self {
        case .go: "GO"
        case .goWithConditions: "GO WITH CONDITIONS"
        case .hold: "HOLD"
        case .noGo: "NO-GO"
        }
    }
}

/// One reason of a verdict: a rule of the gate, and the check that it fired for.
package struct VerdictReason: Sendable, Codable, Equatable, Hashable {
    /// The rules that can fire, worst first.
    package enum Rule: String, Sendable, Codable, CaseIterable {
        case unwaivedFail = "unwaived_fail"
        case targetDisturbed = "target_left_disturbed"
        case logIncomplete = "log_incomplete"
        case requiredError = "required_error"
        case requiredUnverified = "required_unverified"
        case requiredBlocked = "required_blocked"
        case requiredCancelled = "required_cancelled"
        case notFinished = "not_finished"
        case failBelowBar = "fail_below_bar"
        case warning
    }

    /// The rule that fired.
    package var rule: Rule
    /// The check it fired for; nil for the run as a whole.
    package var check: CheckID?
    /// What the check's own result does not say: for `target_left_disturbed` what is left on the target, what takes it
    /// back and why that failed; nil for other rules. May hold text of the target: sanitise before showing.
    package var detail: String?

    /// Names a rule, a check, and what its result does not say.
    package init(_ rule: Rule, _ check: CheckID? = nil, detail: String? = nil) {
        self.rule = rule
        self.check = check
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey { case rule, check = "check_id", detail }
}

/// Verified required checks out of the required ones: the only percentage there is.
package struct Coverage: Sendable, Codable, Equatable {
    /// Checks that the policy requires, within the selection.
    package var required: Int
    /// Those of them that ended in pass, warn or fail: something was seen.
    package var verified: Int

    /// States both counts.
    package init(required: Int, verified: Int) {
        self.required = required
        self.verified = verified
    }
}

/// How much of the catalogue a run covers.
package struct Scope: Sendable, Codable, Equatable {
    /// Whether nothing was left out.
    package var full: Bool
    /// What narrowed it: `mode=quick`, `validator=database`, `check=…`, `set=…`.
    package var why: [String]

    /// A scope is full when nothing narrows it.
    package init(narrowedBy why: [String] = []) {
        full = why.isEmpty
        self.why = why
    }
}

/// What the gate says of a run at one moment.
package struct GateDecision: Sendable, Codable, Equatable {
    /// Whether we may go.
    package var verdict: Verdict
    /// Why not `go`: every rule that fired for the verdict, in plan order.
    package var reasons: [VerdictReason]
    /// How much was seen.
    package var coverage: Coverage

    /// States a decision.
    package init(verdict: Verdict, reasons: [VerdictReason], coverage: Coverage) {
        self.verdict = verdict
        self.reasons = reasons
        self.coverage = coverage
    }

    /// Makes the verdict at least hold, for a reason of the run as a whole. Never makes it better.
    mutating func holdBack(for rule: VerdictReason.Rule) {
        verdict = max(verdict, .hold)
        if !reasons.contains(VerdictReason(rule)) { reasons.append(VerdictReason(rule)) }
    }
}

/// What must hold before we may go: a versioned file.
package struct GatePolicy: Sendable, Equatable {
    /// As the file says.
    package var version: String
    /// A fail of this severity or more is a no-go. Default low.
    package var failOnSeverity: Severity
    /// Id patterns (`*` stands for any run of characters) of the checks that must be verified. Default all.
    package var required: [String]
    /// SHA-256 of the file's bytes, lower-case hex.
    package var digest: String

    /// States a policy.
    package init(version: String, failOnSeverity: Severity = .low, required: [String] = ["*"], digest: String) {
        self.version = version
        self.failOnSeverity = failOnSeverity
        self.required = required
        self.digest = digest
    }

    /// Whether the policy requires a check.
    package func requires(_ id: CheckID) -> Bool { required.contains { GlobPattern($0).matches(id.description) } }
}

/// A pattern in which `*` stands for any run of characters, none included.
package struct GlobPattern: Sendable, Equatable {
    private let parts: [Substring]
    private let text: String

    /// Takes the pattern as written.
    package init(_ text: String) {
        self.text = text
        parts = text.split(separator: "*", omittingEmptySubsequences: false)
    }

    /// Whether the whole of a text fits the pattern.
    package func matches(_ candidate: String) -> Bool {
        guard parts.count > 1 else { return candidate == text }
        guard candidate.hasPrefix(parts[0]) else { return false }
        var rest = candidate.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }
}
