/// What a sequence of events adds up to. The only place that counts: screens, reports and exit codes read this.
///
/// A value: fold events into it in order. It looks at no clock, so folding a recorded log gives what the live run had.
package struct RunSummary: Sendable, Equatable {
    /// The run's id; empty before the first event.
    package private(set) var run = ""
    /// When the first event was written.
    package private(set) var startedAt: UTCInstant?
    /// Nanoseconds from the beginning to the newest event.
    package private(set) var elapsed: Int64 = 0
    /// The newest event's number.
    package private(set) var lastSequence = 0
    /// How the run began.
    package private(set) var created: RunCreated?
    /// Who answered, as last told.
    package private(set) var target: TargetIdentified?
    /// What it is judged by.
    package private(set) var policy: PolicyLoaded?
    /// How much of the catalogue it covers.
    package private(set) var scope = Scope()
    /// What the plan leaves out.
    package private(set) var excluded: [ExcludedCheck] = []
    /// Every planned check, in plan order.
    package private(set) var checks: [CheckRecord] = []
    /// Rounds begun.
    package private(set) var rounds = 0
    /// Why the newest round was begun; nil for the first.
    package private(set) var roundReason: String?
    /// What the gate says; before its first word, hold without reasons.
    package private(set) var decision = GateDecision(
        verdict: .hold, reasons: [], coverage: Coverage(required: 0, verified: 0))
    /// Changes on the target that are registered and neither undone nor given up.
    package private(set) var openEffects: [EffectRecord] = []
    /// Changes on the target that could not be taken back.
    package var failedUndos: [EffectRecord] { disturbances.map(\.effect) }
    /// The same with the checks that made them, in the order that they failed.
    package private(set) var disturbances: [Disturbance] = []
    /// What operators did, oldest first.
    package private(set) var actions: [OperatorAction] = []
    /// Set while the run is being ended before its time.
    package private(set) var cancelling: RunCancelling?
    /// The last event, once it is there.
    package private(set) var finished: RunFinished?

    private var places: [CheckID: Int] = [:]
    private var announced = 0
    private var finishes = 0
    /// Finishes beyond the first of a check in its round.
    private var surplus = 0

    /// The summary of no events.
    package init() {}

    /// The sum of a whole recorded sequence.
    package init(folding events: some Sequence<ValidationEvent>) {
        for event in events { fold(event) }
    }

    /// Takes one more event into account. Events must come in order.
    package mutating func fold(_ event: ValidationEvent) {
        if startedAt == nil {
            run = event.run
            startedAt = event.time
        }
        elapsed = max(elapsed, event.monotonic)
        lastSequence = event.sequence
        switch event.body {
        case .runCreated(let payload): created = payload
        case .targetIdentified(let payload): target = payload
        case .policyLoaded(let payload): policy = payload
        case .planAnnounced(let payload): announce(payload)
        case .roundStarted(let payload): begin(payload)
        case .effectRegistered(let payload): openEffects.append(payload)
        case .effectUndone(let payload): openEffects.removeAll { $0.effectID == payload.effectID }
        case .effectUndoFailed(let payload):
            openEffects.removeAll { $0.effectID == payload.effectID }
            disturbances.append(Disturbance(check: event.check, effect: payload))
        case .gateChanged(let payload): decision = payload.decision
        case .operatorAction(let payload): actions.append(payload)
        case .runCancelling(let payload): cancelling = payload
        case .runFinished(let payload):
            finished = payload
            decision = payload.decision
            // A check that was announced and has no outcome holds, whatever the log's last word says.
            if missing != 0 || payload.missing != 0 { decision.holdBack(for: .notFinished) }
        default:
            if let id = event.check, let place = places[id] { foldCheck(event, at: place) }
        }
    }

    /// Puts a decision in the place of the gate's last word: for a log that was never closed, whose last word may be
    /// older than its last result. A closed run's stands.
    package mutating func decide(_ decision: GateDecision) {
        if finished == nil { self.decision = decision }
    }

    /// The record of a planned check; nil for one that is not planned.
    package subscript(id: CheckID) -> CheckRecord? { places[id].map { checks[$0] } }

    /// Checks named by rounds without exactly one finish, so far. 0 at the end of a complete run.
    package var missing: Int { announced - finishes + 2 * surplus }

    /// Checks named by rounds, all rounds together.
    package var announcedInAll: Int { announced }

    /// How many planned checks have their outcome for the newest round that names them.
    package var finishedCount: Int { checks.count { $0.state == .finished } }

    /// Whether every planned check has an outcome.
    package var isSettled: Bool { !checks.isEmpty && checks.allSatisfy { $0.state == .finished } }

    /// How many checks ended in each way; what is not in a finished state is in none of them.
    package var counts: OutcomeCounts {
        var counts = OutcomeCounts(announced: checks.count, notSelected: excluded.count)
        for check in checks { if let word = check.outcome { counts.add(word) } }
        return counts
    }

    /// Validators in plan order, each with the places of its checks in `checks`.
    package var validators: [ValidatorRecord] {
        var order: [String] = []
        var groups: [String: [CheckRecord]] = [:]
        for check in checks {
            let name = check.id.validator
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(check)
        }
        return order.map { ValidatorRecord(name: $0, checks: groups[$0] ?? []) }
    }

    /// The smallest set of checks that would have to turn green for the verdict to become go: those behind the verdict's
    /// reasons that are red or unknown by themselves, in plan order.
    package var blockers: [CheckID] {
        var roots: Set<CheckID> = []
        // What a check left behind is not mended by turning it green: it may be green already.
        for reason in decision.reasons where reason.rule != .targetDisturbed {
            guard let id = reason.check, let record = self[id] else { continue }
            roots.insert(record.outcome == .blocked ? record.rootCause ?? id : id)
        }
        return checks.map(\.id).filter(roots.contains)
    }

    /// The checks behind the verdict's reasons that nobody has looked at yet, because a blocker holds them up. They have
    /// to pass as well, and nobody knows what they will find.
    package var heldUp: [CheckID] {
        let named = Set(decision.reasons.filter { $0.rule != .targetDisturbed }.compactMap(\.check))
        let roots = Set(blockers)
        return checks.filter { $0.outcome == .blocked && named.contains($0.id) && !roots.contains($0.id) }.map(\.id)
    }

    // MARK: - Folding

    private mutating func announce(_ plan: PlanAnnounced) {
        scope = plan.scope
        excluded = plan.excluded
        checks = plan.checks.map { CheckRecord(plan: $0) }
        for (place, check) in checks.enumerated() { places[check.id] = place }
        rounds = 1
        announced = checks.count
    }

    private mutating func begin(_ round: RoundStarted) {
        rounds += 1
        roundReason = round.why
        announced += round.checks.count
        for id in round.checks { if let place = places[id] { checks[place].begin(round: rounds) } }
    }

    private mutating func foldCheck(_ event: ValidationEvent, at place: Int) {
        if case .checkFinished = event.body {
            if checks[place].state == .finished { surplus += 1 } else { finishes += 1 }
        }
        checks[place].fold(event)
    }
}

