import Engine
import Profile
import Readiness
import Reports

/// A run that is only planned: the target is looked at and nothing is run (`--dry-run`).
struct DryRun: Invocation {
    let request: RunRequest

    func perform() throws -> ExitCode {
        let output =
            try request.output.map { path throws(CommandFailure) in try OutputStream(creating: path) } ?? OutputStream()
        let planned: Preflight
        do { planned = try plan() } catch {
            let failure = CommandFailure(error)
            if request.format == .json { output.write(FailureReport(failure, folder: nil).bytes()) }
            throw failure
        }
        let report = PreflightReport(planned)
        if request.format == .json {
            output.write(report.bytes())
        } else {
            for line in report.lines { output.write(line: line) }
        }
        if let trouble = output.trouble { throw CommandFailure(.unavailable, "cannot write the output: \(trouble)") }
        return .success
    }

    private func plan() throws -> Preflight {
        let folders = StateFolders()
        let name = request.target ?? TargetLibrary.practice
        let given = JudgementFiles.Given(criteria: request.criteria, policy: request.policy)
        let file = try TargetLibrary.profile(name, repository: request.repository, folders, judgedBy: given)
        try request.check(against: file.profile)
        let own = try RunConfiguration.ownChecks(of: file, seed: request.seed ?? 0, judgedBy: given)
        let configuration = try RunConfiguration(
            criteriaFile: request.criteria, policyFile: request.policy, target: file, own: own)
        let visit = try TargetVisit(file.profile, own.secrets, deskHome: request.deskHome, folders)
        let history = DurationHistory.read(path: folders.durations)
        let selection = request.selection
        // Settled before anything is started: a name that is not there is told at once.
        _ = try configuration.plan(selection, probes: .offline, own: own.offline)
        return try RootTask.run { () -> Result<Preflight, any Error> in
            do {
                return .success(
                    try await visit.with(progress: { StandardError.write($0) }) { target in
                        try await LookWatch.watching(visit.profile.id, isForPeople: request.format == .console) {
                            try await TargetLook(target, visit.profile, configuration, own, telling: $0).preflight(
                                selection, argument: name,
                                predictions: history.history.predictions(for: selection.mode))
                        }
                    })
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
