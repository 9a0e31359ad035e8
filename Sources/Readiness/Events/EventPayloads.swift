// What there is to say about each kind of event. Field names in the log are the coding keys.

/// How a run began.
package struct RunCreated: Sendable, Codable, Equatable {
    /// `holdpoint 0.1.0`.
    package var engine: String
    /// The commit that this program was built from, where the build knew.
    package var commit: String?
    /// The command line, secrets redacted.
    package var arguments: [String]
    /// How deep it looks.
    package var mode: Mode
    /// How long the run may take, from this event; nil: as long as it needs. The engine states what it was set up with.
    package var budgetMs: Int64?
    /// What random choices are made from.
    package var seed: UInt64
    /// The user who started it.
    package var operatorName: String
    /// The machine it runs on.
    package var host: Host

    /// States it; see the properties.
    package init(
        engine: String, commit: String? = nil, arguments: [String], mode: Mode, budgetMs: Int64? = nil, seed: UInt64,
        operatorName: String, host: Host
    ) {
        self.engine = engine
        self.commit = commit
        self.arguments = arguments
        self.mode = mode
        self.budgetMs = budgetMs
        self.seed = seed
        self.operatorName = operatorName
        self.host = host
    }

    private enum CodingKeys: String, CodingKey {
        case engine, commit, arguments, mode, budgetMs = "budget_ms", seed, operatorName = "operator", host
    }
}

/// The machine that a run is made on.
package struct Host: Sendable, Codable, Equatable {
    /// SHA-256 over CPU model, cores and kernel: figures are comparable only between equals.
    package var fingerprint: String
    /// Processors that are online.
    package var cores: Int
    /// As `uname -r` says.
    package var kernel: String

    /// States it; see the properties.
    package init(fingerprint: String, cores: Int, kernel: String) {
        self.fingerprint = fingerprint
        self.cores = cores
        self.kernel = kernel
    }
}

/// Who answered.
package struct TargetIdentified: Sendable, Codable, Equatable {
    /// The profile's id: `practice`.
    package var target: String
    /// `practice`, `staging`, `production`.
    package var environment: String
    /// The target's build, where it said.
    package var commit: String?
    /// Whether that build holds uncommitted changes.
    package var dirty: Bool?
    /// SHA-256 of its configuration as loaded.
    package var configuration: String?
    /// The account that it trades on.
    package var account: String?
    /// The instance that answered.
    package var instance: String?
    /// Whether paper is proven: nothing above `read` without.
    package var paper: PaperProof
    /// In words: what proves it, or what is missing.
    package var detail: String

    /// States it; see the properties.
    package init(
        target: String, environment: String, commit: String? = nil, dirty: Bool? = nil, configuration: String? = nil,
        account: String? = nil, instance: String? = nil, paper: PaperProof, detail: String
    ) {
        self.target = target
        self.environment = environment
        self.commit = commit
        self.dirty = dirty
        self.configuration = configuration
        self.account = account
        self.instance = instance
        self.paper = paper
        self.detail = detail
    }
}

/// The criteria and the gate that a run is judged by.
package struct PolicyLoaded: Sendable, Codable, Equatable {
    /// As the policy file says.
    package var policyVersion: String
    /// Digest of the policy file.
    package var policySHA256: String
    /// Digest of the criteria file.
    package var criteriaSHA256: String
    /// Digest of the limits file.
    package var limitsSHA256: String
    /// Numbers in the criteria file.
    package var thresholds: Int
    /// Keys that nothing uses, and the like.
    package var warnings: [String]
    /// A fail of this severity or more is a no-go: the gate of a log that was never closed can be asked again. nil in
    /// logs of older programs. The engine states what it was set up with.
    package var failOnSeverity: Severity?
    /// Digest of the target's profile, whose thresholds stand over the criteria file; nil in logs of older programs.
    package var targetSHA256: String?

    /// States it; see the properties.
    package init(
        policyVersion: String, policySHA256: String, criteriaSHA256: String, limitsSHA256: String, thresholds: Int,
        warnings: [String], failOnSeverity: Severity? = nil, targetSHA256: String? = nil
    ) {
        self.policyVersion = policyVersion
        self.policySHA256 = policySHA256
        self.criteriaSHA256 = criteriaSHA256
        self.limitsSHA256 = limitsSHA256
        self.thresholds = thresholds
        self.warnings = warnings
        self.failOnSeverity = failOnSeverity
        self.targetSHA256 = targetSHA256
    }

    private enum CodingKeys: String, CodingKey {
        case policyVersion = "policy_version", policySHA256 = "policy_sha256", criteriaSHA256 = "criteria_sha256"
        case limitsSHA256 = "limits_sha256", thresholds, warnings, failOnSeverity = "fail_on_severity"
        case targetSHA256 = "target_sha256"
    }
}

