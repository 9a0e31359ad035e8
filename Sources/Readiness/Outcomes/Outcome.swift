/// What a check showed. Not where it is (`CheckState`), not what people say of it, not whether we may go (`Verdict`).
package enum Outcome: Sendable, Equatable {
    /// Every criterion met, on evidence that is at hand. It cannot be made without.
    case pass(Evidence.NonEmpty)
    /// Inside the warning band.
    case warn(WarnReason)
    /// Evidence contradicts a criterion.
    case fail(FailReason)
    /// The tool broke. Never counts for or against the target.
    case error(ErrorReason)
    /// No adequate evidence.
    case unverified(UnverifiedReason)
    /// A check that it requires did not end well.
    case blocked(Blocking)
    /// An operator or a signal ended it.
    case cancelled
    /// A predicate was evaluated, and this is its evidence.
    case notApplicable(Evidence.Reference)

    /// The word for lists, logs and machine output.
    package enum Word: String, Sendable, Codable, CaseIterable, Hashable {
        case pass, warn, fail, error, unverified, blocked, cancelled
        case notApplicable = "not_applicable"
        case notSelected = "not_selected"

        /// Whether what requires the check may go on.
        package var letsDependantsRun: Bool { self == .pass || self == .warn }

        /// Places in the roll-up of a validator, worst first; neutral ones have none.
        package var badness: Int? {
            switch self {
            case .fail: 7
            case .error: 6
            case .unverified: 5
            case .blocked: 4
            case .cancelled: 3
            case .warn: 2
            case .pass: 1
            case .notApplicable, .notSelected: nil
            }
        }
    }

    /// The word without its reason.
    package var word: Word {
        switch self {
        case .pass: .pass
        case .warn: .warn
        case .fail: .fail
        case .error: .error
        case .unverified: .unverified
        case .blocked: .blocked
        case .cancelled: .cancelled
        case .notApplicable: .notApplicable
        }
    }

    /// The reason as it stands in machine output; nil for pass, blocked, cancelled and not applicable.
    package var reason: String? {
        switch self {
        case .warn(let reason): reason.rawValue
        case .fail(let reason): reason.description
        case .error(let reason): reason.rawValue
        case .unverified(let reason): reason.rawValue
        case .pass, .blocked, .cancelled, .notApplicable: nil
        }
    }
}

/// Why a check that passed is not simply green.
package enum WarnReason: String, Sendable, Codable {
    /// A value is inside the warning band, or a finding of low severity was made.
    case band
    /// It passed, but only on a further attempt: the first one broke on our side or on the way.
    case flaky
    /// An external validator said pass, and ended with another exit code than 0.
    case exitMismatch = "exit_mismatch"
}

/// Why a check failed.
package enum FailReason: Sendable, Equatable, CustomStringConvertible {
    /// A measurement missed its criterion.
    case criterion
    /// The endpoint whose reachability is the subject is gone.
    case unreachable
    /// It answered nonsense, and its answer is the subject.
    case badAnswer
    /// The kind of the worst finding.
    case finding(String)

    /// The reason as it stands in machine output.
    package var description: String {
        switch self {
        case .criterion: "criterion"
        case .unreachable: "unreachable"
        case .badAnswer: "bad_answer"
        case .finding(let kind): kind
        }
    }
}

/// What broke in the tool.
package enum ErrorReason: String, Sendable, Codable {
    /// The check's hard limit was reached outside a request.
    case checkerTimeout = "checker_timeout"
    /// A criterion that the check needs is given by no file.
    case configuration
    /// Something on our side was missing or broke: cannot fork, disk full.
    case tool
    /// A bug of ours.
    case bug
    /// An external validator broke the protocol.
    case brokenProtocol = "protocol"
}

/// Why there is no adequate evidence: a closed list.
package enum UnverifiedReason: String, Sendable, Codable, CaseIterable {
    case hookMissing = "hook_missing"
    case toolMissing = "tool_missing"
    case credentialMissing = "credential_missing"
    case targetUnreachable = "target_unreachable"
    case badAnswer = "bad_answer"
    case noSamples = "no_samples"
    case tooFewSamples = "too_few_samples"
    case stale
    case noisyHost = "noisy_host"
    case baselineIncomparable = "baseline_incomparable"
    case simulatedOnly = "simulated_only"
    case implausible
    case tooYoung = "too_young"
    case inProgress = "in_progress"
    case budgetExhausted = "budget_exhausted"
    case notPermitted = "not_permitted"
    case gradeBelowRequired = "grade_below_required"
    /// Another run held what the check needed for longer than this one waits.
    case resourceBusy = "resource_busy"
}

/// Which red check stands in the way.
package struct Blocking: Sendable, Equatable {
    /// The nearest required check that did not end well.
    package var blockedBy: CheckID
    /// The first one on that path that was red by itself.
    package var rootCause: CheckID

    /// Names the two; they are the same when the nearest was red by itself.
    package init(blockedBy: CheckID, rootCause: CheckID) {
        self.blockedBy = blockedBy
        self.rootCause = rootCause
    }
}
