import Engine
import FoundationEssentials
import Glibc
import Probes
import Profile
import Readiness
import Validators

/// One run against the practice desk, from configuration to the closed log. Shared by the console and the headless run.
struct RunSession: Sendable {
    let request: RunRequest
    let configuration: RunConfiguration
    let folder: RunFolder
    let log: RunLog
    let clock: any RunClock
    /// What is looked at.
    let profile: TargetProfile
    /// What the profile looks at beside Holdpoint's own checks.
    let own: OwnChecks
    /// What whoever runs this should know of the target's profile; nil for nothing.
    let notice: String?
    /// The desk's home: the one asked for, or one in the run's folder. Of no other target.
    let deskHome: String

    private let folders: StateFolders

    /// Reads the configuration, settles the selection and begins the log. Nothing is started yet.
    ///
    /// - Throws: `CommandFailure` for whatever the operator has to put right first.
    init(_ request: RunRequest) throws(CommandFailure) {
        self.request = request
        let folders = StateFolders()
        let given = JudgementFiles.Given(criteria: request.criteria, policy: request.policy)
        let target = try TargetLibrary.load(
            request.target ?? TargetLibrary.practice, repository: request.repository, folders, judgedBy: given)
        profile = target.file.profile
        own = try RunConfiguration.ownChecks(of: target.file, seed: request.seed ?? 0, judgedBy: given)
        var configuration = try RunConfiguration(
            criteriaFile: request.criteria, policyFile: request.policy, target: target.file, own: own)
        notice = target.notice
        if let notice { configuration.loaded.warnings.append(notice) }
        self.configuration = configuration
        try request.check(against: profile)
        let plan = try configuration.plan(request.selection, probes: .offline, own: own.offline)
        if request.requiresFull, !plan.scope.full {
            throw CommandFailure(
                .usage, "--require-full: the selection is partial (\(plan.scope.why.joined(separator: ", ")))")
        }
        if let home = request.deskHome { try DeskRoom.requireHome(home) }
        clock = SystemClock()
        self.folders = folders
        folder = try RunFolder(in: folders, at: clock.wall, log: request.log)
        log = try folder.beginLog(clock: clock)
        deskHome = request.deskHome ?? folder.deskHome
    }

    /// What a finished run leaves for the one who asked for it.
    struct Ended: Sendable {
        var summary: RunSummary
        /// Why the log is not whole; nil when it is.
        var trouble: LogTrouble?
        /// What else somebody should know: figures for the next run's prediction that cannot be used or kept.
        var notes: [String] = []
    }

    /// What the run would do, seen without changing anything. The target is connected to for this alone.
    ///
    /// - Parameter tell: told of each question of the look, on any thread.
    /// - Throws: `CommandFailure` where it cannot be looked at.
    func preflight(telling tell: @escaping @Sendable (LookStep) -> Void) async throws -> Preflight {
        let visit = try TargetVisit(profile, own.secrets, deskHome: nil, folders)
        let predictions = DurationHistory.read(path: folders.durations).history.predictions(for: request.selection.mode)
        let argument = request.target ?? TargetLibrary.practice
        return try await visit.with(progress: { _ in }) { target in
            try await TargetLook(target, profile, configuration, own, telling: tell).preflight(
                request.selection, argument: argument, predictions: predictions)
        }
    }

    /// Removes what was made for a run that is not to begin. A log that was asked for elsewhere stays, empty.
    func discard() { folder.remove() }

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - checks: what the operator has left of the selection; nil: all of it.
    ///   - closesWhenSettled: headless yes; in the console the operator closes the run.
    ///   - progress: what is being done while that takes time.
    ///   - started: gets the engine as soon as it can be asked for something, and the target.
    /// - Throws: `CommandFailure` when there is no desk to run against.
    func run(
        _ checks: [CheckID]? = nil, closesWhenSettled: Bool, progress: @escaping @Sendable (String) -> Void,
        started: @escaping @Sendable (RunEngine, ConnectedTarget) -> Void
    ) async throws -> Ended {
        let selection = if let checks { try narrowed(to: checks) } else { request.selection }
        guard profile.isPracticeDesk else {
            let target = try await ConnectedTarget.service(profile, own.secrets)
            return try await run(selection, against: target, closesWhenSettled: closesWhenSettled, started: started)
        }
        let desk = DeskProcess.Request(
            home: deskHome, faults: request.faults, ledger: request.ledger, seed: request.seed, progress: progress)
        let ended = try await DeskProcess.with(desk) { record in
            let desk = DeskTarget.connect(record: record, digest: HexDigest.sha256)
            return try await run(
                selection, against: .desk(desk, profile, own.secrets), closesWhenSettled: closesWhenSettled,
                started: started)
        }
        if request.deskHome == nil { folder.tidy(keepingHome: ended.summary.decision.verdict > .goWithConditions) }
        return ended
    }