/// What will run, and what not.
package struct PlanAnnounced: Sendable, Codable, Equatable {
    /// In plan order.
    package var checks: [PlannedCheck]
    /// What is left out, with the reason.
    package var excluded: [ExcludedCheck]
    /// How much of the catalogue that is.
    package var scope: Scope

    /// States it; see the properties.
    package init(checks: [PlannedCheck], excluded: [ExcludedCheck], scope: Scope) {
        self.checks = checks
        self.excluded = excluded
        self.scope = scope
    }
}

/// A check of the plan.
package struct PlannedCheck: Sendable, Codable, Equatable {
    /// Its name.
    package var id: CheckID
    /// True when it passes.
    package var title: String
    /// The same as a question.
    package var question: String
    /// How much a failure matters.
    package var severity: Severity
    /// What must have ended well before.
    package var requires: [CheckID]
    /// What must have ended before.
    package var after: [CheckID]
    /// Held exclusively.
    package var locks: [Lock]
    /// The most that it does to the target.
    package var effects: EffectClass
    /// Predicted time: the median of earlier runs, the definition's estimate where there were none.
    package var estMs: Int64
    /// When it is ended.
    package var hardLimitMs: Int64
    /// What a pass must reach in this mode.
    package var requiredGrade: Grade
    /// Whether the policy requires it.
    package var required: Bool
    /// Requirements that it answers.
    package var controls: [String]
    /// `required_by ID` where it was pulled in; nil where it was selected.
    package var why: String?
    /// Whether it is predicted to end inside the run's budget. One that is not is not started; neither is what requires
    /// it. nil: the run has no budget.
    package var fitsBudget: Bool?

    /// States it; see the properties.
    package init(
        id: CheckID, title: String, question: String, severity: Severity, requires: [CheckID], after: [CheckID],
        locks: [Lock], effects: EffectClass, estMs: Int64, hardLimitMs: Int64, requiredGrade: Grade, required: Bool,
        controls: [String], why: String? = nil, fitsBudget: Bool? = nil
    ) {
        self.id = id
        self.title = title
        self.question = question
        self.severity = severity
        self.requires = requires
        self.after = after
        self.locks = locks
        self.effects = effects
        self.estMs = estMs
        self.hardLimitMs = hardLimitMs
        self.requiredGrade = requiredGrade
        self.required = required
        self.controls = controls
        self.why = why
        self.fitsBudget = fitsBudget
    }

    private enum CodingKeys: String, CodingKey {
        case id, title, question, severity, requires, after, locks, effects, estMs = "est_ms"
        case hardLimitMs = "hard_limit_ms", requiredGrade = "required_grade", required, controls, why
        case fitsBudget = "fits_budget"
    }
}

/// A check that the plan leaves out.
package struct ExcludedCheck: Sendable, Codable, Equatable {
    /// Its name.
    package var id: CheckID
    /// Why: the mode, the selection.
    package var reason: String

    /// States it; see the properties.
    package init(id: CheckID, reason: String) {
        self.id = id
        self.reason = reason
    }
}

/// A further round.
package struct RoundStarted: Sendable, Codable, Equatable {
    /// Those that will each finish once more, in plan order.
    package var checks: [CheckID]
    /// `operator`, `target_lost`.
    package var why: String

    /// States it; see the properties.
    package init(checks: [CheckID], why: String) {
        self.checks = checks
        self.why = why
    }
}

