/// What the events of one check add up to: its newest round in full, earlier ones by their outcome.
///
/// Of a round that took several attempts, measurements, findings and evidence are those of the last one alone; the ones
/// before are kept by what they came to.
package struct CheckRecord: Sendable, Equatable, Identifiable {
    /// An outcome of an earlier round.
    package struct Earlier: Sendable, Equatable {
        /// The round it ended in.
        package var round: Int
        /// What it showed.
        package var outcome: Outcome.Word
        /// Why.
        package var reason: String?
        /// When it ended.
        package var at: UTCInstant
    }

    /// As announced.
    package let plan: PlannedCheck
    /// Where it is.
    package private(set) var state: CheckState = .planned
    /// The round that the rest is about.
    package private(set) var round = 1
    /// What it showed; nil until finished.
    package private(set) var result: CheckFinished?
    /// When its first attempt started, nanoseconds of the run's monotonic clock; nil before.
    package private(set) var startedAt: Int64?
    /// When it finished, on the wall clock; nil before.
    package private(set) var finishedAt: UTCInstant?
    /// Attempts so far.
    package private(set) var attempts = 0
    /// Attempts of this round that were followed by another, oldest first.
    package private(set) var superseded: [AttemptFinished] = []
    /// What holds it up; nil while nothing does.
    package private(set) var waiting: CheckWaiting?
    /// How far it is; nil until it says.
    package private(set) var progress: CheckProgress?
    /// Whether its soft limit has passed.
    package private(set) var isSlow = false
    /// In the order that they were stated.
    package private(set) var measurements: [Measurement] = []
    /// In the order that they were stated.
    package private(set) var findings: [Finding] = []
    /// In the order that they were kept.
    package private(set) var evidence: [Evidence] = []
    /// The newest lines, at most `logCapacity`.
    package private(set) var log: [String] = []
    /// Lines that fell out of `log` or were dropped at the source.
    package private(set) var droppedLogLines = 0
    /// Results of earlier rounds, oldest first.
    package private(set) var earlier: [Earlier] = []

    /// Lines kept in memory for each check; the log on disk has all that were not dropped at the source.
    package static let logCapacity = 500

    /// A check that has only been announced.
    package init(plan: PlannedCheck) { self.plan = plan }

    /// Its name.
    package var id: CheckID { plan.id }
    /// What it showed; nil until finished.
    package var outcome: Outcome.Word? { result?.outcome }
    /// Why; nil for a pass and until finished.
    package var reason: String? { result?.reason }
    /// The nearest check that stands in the way.
    package var blockedBy: CheckID? { result?.blockedBy }
    /// The first check in the way that was red by itself.
    package var rootCause: CheckID? { result?.rootCause }

    /// Whether it is red or unknown by itself, so that somebody has to do something about it.
    package var needsAttention: Bool {
        switch outcome {
        case .fail, .error, .unverified, .cancelled: true
        default: false
        }
    }

    mutating func begin(round: Int) {
        if let result, let finishedAt {
            earlier.append(Earlier(round: self.round, outcome: result.outcome, reason: result.reason, at: finishedAt))
        }
        let kept = earlier
        self = CheckRecord(plan: plan)
        self.round = round
        earlier = kept
    }

    mutating func fold(_ event: ValidationEvent) {
        switch event.body {
        case .checkQueued: state = .queued
        case .checkWaiting(let payload):
            state = .waiting
            waiting = payload
        case .checkStarted(let payload):
            state = .running
            waiting = nil
            // While it waited it told how long; that is over.
            progress = nil
            if payload.attempt == 1 { startedAt = event.monotonic }
            attempts = payload.attempt
        case .checkProgress(let payload): progress = payload
        case .checkLog(let payload): append(payload)
        case .checkMeasurement(let payload): measurements.append(payload)
        case .checkEvidence(let payload): evidence.append(payload)
        case .checkFinding(let payload): findings.append(payload)
        case .checkSlow: isSlow = true
        case .checkAttemptFinished(let payload): supersede(payload)
        case .checkFinished(let payload):
            state = .finished
            waiting = nil
            result = payload
            finishedAt = event.time
        default: break
        }
    }

    /// What an attempt said does not count once another follows.
    private mutating func supersede(_ attempt: AttemptFinished) {
        superseded.append(attempt)
        progress = nil
        isSlow = false
        measurements = []
        findings = []
        evidence = []
    }

    private mutating func append(_ line: CheckLog) {
        droppedLogLines += line.dropped
        log += line.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let surplus = log.count - Self.logCapacity
        if surplus > 0 {
            log.removeFirst(surplus)
            droppedLogLines += surplus
        }
    }
}
