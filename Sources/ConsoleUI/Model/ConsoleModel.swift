package import Readiness

/// Everything that the console knows. A value: `update` changes it, views read it, nothing else does either.
package struct ConsoleModel: Sendable {
    /// The fold over all events so far.
    package internal(set) var summary = RunSummary()
    /// The terminal's extent.
    package internal(set) var size: Size
    /// The console's clock: monotonic, from an arbitrary beginning.
    package internal(set) var now: Duration = .zero
    /// What happened, in the order it did.
    package internal(set) var ticker = FollowList<TickerRow>(capacity: 2000)
    /// What the checks said.
    package internal(set) var logs: [CheckID: FollowList<LogRow>] = [:]
    /// What the overview remembers.
    package internal(set) var overview = OverviewPlace()
    /// The views over the overview; the last one is seen.
    package internal(set) var stack: [Place] = []
    /// The question that is open.
    package internal(set) var dialog: Dialog?
    /// The message in the status line.
    package internal(set) var notice: Notice?
    /// What would be run, as it was seen before the run; nil where it was not looked at.
    package internal(set) var preflight: Preflight?
    /// What the target was last seen to offer; nil until it was looked at.
    package internal(set) var capabilities: [CapabilityReport]?
    /// Whether it is being looked at.
    package internal(set) var isLooking = false
    /// What a look at it, this one or the first, has not been answered yet; on the console's clock.
    package internal(set) var lookProgress = LookProgress()
    /// Whether a look at the target waits for answers, so that the time of it goes on.
    package var awaitsAnswers: Bool { !lookProgress.waiting.isEmpty }
    /// The checks of the pre-flight that are to be run.
    package internal(set) var chosen: Set<CheckID> = []
    /// The fault switches; nil where the target has none.
    package internal(set) var faults: FaultPanel?
    /// Faults that were asked to change and have not answered.
    package internal(set) var faultsPending: Set<String> = []
    /// Texts of evidence by id: those of the check that is seen.
    package internal(set) var evidence: [String: EvidenceText] = [:]
    /// Steps of remediations that the operator has marked as done.
    package internal(set) var doneSteps: [CheckID: Set<Int>] = [:]
    /// Set once the operator has asked to leave while something runs.
    package internal(set) var leaving: Leaving?
    /// Whether the engine is there to take commands.
    package internal(set) var hasEngine = true
    /// What is being waited for outside the run.
    package internal(set) var activity: String?

    /// Why nothing can be asked of the engine or the target, in a replay for example; nil: it can.
    package let readOnlyReason: String?

    var keyCount = KeyCount()
    /// When the pre-flight came, on the console's clock: it comes by itself, over whatever somebody is about to press.
    var preflightCameAt: Duration = .zero
    /// Whether the operator has begun the run: what a pre-flight shows after that decides nothing.
    var hasStarted = false
    /// When the newest event came, on the console's clock, and what the run's clock said.
    var anchor: (now: Duration, elapsed: Int64) = (.zero, 0)
    /// The run's clock at the newest event of a check.
    var lastCheckEvent: Int64 = 0

    /// A console that has been told nothing yet.
    ///
    /// - Parameters:
    ///   - size: what the views are laid out for until a `.resized` comes.
    ///   - readOnlyReason: a fragment, "this is a recorded run"; nil: commands reach an engine.
    package init(size: Size, readOnlyReason: String? = nil) {
        self.size = size
        self.readOnlyReason = readOnlyReason
    }

    /// Whether some check has not finished.
    package var isActive: Bool { !summary.checks.isEmpty && !summary.isSettled && summary.finished == nil }

    /// The run's clock: goes on while something runs, else stands where the last check ended.
    package var elapsed: Duration {
        guard isActive else { return .nanoseconds(lastCheckEvent) }
        return .nanoseconds(anchor.elapsed) + max(.zero, now - anchor.now)
    }

    /// How long a running check has been at it; nil for one that does not run.
    package func runningFor(_ record: CheckRecord) -> Duration? {
        guard record.state == .running || record.state == .cancelling, let began = record.startedAt else { return nil }
        return max(.zero, elapsed - .nanoseconds(began))
    }

    /// The view that is seen; nil: the overview.
    package var place: Place? { stack.last }

    /// Whether nothing has been started yet, and the operator is shown what would be.
    package var isBeforeStart: Bool {
        stack.contains { if case .preflight = $0 { true } else { false } }
    }

    /// The check that keys act on, wherever one is; nil where there is none.
    package var focusedCheck: CheckID? {
        for place in stack.reversed() {
            if case .check(let detail) = place { return detail.check }
        }
        if overview.pane == .events { return ticker.current?.check }
        return listedCheck
    }

    /// The chosen check of the overview's list: the one that was chosen, or the first as long as nobody chose.
    package var listedCheck: CheckID? { overview.check ?? listedChecks.first?.id }
}

/// A number typed before a movement.
struct KeyCount: Sendable, Equatable {
    /// What was typed so far.
    var value: Int?
    /// The pane that was left by typing 1, 2 or 3, in case that digit turns out to begin a number.
    var paneBefore: Pane?
    /// That digit.
    var digit: Int?
}
