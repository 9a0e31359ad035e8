import ArgumentParser
import Engine
import Readiness
import Reports

struct ReplayCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Tell a recorded run again, or judge it anew by other criteria.",
        discussion: """
            Without --criteria and --policy the output is the live run's, byte for byte in JSON, and so is the exit code. \
            With one of them every stored observation is judged anew: nothing is asked of the target.
            """)

    @Argument(help: "The log: log.ndjson of a run's folder.")
    var log: String
    @Option(help: "Judge by this criteria file; what it does not give is taken from the shipped one.")
    var criteria: String?
    @Option(help: "Decide by this policy file.")
    var policy: String?
    @Option(help: "Whose own checks are judged anew: the target of the run, as a profile's name, file or folder.")
    var target: String?
    @Option(help: "console, ndjson or json.")
    var format = "console"
    @Option(help: "Times the speed of the run, or max.")
    var speed = "max"
    @Option(help: "Write what --format says to this new file instead of standard output.")
    var output: String?

    func invocation() throws -> any Invocation {
        guard let format = RunRequest.Format(rawValue: format) else {
            throw CommandFailure.unknown("format", format, among: RunRequest.Format.allCases.map(\.rawValue))
        }
        guard let pace = ReplayPace(speed) else {
            throw CommandFailure(.usage, "--speed takes max or a number above 0 and at most 1000, such as 4 or 0.5")
        }
        if criteria != nil || policy != nil {
            guard format != .ndjson else {
                throw CommandFailure(.usage, "--format ndjson is the log itself, which --criteria does not change")
            }
            return Rejudging(
                path: log, criteria: criteria, policy: policy, target: target, asJSON: format == .json, output: output)
        }
        return Replay(path: log, format: format, pace: pace, output: output)
    }
}

/// How fast a recorded run is told.
struct ReplayPace: Sendable {
    /// Nanoseconds of the recording for each nanosecond of ours; nil: as fast as it can be told.
    let factor: Double?

    /// Takes `max` or a number.
    init?(_ text: String) {
        if text == "max" {
            factor = nil
            return
        }
        guard let factor = Double(text), factor > 0, factor <= 1000 else { return nil }
        self.factor = factor
    }

    /// When an event is due, counted from the beginning of the telling.
    func due(_ event: ValidationEvent) -> Duration? {
        factor.map { .nanoseconds(Int64(Double(event.monotonic) / $0)) }
    }
}

/// Tells a recorded run again, in the words of the live one.
struct Replay: Invocation {
    let path: String
    let format: RunRequest.Format
    let pace: ReplayPace
    let output: String?

    func perform() throws -> ExitCode {
        let recorded: RecordedRun
        do throws(LogVerifier.Finding) { recorded = try RecordedRun(path: path) } catch {
            throw CommandFailure(finding: error, path: path)
        }
        let output =
            try output.map { path throws(CommandFailure) in try OutputStream(creating: path) } ?? OutputStream()
        tell(recorded, to: output)
        if let incomplete = recorded.incomplete {
            let verdict = recorded.summary.decision.verdict.title
            StandardError.write("holdpoint: the run was never closed: \(incomplete); as far as it got: \(verdict)")
        }
        if let trouble = output.trouble { throw CommandFailure(.unavailable, "cannot write the output: \(trouble)") }
        return recorded.exitCode
    }

    private func tell(_ recorded: RecordedRun, to output: OutputStream) {
        let clock = SystemClock()
        let begin = clock.now
        switch format {
        case .json: output.write(recorded.json)
        case .ndjson:
            var lines = LogLineWriter()
            recorded.forEachLine { line in
                wait(for: line.event, since: begin, by: clock)
                output.write(Array(lines.bytes(of: line.event)))
            }
        case .console:
            var report = PlainReport()
            recorded.forEachLine { line in
                wait(for: line.event, since: begin, by: clock)
                for text in report.lines(for: line.event) { output.write(line: text) }
            }
            for line in VerdictReport.lines(of: recorded.summary, logPath: path) { output.write(line: line) }
        }
    }

    /// Waits on the main thread, which has nothing else to do.
    private func wait(for event: ValidationEvent, since begin: Duration, by clock: SystemClock) {
        guard let due = pace.due(event) else { return }
        clock.wait(until: begin + due)
    }
}

extension CommandFailure {
    /// The words for a log that is not what was written, which ends with 1, or that cannot be read.
    init(finding: LogVerifier.Finding, path: String) {
        switch finding {
        case .broken(let line, let why): self.init(.found, "\(path): line \(line): \(SafeText.line(why))")
        case .incomplete(let lines, let why):
            self.init(.found, "\(path): incomplete after line \(lines): \(SafeText.line(why))")
        case .unreadable(let why): self.init(.usage, "cannot \(why)")
        }
    }
}
