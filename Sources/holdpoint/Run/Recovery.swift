import Engine
import FoundationEssentials
import Glibc
import PracticeDesk
import Probes
import Profile
import Readiness
import Validators

/// What runs have left changed, because they were killed or could not take it back, found on disk and taken back.
struct Recovery: Sendable {
    /// A run that left something.
    struct Left: Sendable {
        /// The run's id.
        var run: String
        /// Its undo journal.
        var journal: String
        /// What is left, newest first.
        var pending: UndoJournal.Pending
        /// Whether the run was closed in order, and left something because it could not be taken back; false: killed.
        var hasEnded: Bool
    }

    /// What a look through the runs found.
    struct Finding: Sendable {
        /// Runs with something left, oldest first.
        var left: [Left] = []
        /// Runs that are alive: what they changed they take back themselves.
        var alive: [String] = []
        /// Journals that cannot be read, in words.
        var unreadable: [String] = []
    }

    /// What came of one run.
    struct Ended: Sendable {
        /// Lines for a person.
        var lines: [String]
        /// Whether nothing is left of it.
        var isWhole: Bool
    }

    private let folders: StateFolders
    private let clock = SystemClock()

    init(_ folders: StateFolders) { self.folders = folders }

    /// Looks through the folders of all runs, or of one.
    ///
    /// - Throws: `CommandFailure` (64) for a run that is not there.
    func find(run wanted: String? = nil) throws(CommandFailure) -> Finding {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folders.runs).sorted() } catch {
            // Before the first run there is no folder.
            names = []
        }
        if let wanted, !names.contains(wanted) {
            throw CommandFailure(.usage, "there is no run \(SafeText.line(wanted)) in \(folders.runs)")
        }
        var finding = Finding()
        for run in names where wanted == nil || run == wanted {
            let journal = "\(folders.runs)/\(run)/\(UndoJournal.fileName)"
            guard FileManager.default.fileExists(atPath: journal) else { continue }
            if UndoJournal.isLive(journal) {
                finding.alive.append(run)
                continue
            }
            do throws(UndoJournalError) {
                let pending = try UndoJournal.pending(at: journal)
                if !pending.entries.isEmpty {
                    finding.left.append(
                        Left(
                            run: run, journal: journal, pending: pending,
                            hasEnded: LogEnding.isClosed(pending.header.log)))
                }
            } catch {
                finding.unreadable.append("failed to \(error)")
            }
        }
        return finding
    }

    /// Takes back what a run left. Idempotent.
    func perform(_ left: Left) async -> Ended {
        let target = RecoveryTarget(left.pending.header.target)
        switch await target.settled(clock: clock) {
        case .gone(let profile):
            // A desk of the run's own ended with it, and nobody will use its home again: what was changed is gone. What
            // a child changed may lie elsewhere.
            let secrets = await secrets(of: left, profile.folder)
            let commands = OwnProbes.commands(secrets) { secrets.all }
            return await finish(
                left, with: GoneWithItsTarget(others: TargetCompensator(.offline, clock: clock, commands: commands)),
                note: " (the run's own desk has ended)")
        case .unavailable(let why): return nothing(of: left, "cannot take anything back: \(why)")
        case .living(let record, let profile):
            do throws(ProbeError) {
                let desk = DeskTarget.connect(record: record, digest: HexDigest.sha256)
                let secrets = await secrets(of: left, profile.folder)
                return await perform(left, on: try ConnectedTarget(desk, profile, secrets))
            } catch {
                return nothing(of: left, "the desk cannot be looked at: \(error.detail)")
            }
        case .service(let profile):
            do throws(ProbeError) {
                let service = try await ServiceTarget.connect(
                    profile, runbook: ProfileRunbook.commands(for: profile), environment: OwnEnvironment.value)
                let secrets = await secrets(of: left, profile.folder)
                return await perform(left, on: try ConnectedTarget(service, profile, secrets))
            } catch {
                return nothing(of: left, "the target \(profile.id) cannot be looked at: \(error.detail)")
            }
        }
    }

    /// Nothing of a run could be taken back: first what that is, and last why.
    private func nothing(of left: Left, _ why: String) -> Ended {
        let lines = left.pending.entries.map { entry in
            "run \(left.run): not taken back: \(SafeText.line(entry.effect.compensation))"
        }
        return Ended(lines: lines + ["run \(left.run): \(why)"], isWhole: false)
    }

    /// The secrets that commands need which children have named, as the journal names them.
    private func secrets(of left: Left, _ folder: String) async -> OwnSecrets {
        let names = left.pending.entries.flatMap { entry -> [String] in
            if case .command(_, _, let secrets)? = entry.effect.undo { Array(secrets.values) } else { [] }
        }
        return await OwnSecrets.fetch(names, folder: folder, environment: OwnEnvironment.value)
    }

    private func perform(_ left: Left, on target: ConnectedTarget) async -> Ended {
        let ended: Ended
        switch await permission(of: target) {
        case .granted:
            ended = await finish(
                left, with: TargetCompensator(target.probes, clock: clock, commands: target.own.commands),
                note: "")
        case .refused(let why): ended = nothing(of: left, "nothing may be changed: \(why)")
        case .unknown(let error): ended = nothing(of: left, "the target cannot be asked: \(error)")
        }
        await target.close()
        return ended
    }

    /// Asks whether anything may be changed. A run may have died in the middle of a restart that it asked for: its target
    /// refuses connections then, and is back within seconds.
    private func permission(of target: ConnectedTarget) async -> Permission {
        let deadline = clock.now + .seconds(10)
        while true {
            let answer = await TargetInterlock(target).permits(.disruptive)
            guard case .unknown(let error) = answer, error.meeting == .unreachable, clock.now < deadline else {
                return answer
            }
            do throws(ProbeError) { try await clock.sleep(for: .milliseconds(200)) } catch { return answer }
        }
    }

    private func finish(_ left: Left, with compensator: any Compensator, note: String) async -> Ended {
        let report: UndoJournal.Report
        do throws(UndoJournalError) {
            report = try await UndoJournal.recover(left.journal, with: compensator, clock: clock)
        } catch {
            return Ended(lines: ["run \(left.run): failed to \(error)"], isWhole: false)
        }
        var lines: [String] = []
        for step in report.steps {
            let words = SafeText.line(step.entry.effect.compensation)
            if let trouble = step.trouble {
                lines.append("run \(left.run): could not \(words): \(SafeText.line(trouble))")
            } else {
                // A command is run whether the target is there or not.
                let isCommand = if case .command? = step.entry.effect.undo { true } else { false }
                lines.append("run \(left.run): done: \(words)\(isCommand ? "" : note)")
            }
            if let note = step.note { lines.append("run \(left.run): \(SafeText.line(note))") }
        }
        return Ended(lines: lines, isWhole: report.failed.isEmpty)
    }
}