/// What holds a check up.
package struct CheckWaiting: Sendable, Codable, Equatable {
    /// `dependency`, `lock` or `target` (which is being looked at).
    package var on: String
    /// The checks, locks or endpoints that it waits for. A lock that another process has says whose:
    /// `target.process, held by run 01K…, pid 4711`.
    package var names: [String]

    /// States it; see the properties.
    package init(on: String, names: [String]) {
        self.on = on
        self.names = names
    }
}

/// A lock changed hands.
package struct LockChange: Sendable, Codable, Equatable {
    /// Which.
    package var name: Lock
    /// How long the check stood ready before it got the lock; nil on release.
    package var waitedMs: Int64?

    /// States it; see the properties.
    package init(name: Lock, waitedMs: Int64? = nil) {
        self.name = name
        self.waitedMs = waitedMs
    }

    private enum CodingKeys: String, CodingKey {
        case name, waitedMs = "waited_ms"
    }
}

/// A change on the target.
package struct EffectRecord: Sendable, Codable, Equatable {
    /// Unique within the run.
    package var effectID: String
    /// How far it goes.
    package var effectClass: EffectClass
    /// What is changed.
    package var description: String
    /// What takes it back, in words.
    package var compensation: String
    /// The same as data: what `holdpoint recover` performs.
    package var undo: Compensation?
    /// Why it could not be taken back.
    package var detail: String?

    /// States it; see the properties.
    package init(
        effectID: String, effectClass: EffectClass, description: String, compensation: String,
        undo: Compensation? = nil, detail: String? = nil
    ) {
        self.effectID = effectID
        self.effectClass = effectClass
        self.description = description
        self.compensation = compensation
        self.undo = undo
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey {
        case effectID = "effect_id", effectClass = "effect_class", description, compensation, undo, detail
    }
}

/// A body runs.
package struct CheckStarted: Sendable, Codable, Equatable {
    /// From 1.
    package var attempt: Int

    /// States it; see the properties.
    package init(attempt: Int) {
        self.attempt = attempt
    }
}

/// How far a check is.
package struct CheckProgress: Sendable, Codable, Equatable {
    /// So far.
    package var done: Int
    /// In all; 0 where that is not known.
    package var total: Int
    /// `samples`, `limits`.
    package var unit: String

    /// States it; see the properties.
    package init(done: Int, total: Int, unit: String) {
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// Text of a check: one line, or several that were coalesced, separated by `\n`.
package struct CheckLog: Sendable, Codable, Equatable {
    /// Redacted and capped; may hold text of the target: sanitise before showing.
    package var text: String
    /// Lines that were dropped before these.
    package var dropped: Int

    /// States it; see the properties.
    package init(text: String, dropped: Int) {
        self.text = text
        self.dropped = dropped
    }
}

/// The soft limit has passed.
package struct CheckSlow: Sendable, Codable, Equatable {
    /// Since the body began.
    package var elapsedMs: Int64
    /// Until it is ended.
    package var hardInMs: Int64

    /// States it; see the properties.
    package init(elapsedMs: Int64, hardInMs: Int64) {
        self.elapsedMs = elapsedMs
        self.hardInMs = hardInMs
    }

    private enum CodingKeys: String, CodingKey {
        case elapsedMs = "elapsed_ms", hardInMs = "hard_in_ms"
    }
}

/// An attempt that another one follows. What it measured, found and kept counts for nothing; it stays in the log.
package struct AttemptFinished: Sendable, Codable, Equatable {
    /// From 1.
    package var attempt: Int
    /// What it came to: `error`, or `unverified` for transient trouble on the way to the target. Never a fail.
    package var outcome: Outcome.Word
    /// From the closed list of the outcome.
    package var reason: String?
    /// One sentence for a person. May hold text of the target: sanitise before showing.
    package var message: String
    /// Until the next attempt starts.
    package var nextInMs: Int64

    /// States it; see the properties.
    package init(attempt: Int, outcome: Outcome.Word, reason: String?, message: String, nextInMs: Int64) {
        self.attempt = attempt
        self.outcome = outcome
        self.reason = reason
        self.message = message
        self.nextInMs = nextInMs
    }

    private enum CodingKeys: String, CodingKey { case attempt, outcome, reason, message, nextInMs = "next_in_ms" }
}

/// The outcome of a check for its round.
package struct CheckFinished: Sendable, Codable, Equatable {
    /// What it showed.
    package var outcome: Outcome.Word
    /// From the closed list of the outcome; nil for a pass.
    package var reason: String?
    /// One sentence for a person. May hold text of the target: sanitise before showing.
    package var message: String
    /// What the measurements rest on.
    package var grade: Grade
    /// Attempts made; 0 for a check whose body never ran.
    package var attempts: Int
    /// From the first attempt's start to the end, waiting apart; 0 for a check whose body never ran.
    package var durationMs: Int64
    /// The id of the evidence that holds the observation, as JSON, that the last attempt was judged by; nil where nothing
    /// was judged.
    package var observation: String?
    /// The nearest check that stands in the way.
    package var blockedBy: CheckID?
    /// The first that was red by itself.
    package var rootCause: CheckID?
    /// How to mend it.
    package var remediation: Remediation?

    /// States it; see the properties.
    package init(
        outcome: Outcome.Word, reason: String? = nil, message: String, grade: Grade, attempts: Int, durationMs: Int64,
        observation: String? = nil, blockedBy: CheckID? = nil, rootCause: CheckID? = nil,
        remediation: Remediation? = nil
    ) {
        self.outcome = outcome
        self.reason = reason
        self.message = message
        self.grade = grade
        self.attempts = attempts
        self.durationMs = durationMs
        self.observation = observation
        self.blockedBy = blockedBy
        self.rootCause = rootCause
        self.remediation = remediation
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, reason, message, grade, attempts, durationMs = "duration_ms", observation
        case blockedBy = "blocked_by"
        case rootCause = "root_cause", remediation
    }
}

/// The gate's decision.
package struct GateChanged: Sendable, Codable, Equatable {
    /// Verdict, reasons and coverage.
    package var decision: GateDecision

    /// States it; see the properties.
    package init(decision: GateDecision) {
        self.decision = decision
    }
}

/// Somebody did something.
package struct OperatorAction: Sendable, Codable, Equatable {
    /// `cancel`, `rerun`, `quit`, `fault`.
    package var action: String
    /// What it was done to.
    package var object: String
    /// Who.
    package var operatorName: String

    /// States it; see the properties.
    package init(action: String, object: String, operatorName: String) {
        self.action = action
        self.object = object
        self.operatorName = operatorName
    }

    private enum CodingKeys: String, CodingKey { case action, object, operatorName = "operator" }
}

/// The run is being ended before its time.
package struct RunCancelling: Sendable, Codable, Equatable {
    /// `cooperative`, `undo`, `kill`.
    package var phase: String
    /// `operator`, `signal 15`.
    package var why: String

    /// States it; see the properties.
    package init(phase: String, why: String) {
        self.phase = phase
        self.why = why
    }
}

/// The end of a complete log.
package struct RunFinished: Sendable, Codable, Equatable {
    /// The gate's last word.
    package var decision: GateDecision
    /// Checks named by rounds, all rounds together.
    package var announced: Int
    /// Those of them without exactly one finish. Anything but 0 means hold, whatever the verdict says.
    package var missing: Int
    /// Rounds made.
    package var rounds: Int
    /// From the first event to this one.
    package var durationMs: Int64

    /// States it; see the properties.
    package init(decision: GateDecision, announced: Int, missing: Int, rounds: Int, durationMs: Int64) {
        self.decision = decision
        self.announced = announced
        self.missing = missing
        self.rounds = rounds
        self.durationMs = durationMs
    }

    private enum CodingKeys: String, CodingKey {
        case decision, announced, missing, rounds, durationMs = "duration_ms"
    }
}

/// Whether it is certain that no real money can move.
package enum PaperProof: String, Sendable, Codable {
    /// Seen, in a way that a lie in a profile cannot fake.
    case proven
    /// Only a file says so.
    case declared
    /// Nothing says so.
    case unknown
}