    /// The selection with some of its checks left out.
    private func narrowed(to checks: [CheckID]) throws(CommandFailure) -> Selection {
        guard !request.requiresFull else {
            throw CommandFailure(.usage, "--require-full: checks were left out before the start")
        }
        let planned = try configuration.plan(request.selection, probes: .offline, own: own.offline).steps.count
        return Selection(
            mode: request.selection.mode, checks: checks.map(\.description),
            why: "pre-flight=\(checks.count) of \(planned) checks")
    }

    private func run(
        _ selection: Selection, against target: ConnectedTarget, closesWhenSettled: Bool,
        started: @Sendable (RunEngine, ConnectedTarget) -> Void
    ) async throws -> Ended {
        let identification = TargetIdentification(target: target)
        let plan = try configuration.plan(
            selection, probes: target.probes, own: try own.validators(target.own))
        let history = DurationHistory.read(path: folders.durations)
        var notes = history.warning.map { [$0] } ?? []
        let mode = selection.mode
        let targetLocks = TargetLocks(folder: folders.runtime, run: folder.run, target: lockKey)
        defer { targetLocks.finish(targetIsGone: profile.isPracticeDesk && request.deskHome == nil) }
        let engine = RunEngine(
            plan: plan,
            setup: EngineSetup(
                log: log, evidence: EvidenceStore(folder: folder.path, clock: clock), criteria: configuration.criteria,
                policy: configuration.policy,
                interlock: TargetInterlock(target),
                compensator: TargetCompensator(target.probes, clock: clock, commands: target.own.commands),
                journal: UndoJournal(
                    folder: folder.path,
                    header: UndoJournal.Header(
                        run: folder.run,
                        target: recoveryHeader,
                        log: folder.logPath, createdAt: clock.wall)),
                reachability: EndpointReachability(reachability: target.reachability),
                identify: { await identification.identify() }, noise: ProcNoiseMeter(), clock: clock,
                machineLock: MachineLock(folder: folders.runtime),
                targetLocks: targetLocks,
                budget: request.budget,
                predictions: history.history.predictions(for: mode), closesWhenSettled: closesWhenSettled,
                operatorName: HostFacts.userName()))
        started(engine, target)
        let opening = RunCreated(
            engine: "holdpoint \(Holdpoint.version)", arguments: request.arguments, mode: request.selection.mode,
            seed: request.seed ?? 0, operatorName: HostFacts.userName(), host: HostFacts.read())
        do throws(PlanError) {
            let summary = try await engine.run(opening: opening, policy: configuration.loaded)
            await target.close()
            if request.faults.isEmpty, let note = keepDurations(of: summary) { notes.append(note) }
            do throws(LogTrouble) { try await log.close() } catch {
                return Ended(summary: summary, trouble: error, notes: notes)
            }
            return Ended(summary: summary, notes: notes)
        } catch {
            await target.close()
            throw CommandFailure(error)
        }
    }

    /// How `recover` finds the target again.
    private var recoveryHeader: [String: String] {
        profile.isPracticeDesk
            ? RecoveryTarget.header(home: deskHome, isOwn: request.deskHome == nil, profile: profile)
            : RecoveryTarget.header(profile: profile, repository: request.repository)
    }

    /// What two runs against one target have in common.
    private var lockKey: String {
        profile.isPracticeDesk
            ? URL(filePath: deskHome).resolvingSymlinksInPath().path : "\(profile.folder)/\(profile.id)"
    }

    /// Keeps what this run measured, for the next one's prediction. Read again first: another run may have ended since.
    private func keepDurations(of summary: RunSummary) -> String? {
        var (history, _) = DurationHistory.read(path: folders.durations)
        history.add(summary)
        do throws(FileTrouble) { try history.write(to: folders.durations) } catch {
            return "the measured durations cannot be kept: \(error)"
        }
        return nil
    }
}
