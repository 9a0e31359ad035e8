import Readiness

/// Owns everything that a run's log tells: takes messages one by one and says what happened.
///
/// A value that one task holds: no locks, no awaiting between a message and its events, so that what the log shows is
/// what was decided, in that order.
struct Dispatcher {
    private let plan: RunPlan
    private let setup: EngineSetup
    private let inbox: Inbox
    private let graph: DependencyGraph
    private let places: [CheckID: Int]
    private var schedule: Schedule
    private var executions: [CheckID: Execution] = [:]
    /// Checks that the schedule has started and that wait for the machine's lock, which another run holds.
    private var waitingForMachine: [CheckID] = []
    /// Why the machine's lock cannot be used, once that has been found out.
    private var machineTrouble: String?
    private var jobs: [Job] = []
    /// Since when a check has been held up by a lock.
    private var lockWaits: [CheckID: Duration] = [:]
    private var mustBeDurable = false
    private var round = 0
    private var isTicking = false
    private var effects = 0
    /// What later rounds were asked for, as they were asked.
    private var wantedReruns: Set<CheckID> = []
    /// Endpoints that a check of this round could not reach, and whether they have been looked at since.
    private var lost: [Endpoint: LostState] = [:]
    private var isClosing = false
    private var skipsGrace = false
    private var isGateDirty = true
    private(set) var isClosed = false
    /// What the log adds up to so far.
    private(set) var summary = RunSummary()

    private enum LostState { case lookingAtIt, gone, there }

    /// How often time is looked at while something runs.
    private static let tickInterval = Duration.milliseconds(50)
    /// How long taking back may last, all effects of a check together.
    private static let undoLimit = Duration.seconds(3)

    init(plan: RunPlan, graph: DependencyGraph, setup: EngineSetup, inbox: Inbox) {
        self.plan = plan
        self.graph = graph
        self.setup = setup
        self.inbox = inbox
        places = Dictionary(uniqueKeysWithValues: plan.steps.enumerated().map { ($1.check.definition.id, $0) })
        schedule = Schedule(plan.steps.map(\.check.definition), graph: graph, width: setup.width)
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
        tell(.runCreated(opening))
        tell(.policyLoaded(policy))
        tell(.planAnnounced(plan.announcement))
        if let identify = setup.identify {
            jobs.append(Job { [inbox] in inbox.post(.identified(await identify())) })
        }
        begin(plan.steps.map(\.check.definition.id))
    }

    /// Takes the next message and does what follows from it.
    mutating func take(_ message: DispatchMessage) {
        switch message {
        case .report(let ticket, let body):
            if executions[ticket.check]?.ticket == ticket, executions[ticket.check]?.isLeftBehind == false {
                tell(body, of: ticket.check)
            }
        case .register(let ticket, let effect, let undo, let reply):
            reply.resume(returning: register(effect, undo: undo, for: ticket))
        case .ended(let ticket, let result): end(ticket, result)
        case .undone(let ticket, let results): settleEffects(of: ticket, results)
        case .lookedAt(let endpoint, let isThere):
            lost[endpoint] = isThere ? .there : .gone
            schedule.release(endpoint, isLost: !isThere)
        case .identified(let identity): tell(.targetIdentified(identity))
        case .command(let command): obey(command)
        case .signal(let number): obey(signal: number)
        case .tick:
            isTicking = false
            lookAtTheClock()
        }
        goOn()
    }

    // MARK: - Rounds

    private mutating func begin(_ ids: [CheckID]) {
        round += 1
        lost = [:]
        for id in ids { tell(.checkQueued, of: id) }
        schedule.begin(ids)
        isGateDirty = true
        goOn()
    }

    /// Starts what may start, and closes the round and the run when there is nothing left.
    private mutating func goOn() {
        for decision in schedule.decide() {
            switch decision {
            case .start(let id): start(id)
            case .block(let id, let blocking): tellBlocked(id, blocking)
            case .wait(let id, let waiting):
                if waiting.on == "lock", lockWaits[id] == nil { lockWaits[id] = setup.clock.now }
                tell(.checkWaiting(waiting), of: id)
            }
        }
        retryMachineLock()
        updateGate()
        if schedule.isIdle && executions.isEmpty { endRound() } else { keepTicking() }
    }

