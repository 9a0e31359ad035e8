import Readiness

/// Owns everything that a run's log tells: takes messages one by one and says what happened.
///
/// A value that one task holds: no locks, no awaiting between a message and its events, so that what the log shows is
/// what was decided, in that order. Its state stands here; what it does with it, by topic, in the extensions beside.
struct Dispatcher {
    let plan: RunPlan
    let setup: EngineSetup
    let inbox: Inbox
    let graph: DependencyGraph
    let places: [CheckID: Int]
    /// What fits the run's budget; nil without one.
    let budget: BudgetPlan?
    var schedule: Schedule
    /// Checks that have been started and have not finished.
    var executions: [CheckID: Execution] = [:]
    /// Checks that the schedule has started and that wait for a lock that another run holds, in the order they came.
    var waitingForOthers: [WaitForOthers] = []
    /// Checks that hold locks of the target between processes.
    var holdingTarget: Set<CheckID> = []
    /// Locks that a check has waited for in vain: those that need them later try once and do not wait as long again.
    var givenUpOn: Set<Lock> = []
    /// Why the machine's lock cannot be used, once that has been found out.
    var machineTrouble: String?
    /// The same of the target's.
    var targetTrouble: String?
    /// What is to be done beside the dispatcher.
    var jobs: [Job] = []
    /// Since when a check has been held up by a lock.
    var lockWaits: [CheckID: Duration] = [:]
    var mustBeDurable = false
    var round = 0
    /// When the run's budget is used up, on the run's clock; nil without one.
    var deadline: Duration?
    var isTicking = false
    /// Effects registered so far: what their ids are counted by.
    var effects = 0
    /// What later rounds were asked for, as they were asked.
    var wantedReruns: Set<CheckID> = []
    /// Endpoints that a check of this round could not reach, and whether they have been looked at since.
    var lost: [Endpoint: LostState] = [:]
    /// Endpoints that something else was met at while they were being looked at: to be looked at once more.
    var looksAgain: Set<Endpoint> = []
    var isClosing = false
    var skipsGrace = false
    var isGateDirty = true
    private(set) var isClosed = false
    /// What the log adds up to so far.
    var summary = RunSummary()

    enum LostState { case lookingAtIt, gone, there }

    init(plan: RunPlan, graph: DependencyGraph, setup: EngineSetup, inbox: Inbox) {
        self.plan = plan
        self.graph = graph
        self.setup = setup
        self.inbox = inbox
        places = Dictionary(uniqueKeysWithValues: plan.steps.enumerated().map { ($1.check.definition.id, $0) })
        let definitions = plan.steps.map(\.check.definition)
        budget = setup.budget.map {
            BudgetPlan(
                definitions, graph: graph, width: setup.width, predictions: setup.predictions, budget: $0)
        }
        schedule = Schedule(definitions, graph: graph, width: setup.width, predictions: setup.predictions)
    }

    /// What is to be done beside the dispatcher since the last call.
    mutating func takeJobs() -> [Job] {
        defer { jobs = [] }
        return jobs
    }

    /// Whether something has been told since the last call that must be on disk before anything follows from it.
    mutating func takeDurabilityDemand() -> Bool {
        defer { mustBeDurable = false }
        return mustBeDurable
    }

    /// Writes the first events and begins round 1.
    mutating func open(_ opening: RunCreated, policy: PolicyLoaded) {
        var opening = opening
        opening.budgetMs = setup.budget?.milliseconds
        var policy = policy
        policy.failOnSeverity = setup.policy.failOnSeverity
        deadline = setup.budget.map { setup.clock.now + $0 }
        tell(.runCreated(opening))
        tell(.policyLoaded(policy))
        tell(.planAnnounced(plan.announcement(predicting: setup.predictions, within: budget)))
        if let identify = setup.identify {
            jobs.append(Job { [inbox] in inbox.post(.identified(await identify())) })
        }
        begin(plan.steps.map(\.check.definition.id))
    }

    /// Takes the next message and does what follows from it.
    mutating func take(_ message: DispatchMessage) {
        switch message {
        case .report(let ticket, let body):
            if let attempt = attempt(of: ticket), !attempt.isLeftBehind { tell(body, of: ticket.check) }
        case .register(let ticket, let effect, let reply): reply.resume(returning: register(effect, for: ticket))
        case .ended(let ticket, let result): end(ticket, result)
        case .undone(let ticket, let result): tellUndone(result, of: ticket)
        case .settled(let ticket): conclude(ticket)
        case .again(let ticket): tryAgain(ticket)
        case .lookedAt(let endpoint, let isThere): settleLook(at: endpoint, isThere: isThere)
        case .identified(let identity): tell(.targetIdentified(identity))
        case .command(let command): obey(command)
        case .signal(let number): obey(signal: number)
        case .tick:
            isTicking = false
            lookAtTheClock()
        }
        goOn()
    }

    /// The attempt that a message is from, if that is still the newest one of its check.
    func attempt(of ticket: CheckTicket) -> Attempt? {
        guard let execution = executions[ticket.check], execution.ticket == ticket, !execution.isBackingOff else {
            return nil
        }
        return execution.attempt
    }

    // MARK: - Rounds

    private mutating func begin(_ ids: [CheckID]) {
        round += 1
        lost = [:]
        looksAgain = []
        for id in ids { tell(.checkQueued, of: id) }
        schedule.begin(ids)
        isGateDirty = true
        if round == 1 { leaveOutWhatDoesNotFit() }
        goOn()
    }

    /// Starts what may start, and closes the round and the run when there is nothing left.
    private mutating func goOn() {
        var decisions = schedule.decide()
        repeat {
            for decision in decisions {
                switch decision {
                case .start(let id): start(id)
                case .block(let id, let blocking): tellBlocked(id, blocking)
                case .wait(let id, let waiting):
                    if waiting.on == "lock", lockWaits[id] == nil { lockWaits[id] = setup.clock.now }
                    tell(.checkWaiting(waiting), of: id)
                }
            }
            retryLocksOfOthers()
            // A check that could not be started after all may have made room for another.
            decisions = schedule.decide()
        } while !decisions.isEmpty
        updateGate()
        if schedule.isIdle && executions.isEmpty { endRound() } else { keepTicking() }
    }

    private mutating func endRound() {
        leaveQueues()
        if isClosed || lost.values.contains(.lookingAtIt) { return }
        if !isClosing {
            let gone = lost.filter { $0.value == .gone }.keys.map(\.reachabilityCheck)
            let unseen = gone.filter { summary[$0]?.outcome?.letsDependantsRun ?? false }.sorted()
            if !unseen.isEmpty { return beginNextRound(unseen, why: "target_lost") }
            if !wantedReruns.isEmpty {
                let wanted = wantedReruns
                wantedReruns = []
                return beginNextRound(plan.steps.map(\.check.definition.id).filter(wanted.contains), why: "operator")
            }
        }
        if isClosing || setup.closesWhenSettled { close() }
    }

    private mutating func beginNextRound(_ ids: [CheckID], why: String) {
        tell(.roundStarted(RoundStarted(checks: ids, why: why)), round: round + 1)
        begin(ids)
    }

    private mutating func close() {
        isGateDirty = true
        updateGate()
        let decision = summary.missing == 0 ? summary.decision : decide(isLogWhole: false)
        tell(
            .runFinished(
                RunFinished(
                    decision: decision, announced: summary.announcedInAll, missing: summary.missing,
                    rounds: summary.rounds, durationMs: summary.elapsed / 1_000_000)))
        isClosed = true
    }
}
