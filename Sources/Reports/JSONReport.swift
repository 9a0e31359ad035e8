import FoundationEssentials
package import Readiness

/// The result of a run for machines: schema 1 of cli.md. Field names are stable; adding is free, renaming or removing
/// raises `schema`.
///
/// It is a fold over the run's events and nothing else, so a replayed log gives the same bytes as the live run.
package struct JSONReport: Sendable {
    /// The number in `schema`.
    package static let schema = 1

    private let summary: RunSummary
    private let log: LogPlace
    private let exitCode: ExitCode
    private let version: String

    /// Where the log is, and the hash of its last line.
    package struct LogPlace: Sendable {
        /// The file.
        package var path: String
        /// The hash of its last line.
        package var head: String

        /// Names a log.
        package init(path: String, head: String) {
            self.path = path
            self.head = head
        }
    }

    /// Makes a report of a run.
    ///
    /// - Parameter version: of this program: `0.1.0`.
    package init(_ summary: RunSummary, log: LogPlace, exitCode: ExitCode, version: String) {
        self.summary = summary
        self.log = log
        self.exitCode = exitCode
        self.version = version
    }

    /// One JSON object with sorted keys, ending in a newline.
    package func bytes() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do { return [UInt8](try encoder.encode(EncodedReport(self))) + [UInt8(ascii: "\n")] } catch {
            // Plain data that JSON can always hold.
            preconditionFailure("a report cannot be encoded: \(error)")
        }
    }

    private struct EncodedReport: Encodable {
        var schema = JSONReport.schema
        var run_id: String
        var holdpoint: String
        var mode: Mode?
        var target: EncodedTarget?
        var started_at: UTCInstant?
        var duration_ms: Int64
        var rounds: Int
        var verdict: Verdict
        var exit_code: Int32
        var scope: Scope
        var reasons: [VerdictReason]
        var counts: [String: Int]
        var coverage: Coverage
        var checks: [EncodedCheck]
        var log: EncodedLog

        init(_ report: JSONReport) {
            let summary = report.summary
            run_id = summary.run
            holdpoint = report.version
            mode = summary.created?.mode
            target = summary.target.map(EncodedTarget.init)
            started_at = summary.startedAt
            duration_ms = summary.elapsed / 1_000_000
            rounds = summary.rounds
            verdict = summary.decision.verdict
            exit_code = report.exitCode.number
            scope = summary.scope
            reasons = summary.decision.reasons
            let counted = summary.counts
            counts = ["announced": counted.announced]
            for word in Outcome.Word.allCases { counts[word.rawValue] = counted[word] }
            coverage = summary.decision.coverage
            checks = summary.checks.map(EncodedCheck.init)
            log = EncodedLog(
                path: report.log.path, head: report.log.head, missing: summary.missing,
                complete: summary.finished != nil)
        }
    }

    private struct EncodedTarget: Encodable {
        struct Build: Encodable { var commit: String? }
        var id: String
        var environment: String
        var build: Build

        init(_ target: TargetIdentified) {
            id = target.target
            environment = target.environment
            build = Build(commit: target.commit)
        }
    }

    private struct EncodedLog: Encodable {
        var path: String
        var head: String
        var missing: Int
        /// False for a run that was killed before it was closed: the verdict is on what it had found by then.
        var complete: Bool
    }

    private struct EncodedCheck: Encodable {
        private let record: CheckRecord

        init(_ record: CheckRecord) { self.record = record }

        private enum Keys: String, CodingKey {
            case check_id, validator, title, severity, required, outcome, reason, message, grade, required_grade, round
            case duration_ms, attempts, measurements, findings, evidence, blocked_by, root_cause, remediation, controls
            case state
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(record.id, forKey: .check_id)
            try container.encode(record.id.validator, forKey: .validator)
            try container.encode(record.plan.title, forKey: .title)
            try container.encode(record.plan.severity, forKey: .severity)
            try container.encode(record.plan.required, forKey: .required)
            try container.encode(record.state, forKey: .state)
            // `null` where there is none: a reader can tell "no reason" from "a field that this version does not know".
            try container.encode(record.outcome, forKey: .outcome)
            try container.encode(record.reason, forKey: .reason)
            try container.encode(record.result?.message, forKey: .message)
            try container.encode(record.result?.grade, forKey: .grade)
            try container.encode(record.plan.requiredGrade, forKey: .required_grade)
            try container.encode(record.round, forKey: .round)
            try container.encode(record.result?.durationMs, forKey: .duration_ms)
            try container.encode(record.attempts, forKey: .attempts)
            try container.encode(record.measurements, forKey: .measurements)
            try container.encode(record.findings, forKey: .findings)
            try container.encode(record.evidence, forKey: .evidence)
            try container.encode(record.blockedBy, forKey: .blocked_by)
            try container.encode(record.rootCause, forKey: .root_cause)
            try container.encode(record.result?.remediation, forKey: .remediation)
            try container.encode(record.plan.controls, forKey: .controls)
        }
    }
}
