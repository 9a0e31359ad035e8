import Engine
import FoundationEssentials
import Readiness
import Reports

/// A run as its log tells it: the same words and the same code as when it was live.
struct RecordedRun: Sendable {
    /// The log's file, as it was given.
    let path: String
    /// What its events add up to.
    let summary: RunSummary
    /// The hash of its last line.
    let head: String
    /// Why it is not whole; nil when it is. A run that was never closed is judged by what it had found: it holds at least.
    let incomplete: String?

    /// Reads and verifies a log.
    ///
    /// - Throws: `LogVerifier.Finding` for one that is not what was written, or that cannot be read.
    init(path: String) throws(LogVerifier.Finding) {
        self.path = path
        do throws(LogVerifier.Finding) {
            let verified = try LogVerifier.verify(path: path)
            (summary, head, incomplete) = (verified.summary, verified.head, nil)
        } catch {
            guard case .incomplete(_, let why) = error else { throw error }
            var summary = RunSummary()
            var head = LogLine.origin
            Self.forEachLine(of: path) { line in
                summary.fold(line.event)
                head = line.hash
            }
            summary.decide(Gate.decide(unclosed: summary))
            (self.summary, self.head, incomplete) = (summary, head, why)
        }
    }

    /// The code that the run ended with, or that a run that never ended stands for.
    var exitCode: ExitCode {
        guard incomplete == nil else { return ExitCode(summary.decision.verdict) }
        if let code = signalCode { return code }
        let strict = summary.created?.arguments.contains("--strict") ?? false
        return ExitCode(summary.decision.verdict, strict: strict)
    }

    /// The version of the program that made the run: `0.1.0`.
    var version: String {
        summary.created.map { String($0.engine.drop { $0 != " " }.dropFirst()) } ?? Holdpoint.version
    }

    /// The JSON result, byte for byte what the live run printed.
    var json: [UInt8] {
        JSONReport(
            summary, log: JSONReport.LogPlace(path: path, head: head), exitCode: exitCode, version: version
        ).bytes()
    }

    /// Reads the log once more, event by event.
    func forEachLine(_ body: (LogLine) throws -> Void) rethrows { try Self.forEachLine(of: path, body) }

    /// Reads whole lines up to the first that is none. Only for a file that has been verified.
    private static func forEachLine(of path: String, _ body: (LogLine) throws -> Void) rethrows {
        let decoder = JSONDecoder()
        guard var reader = try? LogFileReader(path: path) else { return }
        while let line = reader.next(), line.isWhole {
            // Verified before: what does not parse here was changed since, and the head tells.
            guard let parsed = try? LogLine(parsing: line.bytes, with: decoder) else { return }
            try body(parsed)
        }
    }

    /// The code of the signals that ended the run, from what its log says of being cancelled: `signal 15`.
    private var signalCode: ExitCode? {
        guard summary.cancelling != nil else { return nil }
        var heard: [Int32] = []
        forEachLine { line in
            guard case .runCancelling(let cancelling) = line.event.body, cancelling.why.hasPrefix("signal ") else {
                return
            }
            if let number = Int32(cancelling.why.dropFirst("signal ".count)) { heard.append(number) }
        }
        return SignalLadder.exitCode(after: heard)
    }
}
