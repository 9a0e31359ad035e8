import ArgumentParser
import Engine
import Readiness

struct VerifyCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Hold a recorded log against its chain, its grammar and its own last word.")

    @Argument(help: "The log: log.ndjson of a run's folder.")
    var log: String

    func invocation() throws -> any Invocation { Verification(path: log) }
}

/// Reads a log and says whether it is what was written.
struct Verification: Invocation {
    let path: String

    func perform() throws -> ExitCode {
        let output = OutputStream()
        do throws(LogVerifier.Finding) {
            let verified = try LogVerifier.verify(path: path)
            let rounds = verified.summary.rounds
            let evidence = EvidenceInspection(of: verified.summary, besideLog: path)
            for complaint in evidence.complaints { output.write(line: complaint) }
            guard evidence.complaints.isEmpty else { return .found }
            output.write(
                line: "good: \(verified.lines) lines, \(rounds) \(rounds == 1 ? "round" : "rounds"), "
                    + "verdict \(verified.summary.decision.verdict.rawValue), \(evidence.words), head \(verified.head)")
            return .success
        } catch {
            switch error {
            case .broken(let line, let why): output.write(line: "\(path): line \(line): \(SafeText.line(why))")
            case .incomplete(let lines, let why): output.write(line: "\(path): incomplete after line \(lines): \(why)")
            case .unreadable(let why): throw CommandFailure(.usage, "cannot \(why)")
            }
            return .found
        }
    }
}
