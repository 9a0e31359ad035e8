import Engine
import Glibc
import Readiness
import Reports
import Synchronization

/// A run without a screen: lines as things happen, or JSON at the end, or the log itself.
struct HeadlessRun: Invocation {
    let request: RunRequest

    func perform() throws -> ExitCode {
        // Before anything that can fail: whoever asked for a document finds one there, whatever came of the run.
        let output =
            try request.output.map { path throws(CommandFailure) in try OutputStream(creating: path) } ?? OutputStream()
        var session: RunSession?
        do {
            let begun = try RunSession(request)
            session = begun
            // Among the plain lines it stands as a note of the log.
            if request.format != .console, let notice = begun.notice {
                StandardError.write("holdpoint: \(SafeText.line(notice))")
            }
            let (ended, code) = try run(begun, to: output)
            report(ended, of: begun, code: code, to: output)
            if let trouble = output.trouble { throw OutputTrouble(words: trouble) }
            return code
        } catch let trouble as OutputTrouble {
            throw CommandFailure(.unavailable, "cannot write the output: \(trouble.words)")
        } catch {
            let failure = CommandFailure(error)
            if request.format == .json { output.write(FailureReport(failure, folder: session?.folder).bytes()) }
            throw failure
        }
    }

    /// The document is there, or as much of it as could be written: no other follows it.
    private struct OutputTrouble: Error { var words: String }

    private func run(_ session: RunSession, to output: OutputStream) throws -> (RunSession.Ended, ExitCode) {
        let ladder = SignalLadder()
        SignalListener.listen(to: [SIGINT, SIGTERM, SIGHUP]) { ladder.heard($0) }
        let result = RootTask.run { () -> Result<RunSession.Ended, any Error> in
            do {
                async let printed: Void = HeadlessPrinter(request.format, to: output).print(session.log)
                let ended = try await session.run(
                    closesWhenSettled: true, progress: { if request.format == .console { StandardError.write($0) } },
                    started: { engine, _ in ladder.arm(engine) })
                await printed
                return .success(ended)
            } catch {
                return .failure(error)
            }
        }
        let ended = try result.get()
        return (ended, ladder.exitCode ?? ExitCode(ended.summary.decision.verdict, strict: request.isStrict))
    }

    private func report(_ ended: RunSession.Ended, of session: RunSession, code: ExitCode, to output: OutputStream) {
        let trouble = ended.trouble.map { "failed to \($0)" }
        for note in ended.notes { StandardError.write("holdpoint: \(SafeText.line(note))") }
        switch request.format {
        case .json:
            let place = JSONReport.LogPlace(path: session.folder.logPath, head: session.log.head)
            output.write(JSONReport(ended.summary, log: place, exitCode: code, version: Holdpoint.version).bytes())
            if let trouble { StandardError.write("holdpoint: \(trouble)") }
        case .ndjson:
            if let trouble { StandardError.write("holdpoint: \(trouble)") }
        case .console:
            for line in VerdictReport.lines(of: ended.summary, logPath: session.folder.logPath, trouble: trouble) {
                output.write(line: line)
            }
        }
    }
}

/// The ladder of a headless run: the first signal cancels cooperatively, the second skips the grace but still undoes, the
/// third kills.
final class SignalLadder: Sendable {
    private struct State {
        var engine: RunEngine?
        var heard: [Int32] = []
    }

    private let state = Mutex(State())

    /// Takes a signal.
    func heard(_ number: Int32) {
        let (engine, count) = state.withLock { state -> (RunEngine?, Int) in
            state.heard.append(number)
            return (state.engine, state.heard.count)
        }
        if count >= 3 || engine == nil { _exit(128 + number) }
        engine?.signal(number)
    }

    /// Gives it the engine; signals before that end the process at once, when there is nothing to undo.
    func arm(_ engine: RunEngine) { state.withLock { $0.engine = engine } }

    /// The code of a run that a signal ended; nil when none did.
    var exitCode: ExitCode? { Self.exitCode(after: state.withLock { $0.heard }) }

    /// The code after these signals: a run that the operator cancelled by one Ctrl-C ends by its verdict.
    static func exitCode(after heard: [Int32]) -> ExitCode? {
        if let number = heard.first(where: { $0 != SIGINT }) { return .signal(number) }
        return heard.count > 1 ? .signal(SIGINT) : nil
    }
}