/// The last line of a log.
enum LogEnding {
    /// Whether a log's last event is the end of its run. One that cannot be read, or that was cut, was not closed.
    ///
    /// Looks at the end alone: whether the log is what was written is `verify`'s question.
    static func isClosed(_ path: String) -> Bool {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return false }
        var last: [UInt8] = []
        do throws(LogTrouble) {
            let begin = max(0, Int64(facts.st_size) - Int64(LogLine.maximumLength))
            var reader = try LogFileReader(path: path, offset: begin)
            while let line = reader.next() { last = line.isWhole ? Array(line.bytes) : [] }
        } catch {
            return false
        }
        do throws(LogLineError) {
            if case .runFinished = try LogLine(parsing: last[...], with: JSONDecoder()).event.body { return true }
        } catch {
            return false
        }
        return false
    }
}

/// The desk that an undo journal names.
struct RecoveryTarget: Sendable {
    /// How it is found.
    enum Place: Sendable {
        /// It lives, and this is its record, and the profile that it was looked at by.
        case living(TargetRecord, TargetProfile)
        /// It is a service, and this is its profile.
        case service(TargetProfile)
        /// It was the run's own, and has ended with it.
        case gone(TargetProfile)
        /// It was there before the run, and is not there now.
        case unavailable(String)
    }

    private let home: String?
    private let isDesk: Bool
    private let isOwn: Bool
    /// The file of a profile, and where its repository is checked out.
    private let profile: (path: String, repository: String?)?

    /// What a run writes into its journal's first line.
    static func header(home: String, isOwn: Bool, profile: TargetProfile) -> [String: String] {
        var header = ["kind": "practice", "desk_home": home, "own": isOwn ? "true" : "false"]
        // The shipped profile is in the program; another one says what its own checks may have changed.
        if profile.id != TargetLibrary.practice || profile.hasOwnChecks { header["profile"] = profile.path }
        return header
    }

    /// What a run against a service writes there.
    static func header(profile: TargetProfile, repository: String?) -> [String: String] {
        var header = ["kind": "profile", "profile": profile.path]
        header["repository"] = repository
        return header
    }

    /// Reads what a run wrote.
    init(_ header: [String: String]) {
        profile = header["profile"].map { ($0, header["repository"]) }
        isDesk = header["kind"] == "practice"
        home = header["kind"] == "practice" ? header["desk_home"] : nil
        isOwn = header["own"] == "true"
    }

    /// Finds the desk. One of a killed run's own is about to end by itself: it gets a moment for that.
    func settled(clock: any CheckClock) async -> Place {
        let profile: TargetProfile
        do throws(CommandFailure) {
            var found = try TargetLibrary.profile(
                self.profile?.path ?? TargetLibrary.practice, repository: self.profile?.repository, StateFolders()
            ).profile
            // Its checks take nothing back: a file that only they look with must not be in the way.
            found.checks = []
            profile = found
        } catch {
            return .unavailable(error.message)
        }
        guard isDesk else {
            return self.profile == nil
                ? .unavailable("its journal names no target that this version knows") : .service(profile)
        }
        guard let home else { return .unavailable("its journal names no target that this version knows") }
        let deadline = clock.now + .seconds(3)
        while isAlive(home) {
            if !isOwn || clock.now >= deadline {
                do throws(ProbeError) { return .living(try TargetRecord.read(home: home), profile) } catch {
                    return .unavailable("the desk's record in \(home) cannot be read: \(error.detail)")
                }
            }
            do throws(ProbeError) { try await clock.sleep(for: .milliseconds(50)) } catch {
                return .unavailable("it was cancelled")
            }
        }
        if isOwn { return .gone(profile) }
        return .unavailable(
            "the desk in \(home) is not running; start it with "
                + "'holdpoint desk serve --home \(ShellWord.quoted(home))' and recover again")
    }

    private func isAlive(_ home: String) -> Bool {
        // A home without a record, or with one that cannot be read, has no desk that could be asked.
        do throws(HomeError) { return try DeskRecord.read(home: DeskHome(path: home)).processLives } catch {
            return false
        }
    }
}

/// Takes back changes of a target that is gone: there is nothing left to change but what commands of children take back.
private struct GoneWithItsTarget: Compensator {
    let others: TargetCompensator

    func perform(_ compensation: Compensation) async throws(ProbeError) {
        if case .command = compensation { try await others.perform(compensation) }
    }
}
