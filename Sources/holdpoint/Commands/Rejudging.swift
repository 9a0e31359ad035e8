import Engine
import FoundationEssentials
import Profile
import Readiness
import Reports
import Validators

/// Judges what a recorded run observed by other criteria or another policy, and says what changed.
struct Rejudging: Invocation {
    let path: String
    let criteria: String?
    let policy: String?
    let target: String?
    let asJSON: Bool
    let output: String?

    func perform() throws -> ExitCode {
        let given = JudgementFiles.Given(criteria: criteria, policy: policy)
        let file = try target.map { target throws(CommandFailure) in
            try TargetLibrary.profile(target, repository: nil, StateFolders(), judgedBy: given)
        }
        let own = try file.map { file throws(CommandFailure) in
            try RunConfiguration.ownChecks(of: file, judgedBy: given)
        }
        let configuration = try RunConfiguration(
            criteriaFile: criteria, policyFile: policy, target: file, own: own)
        let checks = (ValidatorRegistry.all(.offline) + (own?.offline ?? [])).flatMap(\.checks)
        let judged: Rejudgement
        do throws(RejudgementError) {
            judged = try Rejudgement(
                log: path, folder: try evidenceFolder(), checks: checks, criteria: configuration.criteria,
                policy: configuration.policy)
        } catch {
            if case .log(let finding) = error { throw CommandFailure(finding: finding, path: path) }
            throw CommandFailure(.found, "\(error)")
        }
        let output =
            try output.map { path throws(CommandFailure) in try OutputStream(creating: path) } ?? OutputStream()
        if asJSON {
            output.write(try json(judged, configuration))
        } else {
            for line in lines(judged) { output.write(line: line) }
        }
        if let trouble = output.trouble { throw CommandFailure(.unavailable, "cannot write the output: \(trouble)") }
        return ExitCode(judged.decision.verdict)
    }

    /// The run's folder. A log that `--log` put elsewhere stands alone: its evidence is where the run's id says.
    private func evidenceFolder() throws(RejudgementError) -> String {
        do throws(LogVerifier.Finding) {
            let run = try LogVerifier.verify(path: path).summary.run
            return EvidenceFolder.find(run: run, besideLog: path) ?? "."
        } catch {
            throw .log(error)
        }
    }

    // MARK: - Words

    private func lines(_ judged: Rejudgement) -> [String] {
        var lines = [
            "run \(judged.run): \(judged.was.verdict.title) becomes \(judged.decision.verdict.title)"
        ]
        if judged.changed.isEmpty { lines.append("nothing changed: all \(judged.entries.count) outcomes are the same") }
        for entry in judged.changed {
            lines.append("\(entry.id): \(words(entry.was)) becomes \(words(entry.now))")
            lines.append("  \(SafeText.line(entry.now.message))")
        }
        let kept = judged.entries.filter { $0.kept != nil }
        if !kept.isEmpty {
            lines.append("not judged anew:")
            lines += kept.map { "  \($0.id): \(SafeText.line($0.kept ?? ""))" }
        }
        return lines
    }

    private func words(_ finished: CheckFinished) -> String {
        finished.outcome.rawValue + (finished.reason.map { "(\(SafeText.line($0)))" } ?? "")
    }

    // MARK: - JSON

    private struct Encoded: Encodable {
        struct Check: Encodable {
            struct Result: Encodable {
                var outcome: Outcome.Word
                var reason: String?
                var message: String
                var grade: Grade
            }
            var check_id: CheckID
            var was: Result
            var now: Result
            var changed: Bool
            var kept: String?
            var measurements: [Measurement]
            var findings: [Finding]
        }
        var schema = 1
        var run_id: String
        var was: Verdict
        var verdict: Verdict
        var exit_code: Int32
        var reasons: [VerdictReason]
        var criteria_sha256: String
        var policy_sha256: String
        var changed: Int
        var checks: [Check]
    }

    private func json(_ judged: Rejudgement, _ configuration: RunConfiguration) throws(CommandFailure) -> [UInt8] {
        func result(_ finished: CheckFinished) -> Encoded.Check.Result {
            Encoded.Check.Result(
                outcome: finished.outcome, reason: finished.reason, message: finished.message, grade: finished.grade)
        }
        let encoded = Encoded(
            run_id: judged.run, was: judged.was.verdict, verdict: judged.decision.verdict,
            exit_code: ExitCode(judged.decision.verdict).number, reasons: judged.decision.reasons,
            criteria_sha256: configuration.loaded.criteriaSHA256, policy_sha256: configuration.loaded.policySHA256,
            changed: judged.changed.count,
            checks: judged.entries.map { entry in
                Encoded.Check(
                    check_id: entry.id, was: result(entry.was), now: result(entry.now), changed: entry.hasChanged,
                    kept: entry.kept, measurements: entry.measurements, findings: entry.findings)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do { return [UInt8](try encoder.encode(encoded)) + [UInt8(ascii: "\n")] } catch {
            throw CommandFailure(.software, "a judgement cannot be encoded: \(error)")
        }
    }
}