    private mutating func endRound() {
        giveMachineUp()
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

    // MARK: - Bodies

    private mutating func start(_ id: CheckID) {
        guard mayStartOnThisMachine(id) else {
            waitingForMachine.append(id)
            if lockWaits[id] == nil { lockWaits[id] = setup.clock.now }
            tell(.checkWaiting(CheckWaiting(on: "lock", names: ["machine.quiet, held by another run"])), of: id)
            return
        }
        guard let place = places[id] else { return }
        let check = plan.steps[place].check
        let definition = check.definition
        let ticket = CheckTicket(check: id, round: round)
        let waited = lockWaits.removeValue(forKey: id).map { (setup.clock.now - $0).milliseconds } ?? 0
        for lock in definition.locks { tell(.lockAcquired(LockChange(name: lock, waitedMs: waited)), of: id) }
        tell(.checkStarted(CheckStarted(attempt: 1)), of: id)
        let channel = CheckChannel(
            ticket: ticket, place: place + 1, inbox: inbox, store: setup.evidence, log: setup.log, clock: setup.clock)
        let context = CollectContext(
            criteria: setup.criteria, mode: plan.mode, evidence: channel, reporter: channel, effects: channel,
            noise: setup.noise, clock: setup.clock, token: "hp-\(setup.log.run.suffix(10))-\(round)-\(place + 1)-")
        if let machineTrouble, definition.locks.contains(.machineQuiet) {
            channel.log("\(machineTrouble): other runs on this host may disturb the figures")
        }
        let task = TimeLimit.start { [inbox, interlock = setup.interlock] in
            let result = await CheckBody.run(check, in: context, interlock: interlock)
            channel.flush()
            for measurement in result.measurements { inbox.post(.report(ticket, .checkMeasurement(measurement))) }
            for finding in result.findings { inbox.post(.report(ticket, .checkFinding(finding))) }
            inbox.post(.ended(ticket, result))
        }
        executions[id] = Execution(ticket: ticket, definition: definition, task: task, startedAt: setup.clock.now)
    }

    private mutating func end(_ ticket: CheckTicket, _ result: BodyResult) {
        guard var execution = executions[ticket.check], execution.ticket == ticket, !execution.isLeftBehind else {
            return
        }
        execution.end(with: result)
        executions[ticket.check] = execution
        if let endpoint = result.unreachable, !execution.definition.isReachability { lookAt(endpoint) }
        takeBack(ticket)
    }

    /// Takes back what a check changed, then lets it finish.
    private mutating func takeBack(_ ticket: CheckTicket) {
        guard let execution = executions[ticket.check] else { return }
        if execution.effects.isEmpty { return finish(ticket) }
        let effects = Array(execution.effects.reversed())
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                var results: [(id: String, trouble: String?)] = []
                let deadline = clock.now + Self.undoLimit
                for effect in effects {
                    let left = max(.milliseconds(200), deadline - clock.now)
                    let undone = await TimeLimit.race(left, on: clock) { () -> String? in
                        do throws(ProbeError) { try await effect.undo.action() } catch { return error.description }
                        return nil
                    }
                    results.append(
                        (effect.record.effectID, undone ?? "it took longer than \(DurationText.short(left))"))
                }
                inbox.post(.undone(ticket, results))
            })
    }

    private mutating func settleEffects(of ticket: CheckTicket, _ results: [(id: String, trouble: String?)]) {
        guard let execution = executions[ticket.check], execution.ticket == ticket else { return }
        for (id, trouble) in results {
            guard var record = execution.effects.first(where: { $0.record.effectID == id })?.record else { continue }
            record.detail = trouble
            tell(trouble == nil ? .effectUndone(record) : .effectUndoFailed(record), of: ticket.check)
            if trouble != nil { isGateDirty = true }
        }
        finish(ticket)
    }

    private mutating func finish(_ ticket: CheckTicket) {
        let id = ticket.check
        guard let execution = executions.removeValue(forKey: id) else { return }
        let result = execution.result
        for lock in execution.definition.locks { tell(.lockReleased(LockChange(name: lock)), of: id) }
        var rootCause: CheckID?
        if let endpoint = result.unreachable, !execution.definition.isReachability {
            rootCause = endpoint.reachabilityCheck
        }
        tellFinished(
            id,
            CheckFinished(
                outcome: result.outcome.word, reason: result.outcome.reason, message: result.message,
                grade: result.grade,
                attempts: 1, durationMs: (setup.clock.now - execution.startedAt).milliseconds, rootCause: rootCause,
                remediation: result.remediation))
        schedule.finish(id, result.outcome.word, rootCause: rootCause)
    }

    private mutating func register(_ effect: EffectDescription, undo: Undo, for ticket: CheckTicket) -> Bool {
        guard executions[ticket.check]?.ticket == ticket, let execution = executions[ticket.check], execution.isAtWork,
            effect.effectClass <= execution.definition.effects
        else { return false }
        effects += 1
        let record = EffectRecord(
            effectID: "f\(effects)", effectClass: effect.effectClass, description: effect.description,
            compensation: effect.compensation)
        tell(.effectRegistered(record), of: ticket.check)
        executions[ticket.check]?.effects.append((record, undo))
        return true
    }

    // MARK: - Time

    private mutating func keepTicking() {
        guard !isTicking, !executions.isEmpty || !waitingForMachine.isEmpty else { return }
        isTicking = true
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                // A tick that comes early because everything is being cancelled does no harm.
                do throws(ProbeError) { try await clock.sleep(for: Self.tickInterval) } catch {}
                inbox.post(.tick)
            })
    }

    private mutating func lookAtTheClock() {
        let now = setup.clock.now
        for id in executions.keys.sorted() {
            guard let action = executions[id]?.limits.check(at: now, skippingGrace: skipsGrace) else { continue }
            switch action {
            case .slow(let elapsed, let left):
                tell(.checkSlow(CheckSlow(elapsedMs: elapsed.milliseconds, hardInMs: left.milliseconds)), of: id)
            case .overrun: executions[id]?.cancel(because: .hardLimit, at: now)
            case .leaveBehind: leaveBehind(id)
            }
        }
    }

    private mutating func leaveBehind(_ id: CheckID) {
        guard let execution = executions[id] else { return }
        executions[id]?.leaveBehind()
        takeBack(execution.ticket)
    }

    // MARK: - Reachability

    private mutating func lookAt(_ endpoint: Endpoint) {
        guard lost[endpoint] == nil else { return }
        lost[endpoint] = .lookingAtIt
        schedule.hold(endpoint)
        let reachability = setup.reachability
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                let isThere = await TimeLimit.race(.seconds(2), on: clock) { await reachability.isReachable(endpoint) }
                inbox.post(.lookedAt(endpoint, isThere: isThere ?? false))
            })
    }

    // MARK: - Commands

    private mutating func obey(_ command: OperatorCommand) {
        guard !isClosed else { return }
        switch command {
        case .cancel(let id):
            act("cancel", id.description)
            cancel([id])
        case .cancelAll:
            act("cancel", "all")
            tell(.runCancelling(RunCancelling(phase: "cooperative", why: "operator")))
            cancelEverything()
        case .rerun(let id):
            act("rerun", id.description)
            rerun([id])
        case .rerunFailed:
            act("rerun", "failed")
            rerun(Set(summary.checks.filter(\.needsAttention).map(\.id)))
        case .rerunValidator(let name):
            act("rerun", "validator \(name)")
            rerun(Set(summary.checks.map(\.id).filter { $0.validator == name }))
        case .note(let action, let object): act(action, object)
        case .quit:
            act("quit", "run")
            isClosing = true
            if !schedule.isIdle { tell(.runCancelling(RunCancelling(phase: "cooperative", why: "operator"))) }
            cancelEverything()
        }
    }

    private mutating func obey(signal number: Int32) {
        guard !isClosed else { return }
        tell(.runCancelling(RunCancelling(phase: isClosing ? "kill" : "cooperative", why: "signal \(number)")))
        skipsGrace = isClosing
        isClosing = true
        cancelEverything()
        if skipsGrace { lookAtTheClock() }
    }

    private mutating func act(_ action: String, _ object: String) {
        tell(.operatorAction(OperatorAction(action: action, object: object, operatorName: setup.operatorName)))
    }

    private mutating func cancelEverything() {
        wantedReruns = []
        cancel(schedule.pendingChecks + schedule.runningChecks)
    }

    private mutating func cancel(_ ids: [CheckID]) {
        // Those that have not started first: ending a running one must not start another that is to be ended too.
        for id in ids where waitingForMachine.contains(id) {
            waitingForMachine.removeAll { $0 == id }
            tellFinished(id, .notRun(.cancelled, message: "cancelled before it started"))
            schedule.finish(id, .cancelled)
        }
        for id in schedule.cancel(ids) {
            tellFinished(id, .notRun(.cancelled, message: "cancelled before it started"))
        }
        let now = setup.clock.now
        for id in ids { executions[id]?.cancel(because: .asked, at: now) }
    }

    /// Asks for a further round: the checks, what depends on them, and for a blocked one the way to its root cause.
    private mutating func rerun(_ ids: Set<CheckID>) {
        var wanted = ids
        for id in ids {
            guard let record = summary[id], record.outcome == .blocked, let root = record.rootCause else { continue }
            let path = graph.closureOfRequirements(of: [id]).intersection(graph.closureOfDependants(of: [root]))
            wanted.formUnion(path.union([root]))
        }
        wanted.formUnion(graph.closureOfDependants(of: wanted))
        wantedReruns.formUnion(wanted.filter { places[$0] != nil })
    }

    // MARK: - The machine's lock

    private mutating func mayStartOnThisMachine(_ id: CheckID) -> Bool {
        guard let lock = setup.machineLock, machineTrouble == nil, let place = places[id] else { return true }
        let wantsItAlone = plan.steps[place].check.definition.locks.contains(.machineQuiet)
        do { return try lock.attempt(wantsItAlone ? .alone : .shared) } catch {
            machineTrouble = error.description
            return true
        }
    }

    private mutating func retryMachineLock() {
        let waiting = waitingForMachine
        waitingForMachine = []
        for id in waiting {
            if mayStartOnThisMachine(id) { start(id) } else { waitingForMachine.append(id) }
        }
        if executions.isEmpty && waitingForMachine.isEmpty { giveMachineUp() }
    }

    private mutating func giveMachineUp() {
        guard let lock = setup.machineLock, machineTrouble == nil else { return }
        lock.withdraw()
        do { _ = try lock.attempt(.none) } catch { machineTrouble = error.description }
    }

    // MARK: - Telling

    private mutating func tell(_ body: EventBody, of check: CheckID? = nil, round: Int? = nil) {
        let ofRound = round ?? (self.round > 0 ? self.round : nil)
        summary.fold(setup.log.append(body, check: check, round: ofRound))
        if body.kind.mustBeDurable { mustBeDurable = true }
        if setup.log.trouble != nil { isGateDirty = true }
    }

    private mutating func tellBlocked(_ id: CheckID, _ blocking: Blocking) {
        let why =
            blocking.blockedBy == blocking.rootCause
            ? "\(blocking.blockedBy) did not end well" : "\(blocking.blockedBy) is held up by \(blocking.rootCause)"
        var finished = CheckFinished.notRun(.blocked, message: why)
        finished.blockedBy = blocking.blockedBy
        finished.rootCause = blocking.rootCause
        tellFinished(id, finished)
    }

    private mutating func tellFinished(_ id: CheckID, _ finished: CheckFinished) {
        if finished.outcome != .pass { isGateDirty = true }
        tell(.checkFinished(finished), of: id)
    }

    private mutating func updateGate() {
        if schedule.isIdle { isGateDirty = true }
        guard isGateDirty else { return }
        isGateDirty = false
        let decision = decide(isLogWhole: setup.log.trouble == nil)
        if decision.verdict != summary.decision.verdict || decision.reasons != summary.decision.reasons
            || summary.decision.coverage.required != decision.coverage.required
            || (schedule.isIdle && decision != summary.decision)
        {
            tell(.gateChanged(GateChanged(decision: decision)))
            isGateDirty = false
        }
    }

    private func decide(isLogWhole: Bool) -> GateDecision {
        Gate.decide(
            summary.checks.map { record in
                Gate.Subject(
                    id: record.id, severity: record.plan.severity, isRequired: record.plan.required,
                    outcome: record.outcome)
            }, policy: setup.policy,
            Gate.Circumstances(isLogWhole: isLogWhole, isTargetDisturbed: !summary.failedUndos.isEmpty))
    }
}

extension CheckFinished {
    /// The end of a check whose body never ran.
    fileprivate static func notRun(_ outcome: Outcome.Word, message: String) -> CheckFinished {
        CheckFinished(outcome: outcome, message: message, grade: .none, attempts: 0, durationMs: 0)
    }
}