/// How many checks ended in each way.
package struct OutcomeCounts: Sendable, Equatable {
    /// Checks of the plan.
    package var announced: Int
    /// Checks that the plan leaves out.
    package var notSelected: Int
    private var words: [Outcome.Word: Int] = [:]

    fileprivate init(announced: Int, notSelected: Int) {
        self.announced = announced
        self.notSelected = notSelected
    }

    fileprivate mutating func add(_ word: Outcome.Word) { words[word, default: 0] += 1 }

    /// How many ended so.
    package subscript(word: Outcome.Word) -> Int { word == .notSelected ? notSelected : words[word, default: 0] }
}

/// A validator's checks and what they add up to.
package struct ValidatorRecord: Sendable, Equatable {
    /// The validator's name.
    package var name: String
    /// In plan order.
    package var checks: [CheckRecord]

    /// The worst outcome so far; nil before any.
    package var worst: Outcome.Word? {
        checks.compactMap(\.outcome).filter { $0.badness != nil }.max { ($0.badness ?? 0) < ($1.badness ?? 0) }
    }

    /// How many have finished.
    package var finished: Int { checks.count { $0.state == .finished } }

    /// How many of them ended so.
    package func count(_ word: Outcome.Word) -> Int { checks.count { $0.outcome == word } }

    /// Whether something runs.
    package var isRunning: Bool { checks.contains { $0.state == .running || $0.state == .cancelling } }
}
