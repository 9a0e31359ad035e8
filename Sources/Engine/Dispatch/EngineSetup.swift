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
    /// Bodies that may run at once. Default 4: checks mostly wait for the target.
    package var width: Int
    /// Whether the run closes by itself once every round has ended: headless yes, in the console on quit.
    package var closesWhenSettled: Bool
    /// Who operates, for the log.
    package var operatorName: String

    /// Gathers what a run needs.
    package init(
        log: RunLog, evidence: EvidenceStore, criteria: Criteria, policy: GatePolicy, interlock: any Interlock,
        reachability: any ReachabilityProbe, identify: (@Sendable () async -> TargetIdentified)? = nil,
        noise: any NoiseMeter, clock: any RunClock, machineLock: MachineLock? = nil, width: Int = 4,
        closesWhenSettled: Bool, operatorName: String
    ) {
        self.log = log
        self.evidence = evidence
        self.criteria = criteria
        self.policy = policy
        self.interlock = interlock
        self.reachability = reachability
        self.identify = identify
        self.noise = noise
        self.clock = clock
        self.machineLock = machineLock
        self.width = width
        self.closesWhenSettled = closesWhenSettled
        self.operatorName = operatorName
    }
}
