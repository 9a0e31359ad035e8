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
    /// The desk's home: the one asked for, or one in the run's folder. Of no other target.
    let deskHome: String

    private let folders: StateFolders

    /// Reads the configuration, settles the selection and begins the log. Nothing is started yet.
    ///
    /// - Throws: `CommandFailure` for whatever the operator has to put right first.
    init(_ request: RunRequest) throws(CommandFailure) {
        self.request = request
        let folders = StateFolders()
        let file = try TargetLibrary.profile(
            request.target ?? TargetLibrary.practice, repository: request.repository, folders)
        profile = file.profile
        configuration = try RunConfiguration(
            criteriaFile: request.criteria, policyFile: request.policy, target: file)
        if !profile.isPracticeDesk, let option = request.deskOption {
            throw CommandFailure(.usage, "\(option) is for the practice desk; the target is \(profile.id)")
        }
        try FaultNames.check(request.faults)
        let plan = try configuration.plan(request.selection, probes: .offline)
        if request.requiresFull, !plan.scope.full {
            throw CommandFailure(
                .usage, "--require-full: the selection is partial (\(plan.scope.why.joined(separator: ", ")))")
        }
        if let home = request.deskHome, !FileManager.default.fileExists(atPath: "\(home)/home.json") {
            let command = "holdpoint desk init --home \(ShellWord.quoted(home))"
            throw CommandFailure(
                .usage,
                "--desk-home: there is no practice desk's home in \(SafeText.line(home)); make one with: \(command)")
        }
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

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - closesWhenSettled: headless yes; in the console the operator closes the run.
    ///   - progress: what is being done while that takes time.
    ///   - started: gets the engine as soon as it can be asked for something.
    /// - Throws: `CommandFailure` when there is no desk to run against.
    func run(
        closesWhenSettled: Bool, progress: @escaping @Sendable (String) -> Void,
        started: @escaping @Sendable (RunEngine) -> Void
    ) async throws -> Ended {
        guard profile.isPracticeDesk else {
            let target = try await connectService()
            return try await run(against: target, closesWhenSettled: closesWhenSettled, started: started)
        }
        let desk = DeskProcess.Request(
            home: deskHome, faults: request.faults, ledger: request.ledger, seed: request.seed, progress: progress)
        let ended = try await DeskProcess.with(desk) { record in
            let desk = DeskTarget.connect(record: record, digest: HexDigest.sha256)
            return try await run(
                against: ConnectedTarget(desk, environment: profile.environment), closesWhenSettled: closesWhenSettled,
                started: started)
        }
        if request.deskHome == nil { folder.tidy(keepingHome: ended.summary.decision.verdict > .goWithConditions) }
        return ended
    }

    private func connectService() async throws -> ConnectedTarget {
        // Read and checked, and not looked at yet: better no run than one that seems to have looked.
        let unseen = [("instances", !profile.instances.isEmpty), ("log", profile.log != nil)].filter(\.1).map(\.0)
        guard unseen.isEmpty else {
            throw CommandFailure(
                .configuration,
                "\(profile.path): this version does not look at \(unseen.joined(separator: " and ")) yet; "
                    + "take the key out to run without it")
        }
        do throws(ProbeError) {
            return ConnectedTarget(
                try await ServiceTarget.connect(
                    profile, runbook: ProfileRunbook.commands(for: profile), environment: OwnEnvironment.value), profile
            )
        } catch {
            throw CommandFailure(.configuration, "the target \(profile.id) cannot be looked at: \(error.detail)")
        }
    }

    private func run(
        against target: ConnectedTarget, closesWhenSettled: Bool, started: @Sendable (RunEngine) -> Void
    ) async throws -> Ended {
        let identification = TargetIdentification(target: target)
        let plan = try configuration.plan(request.selection, probes: target.probes)
        let history = DurationHistory.read(path: folders.durations)
        var notes = history.warning.map { [$0] } ?? []
        let mode = request.selection.mode
        let engine = RunEngine(
            plan: plan,
            setup: EngineSetup(
                log: log, evidence: EvidenceStore(folder: folder.path, clock: clock), criteria: configuration.criteria,
                policy: configuration.policy,
                interlock: TargetInterlock(target),
                compensator: TargetCompensator(target.probes, clock: clock),
                journal: UndoJournal(
                    folder: folder.path,
                    header: UndoJournal.Header(
                        run: folder.run,
                        target: recoveryHeader,
                        log: folder.logPath, createdAt: clock.wall)),
                reachability: EndpointReachability(reachability: target.reachability),
                identify: { await identification.identify() }, noise: ProcNoiseMeter(), clock: clock,
                machineLock: MachineLock(folder: folders.runtime),
                targetLocks: TargetLocks(
                    folder: folders.runtime, run: folder.run, target: lockKey),
                budget: request.budget,
                predictions: history.history.predictions(for: mode), closesWhenSettled: closesWhenSettled,
                operatorName: HostFacts.userName()))
        started(engine)
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
            ? RecoveryTarget.header(home: deskHome, isOwn: request.deskHome == nil)
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
