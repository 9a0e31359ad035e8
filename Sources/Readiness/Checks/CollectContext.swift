/// What a check gets to look with, beside the probes that it was made with.
package struct CollectContext: Sendable {
    /// The accepted values; for planning samples and stopping early, never for judging.
    package var criteria: Criteria
    /// How deep to look.
    package var mode: Mode
    /// Where evidence is kept.
    package var evidence: any EvidenceRecorder
    /// Tells how far it is and what it does.
    package var reporter: any CheckReporter
    /// Where changes to the target are written down before they happen.
    package var effects: any EffectRegistrar
    /// How busy the host is.
    package var noise: any NoiseMeter
    /// Time for waiting; a manual one in tests.
    package var clock: any CheckClock
    /// Unique for this attempt of this check: what client order ids begin with.
    package var token: String

    /// Gathers what a check gets.
    package init(
        criteria: Criteria, mode: Mode, evidence: any EvidenceRecorder, reporter: any CheckReporter,
        effects: any EffectRegistrar, noise: any NoiseMeter, clock: any CheckClock, token: String
    ) {
        self.criteria = criteria
        self.mode = mode
        self.evidence = evidence
        self.reporter = reporter
        self.effects = effects
        self.noise = noise
        self.clock = clock
        self.token = token
    }
}

/// Tells the log how far a check is. Both may be coalesced to ten a second.
package protocol CheckReporter: Sendable {
    /// `done` of `total` in `unit`s ("samples", "limits"). `total` 0: unknown.
    func progress(_ done: Int, of total: Int, unit: String)
    /// A line of text about what the check does. May hold text of the target.
    func log(_ text: String)
}

/// Writes down what a check is about to change on the target.
package protocol EffectRegistrar: Sendable {
    /// Registers a change before it happens, durably. The engine takes it back when the body has ended, however it
    /// ended, newest first, in a task that is not cancelled, with a deadline of its own; after a crash of ours
    /// `holdpoint recover` does.
    ///
    /// - Throws: `ProbeError` of our side when it cannot be written down; then the change must not be made.
    func register(_ effect: EffectDescription) async throws(ProbeError)
}

/// What a check changes on the target.
package struct EffectDescription: Sendable, Equatable {
    /// How far it goes. Never more than the check's definition says.
    package var effectClass: EffectClass
    /// What is changed: "paper orders hp-… on READY-HUNTER".
    package var description: String
    /// What takes it back.
    package var compensation: Compensation

    /// Describes a change.
    package init(_ effectClass: EffectClass, _ description: String, compensation: Compensation) {
        self.effectClass = effectClass
        self.description = description
        self.compensation = compensation
    }
}

/// The time that checks wait by.
package protocol CheckClock: Sendable {
    /// Monotonic, from an arbitrary beginning.
    var now: Duration { get }
    /// Waits, or throws at once when the task is cancelled.
    func sleep(for duration: Duration) async throws(ProbeError)
}
