package import Readiness

/// Everything that a run needs beside its plan.
package struct EngineSetup: Sendable {
    /// Where the run is recorded.
    package var log: RunLog
    /// Where evidence is kept.
    package var evidence: EvidenceStore
    /// What the checks are judged by.
    package var criteria: Criteria
    /// What the gate asks for.
    package var policy: GatePolicy
    /// Whether the target may be changed.
    package var interlock: any Interlock
    /// Takes changes on the target back.
    package var compensator: any Compensator
    /// Where changes are written down before they happen, for `recover`. The engine closes it at the end of the run.
    package var journal: UndoJournal
    /// Whether an endpoint is there.
    package var reachability: any ReachabilityProbe
    /// Asks the target who it is; the answer is logged when it comes. nil: nobody asks.
    package var identify: (@Sendable () async -> TargetIdentified)?
    /// How busy the host is.
    package var noise: any NoiseMeter
    /// The two clocks.
    package var clock: any RunClock
    /// `machine.quiet` between processes; nil: other runs are not regarded.
    package var machineLock: MachineLock?
    /// The target's locks between processes; nil: other runs on the target are not regarded.
    package var targetLocks: TargetLocks?
    /// How long a check waits for what another run holds; then it is unverified (`resource_busy`). Default 2 min: no check
    /// of a run may hold a lock that long, and a few of them may come before this one.
    package var lockPatience: Duration
    /// Bodies that may run at once where nobody says otherwise. Default 4.
    package static let defaultWidth = 4
    /// Bodies that may run at once. Default 4: checks mostly wait for the target.
    package var width: Int
    /// How long round 1 may take, from the first event. Default nil: as long as it needs. Later rounds are an operator's
    /// deliberate act, or a look at a target that was lost, and are not bounded.
    package var budget: Duration?
    /// How long checks took in earlier runs of this mode; a check that is not named is predicted by its definition.
    package var predictions: [CheckID: Duration]
    /// Whether the run closes by itself once every round has ended: headless yes, in the console on quit.
    package var closesWhenSettled: Bool
    /// Who operates, for the log.
    package var operatorName: String

    /// Gathers what a run needs.
    package init(
        log: RunLog, evidence: EvidenceStore, criteria: Criteria, policy: GatePolicy, interlock: any Interlock,
        compensator: any Compensator, journal: UndoJournal, reachability: any ReachabilityProbe,
        identify: (@Sendable () async -> TargetIdentified)? = nil, noise: any NoiseMeter, clock: any RunClock,
        machineLock: MachineLock? = nil, targetLocks: TargetLocks? = nil, lockPatience: Duration = .seconds(120),
        width: Int = EngineSetup.defaultWidth, budget: Duration? = nil,
        predictions: [CheckID: Duration] = [:], closesWhenSettled: Bool, operatorName: String
    ) {
        self.log = log
        self.evidence = evidence
        self.criteria = criteria
        self.policy = policy
        self.interlock = interlock
        self.compensator = compensator
        self.journal = journal
        self.reachability = reachability
        self.identify = identify
        self.noise = noise
        self.clock = clock
        self.machineLock = machineLock
        self.targetLocks = targetLocks
        self.lockPatience = lockPatience
        self.width = width
        self.budget = budget
        self.predictions = predictions
        self.closesWhenSettled = closesWhenSettled
        self.operatorName = operatorName
    }
}
