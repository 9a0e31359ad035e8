import Readiness

extension Remediation {
    /// What to do when a probe brought nothing back.
    ///
    /// - Returns: nil for a check that was cancelled: nothing is wrong with anything.
    static func notObserved(_ error: ProbeError, _ runbook: TargetRunbook, verify check: CheckID) -> Remediation? {
        let again = Step("Run the check again.", command: "holdpoint run\(runbook.targetOption) --check \(check)")
        let cause = "The check could see nothing: \(error.description.shortened(to: 300))."
        let steps: [Step]
        let summary: String
        switch error.meeting {
        case .cancelled: return nil
        case .ourSide:
            return Remediation(
                summary: "Mend Holdpoint's own trouble", cause: cause + " That is on our side, not the target's.",
                steps: [again], verify: [check])
        case .unreachable:
            summary = "Bring the target back"
            steps = [
                Step("See whether the target lives.", command: runbook.status),
                Step("Read the end of its log for why it does not answer.", command: runbook.log),
                Step("If it hangs or is gone, start it anew.", command: runbook.restart),
            ]
        case .unauthorised:
            summary = "Give Holdpoint the right to ask"
            steps = [
                Step(
                    "Ask the target by hand, as the profile does, and see what it refuses.",
                    command: runbook.readiness),
                Step("See for which capabilities it does (t in the console).", command: runbook.targetCheck),
                Step("See which values and files the profile takes its access from.", command: "holdpoint config show"),
            ]
        case .notOffered:
            summary = "Let the target offer what the check needs"
            steps = [
                Step(
                    "See what the target offers now, and which checks wait for what it does not (t in the console).",
                    command: runbook.targetCheck),
                Step(
                    "Print a handler to paste, with the fields that each answer of what the check needs must have.",
                    command: "\(runbook.targetCheck) --stub \(check)"),
                Step("See what the check asks of it.", command: "holdpoint explain \(check)\(runbook.targetOption)"),
            ]
        case .nonsense:
            summary = "Find out why the target answers nonsense"
            steps = [
                Step("Ask by hand and look at the answer.", command: runbook.readiness),
                Step(
                    "See which answers are not of the contract's shape (t in the console).",
                    command: runbook.targetCheck),
                Step("Read the end of the target's log for an error at that moment.", command: runbook.log),
            ]
        }
        var verify = [check]
        if let reachability = error.endpoint?.reachabilityCheck, reachability != check {
            verify.insert(reachability, at: 0)
        }
        return Remediation(summary: summary, cause: cause, steps: steps, verify: verify)
    }

    /// What to do when no file gives a criterion that the check needs.
    static func missingCriteria(_ keys: [String], verify check: CheckID) -> Remediation {
        Remediation(
            summary: "Complete the criteria", cause: "No file gives \(keys.joined(separator: ", ")).",
            steps: [
                Step("See which values there are and which file each comes from.", command: "holdpoint config show"),
                Step(
                    "Add what is missing to the criteria file, and let it be checked.",
                    command: "holdpoint config check"),
            ],
            verify: [check])
    }

    /// What to do when a latency missed its limit on a host that was too busy, or was sampled too thinly.
    static func measureAgain(_ sentence: String, verify check: CheckID) -> Remediation {
        Remediation(
            summary: "Measure again on a quiet host", cause: "\(sentence).",
            steps: [
                Step("See what else the host does, and let it end.", command: "top -b -n 1 | head -n 20"),
                Step("Measure again.", command: "holdpoint run --check \(check)"),
            ],
            verify: [check])
    }

    /// What to do when our own times are none that a timer produces.
    static func distrustClock(_ sentence: String, verify check: CheckID) -> Remediation {
        Remediation(
            summary: "Measure on a host whose clock has a grain",
            cause:
                "\(sentence). Our own clock timed it, and such a series does not come from a clock that runs freely.",
            steps: [
                Step(
                    "See which clock the kernel reads: jiffies, or a clock that a tool fakes, is too coarse.",
                    command: "cat /sys/devices/system/clocksource/clocksource0/current_clocksource"),
                Step("Measure again.", command: "holdpoint run --check \(check)"),
            ],
            verify: [check])
    }
}

extension Judgement {
    /// Whether nothing is proven against the target, and a series of times is none that a timer produces.
    var isOnlyImplausible: Bool {
        findings.isEmpty && !measurements.contains { $0.result == .fail || $0.result == .warn }
            && measurements.contains { $0.result == .implausible }
    }

    /// Whether the trouble is only that the host was too busy or the samples too few: no fault of the target is proven.
    var isOnlyUncertain: Bool {
        findings.isEmpty && !measurements.contains { $0.result == .fail || $0.result == .warn }
            && measurements.contains { $0.result == .noisyHost || $0.result == .tooFewSamples }
    }

    /// The sentences of whatever was missed, and the messages of whatever was found: what a cause refers to.
    var seen: String {
        let missed = measurements.filter { $0.result != .pass }.map(\.sentence)
        let all = findings.map(\.message) + missed
        let shown = all.prefix(4).joined(separator: "; ")
        if all.isEmpty { return measurements.isEmpty ? "nothing was measured" : "every number met its criterion" }
        return all.count > 4 ? shown + "; and \(all.count - 4) more" : shown
    }

    /// A judgement that lacks criteria.
    static func missing(all keys: [String]) -> Judgement { Judgement(missingCriteria: keys) }
}

extension Measurement {
    /// A statement that the check's title makes, as 1 or 0: yes is 1.
    init(_ name: String, isTrue: Bool, from evidence: Evidence) {
        self.init(
            name, unit: "1", DecimalValue(isTrue ? 1 : 0), Criterion(definition: .equal, DecimalValue(1)),
            from: evidence)
    }
}

extension DecimalValue {
    /// A duration as milliseconds.
    init(milliseconds duration: Duration) { self.init(milliseconds: duration.nanoseconds) }
}
