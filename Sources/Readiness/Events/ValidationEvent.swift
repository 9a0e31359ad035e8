/// One thing that happened in a run. The recorded sequence of these is the truth; screens, reports, exit codes and
/// history are folds over it.
package struct ValidationEvent: Sendable, Equatable {
    /// The run it belongs to.
    package var run: String
    /// From 1, without gaps.
    package var sequence: Int
    /// When, UTC, for records.
    package var time: UTCInstant
    /// Nanoseconds since the run began, monotonic, for durations.
    package var monotonic: Int64
    /// The check it is about, if any.
    package var check: CheckID?
    /// The round it belongs to; nil before the first.
    package var round: Int?
    /// What happened.
    package var body: EventBody

    /// Describes an event.
    package init(
        run: String, sequence: Int, time: UTCInstant, monotonic: Int64, check: CheckID?, round: Int?, body: EventBody
    ) {
        self.run = run
        self.sequence = sequence
        self.time = time
        self.monotonic = monotonic
        self.check = check
        self.round = round
        self.body = body
    }
}

/// What happened, with what there is to say about it. Names and payload fields are those of the domain model, 8.
///
/// Within a round each check it names goes queued → (waiting) → started → finished, with attempt finished → started in
/// between when it is tried again; one that never starts goes straight to finished. A round ends when each check it names has finished exactly once; there is no event for that.
package enum EventBody: Sendable, Equatable {
    /// The first event of every log.
    case runCreated(RunCreated)
    /// Who answered. Does not mean that the target is ready; comes again when it could not be asked at first.
    case targetIdentified(TargetIdentified)
    /// The criteria and the gate that the run is judged by.
    case policyLoaded(PolicyLoaded)
    /// What will run, and what not and why. Opens round 1.
    case planAnnounced(PlanAnnounced)
    /// A further round: an operator's rerun, or a look at a target that was lost.
    case roundStarted(RoundStarted)
    /// The scheduler has accepted a check.
    case checkQueued
    /// A queued check is held up. Comes again only when what it waits for changes.
    case checkWaiting(CheckWaiting)
    /// An exclusive lock is held from now. Shared holds are implied and not told.
    case lockAcquired(LockChange)
    /// An exclusive lock is free again.
    case lockReleased(LockChange)
    /// Something is about to be changed on the target. On disk before it happens.
    case effectRegistered(EffectRecord)
    /// It has been taken back.
    case effectUndone(EffectRecord)
    /// It could not be taken back: the target is left disturbed.
    case effectUndoFailed(EffectRecord)
    /// The body runs.
    case checkStarted(CheckStarted)
    /// How far it is. May be coalesced: never count these.
    case checkProgress(CheckProgress)
    /// What it says. May be coalesced.
    case checkLog(CheckLog)
    /// A number, judged.
    case checkMeasurement(Measurement)
    /// Something was kept.
    case checkEvidence(Evidence)
    /// A statement about the target.
    case checkFinding(Finding)
    /// The soft limit has passed. Not an outcome.
    case checkSlow(CheckSlow)
    /// An attempt has ended, and another follows. Not an outcome.
    case checkAttemptFinished(AttemptFinished)
    /// The outcome for this round: exactly one for each check of the round.
    case checkFinished(CheckFinished)
    /// The gate's decision is another one than before.
    case gateChanged(GateChanged)
    /// Somebody did something, written before it is done.
    case operatorAction(OperatorAction)
    /// The run is being ended before its time.
    case runCancelling(RunCancelling)
    /// The last event of a log that is complete.
    case runFinished(RunFinished)

    /// The name in the log.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case runCreated = "run.created"
        case targetIdentified = "target.identified"
        case policyLoaded = "policy.loaded"
        case planAnnounced = "plan.announced"
        case roundStarted = "round.started"
        case checkQueued = "check.queued"
        case checkWaiting = "check.waiting"
        case lockAcquired = "lock.acquired"
        case lockReleased = "lock.released"
        case effectRegistered = "effect.registered"
        case effectUndone = "effect.undone"
        case effectUndoFailed = "effect.undo_failed"
        case checkStarted = "check.started"
        case checkProgress = "check.progress"
        case checkLog = "check.log"
        case checkMeasurement = "check.measurement"
        case checkEvidence = "check.evidence"
        case checkFinding = "check.finding"
        case checkSlow = "check.slow"
        case checkAttemptFinished = "check.attempt_finished"
        case checkFinished = "check.finished"
        case gateChanged = "gate.changed"
        case operatorAction = "operator.action"
        case runCancelling = "run.cancelling"
        case runFinished = "run.finished"

        /// Whether the event may be coalesced at its source; all others reach every subscriber.
        package var mayBeCoalesced: Bool { self == .checkProgress || self == .checkLog }

        /// Whether the writer waits until the event is on disk before going on.
        package var mustBeDurable: Bool {
            switch self {
            case .effectRegistered, .operatorAction, .roundStarted, .runFinished: true
            default: false
            }
        }
    }

    /// The name in the log.
    package var kind: Kind {
        switch self {
        case .runCreated: .runCreated
        case .targetIdentified: .targetIdentified
        case .policyLoaded: .policyLoaded
        case .planAnnounced: .planAnnounced
        case .roundStarted: .roundStarted
        case .checkQueued: .checkQueued
        case .checkWaiting: .checkWaiting
        case .lockAcquired: .lockAcquired
        case .lockReleased: .lockReleased
        case .effectRegistered: .effectRegistered
        case .effectUndone: .effectUndone
        case .effectUndoFailed: .effectUndoFailed
        case .checkStarted: .checkStarted
        case .checkProgress: .checkProgress
        case .checkLog: .checkLog
        case .checkMeasurement: .checkMeasurement
        case .checkEvidence: .checkEvidence
        case .checkFinding: .checkFinding
        case .checkSlow: .checkSlow
        case .checkAttemptFinished: .checkAttemptFinished
        case .checkFinished: .checkFinished
        case .gateChanged: .gateChanged
        case .operatorAction: .operatorAction
        case .runCancelling: .runCancelling
        case .runFinished: .runFinished
        }
    }
}
