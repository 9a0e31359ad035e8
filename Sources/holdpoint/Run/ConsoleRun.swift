import ConsoleUI
import FoundationEssentials
import Glibc
import Readiness
import Reports
import Terminal

/// A run in the console. The screen has the main thread; everything else goes on behind it.
struct ConsoleRun: Invocation {
    let request: RunRequest

    /// How long closing the run and stopping the desk may take once the screen is gone.
    private static let closingLimit = Duration.seconds(12)
    /// How long that may take without a word.
    private static let silence = Duration.milliseconds(150)

    func perform() throws -> ExitCode {
        let session = try RunSession(request)
        let theme = try ThemeLibrary.theme(named: request.theme, folders: StateFolders())
        let mailbox = ConsoleMailbox()
        let background = ConsoleBackground(session, mailbox)
        let settings = ConsoleSettings(
            theme: theme, environment: ProcessInfo.processInfo.environment,
            clipboardFolder: "\(session.folder.path)/copies")
        let exit: ConsoleExit
        background.start()
        do throws(TerminalError) {
            exit = try ConsoleRuntime.run(
                ConsoleModel(size: Size(80, 24)), settings: settings, mailbox: mailbox,
                perform: { background.perform($0) })
        } catch {
            background.perform(.leave(.cancelFirst))
            _ = background.waitForEnd(Self.closingLimit)
            throw CommandFailure(.unavailable, "no screen can be opened: \(error)")
        }
        return try lastWord(exit, session, background)
    }

    /// Waits for the run to be closed. Whoever looks at the normal screen is told at once what for.
    private func closing(_ background: ConsoleBackground) -> Result<RunSession.Ended, any Error>? {
        if let outcome = background.waitForEnd(Self.silence) { return outcome }
        StandardError.write("holdpoint: stopping, undoing changes… Ctrl-C again to leave at once")
        return background.waitForEnd(Self.closingLimit)
    }

    /// The verdict, its reasons and where the log is, on the normal screen.
    private func lastWord(
        _ exit: ConsoleExit, _ session: RunSession, _ background: ConsoleBackground
    ) throws -> ExitCode {
        if exit == .killed {
            StandardError.write("holdpoint: killed; the log is incomplete: \(session.folder.logPath)")
            return .signal(SIGINT)
        }
        guard let outcome = closing(background) else {
            StandardError.write("holdpoint: the run did not close in time; its log: \(session.folder.logPath)")
            return .software
        }
        let ended = try outcome.get()
        for note in [session.notice].compactMap(\.self) + ended.notes {
            StandardError.write("holdpoint: \(SafeText.line(note))")
        }
        let output = OutputStream()
        let trouble = ended.trouble.map { "failed to \($0)" }
        for line in VerdictReport.lines(of: ended.summary, logPath: session.folder.logPath, trouble: trouble) {
            output.write(line: line)
        }
        if case .signal(let number) = exit { return .signal(number) }
        return ExitCode(ended.summary.decision.verdict, strict: request.isStrict)
    }
}
