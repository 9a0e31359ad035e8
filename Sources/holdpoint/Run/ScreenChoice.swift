import FoundationEssentials
import Glibc
import Readiness

/// Whether a run gets a screen.
enum ScreenChoice {
    /// The console if standard input and output are terminals, `TERM` is set and not `dumb`, and `CI` is not set;
    /// otherwise lines. A machine format implies no screen.
    ///
    /// - Throws: `CommandFailure` (69) when a screen is asked for and cannot be had, with what is missing.
    static func invocation(for request: RunRequest) throws(CommandFailure) -> any Invocation {
        let environment = ProcessInfo.processInfo.environment
        let obstacle = obstacle(environment: environment)
        if request.isDryRun {
            if request.screen == .tui { throw CommandFailure(.usage, "--ui tui does not go with --dry-run") }
            if request.format == .ndjson {
                throw CommandFailure(.usage, "--dry-run prints console or json, not ndjson")
            }
            return DryRun(request: request)
        }
        if request.format != .console || request.output != nil {
            if request.screen == .tui { throw CommandFailure(.usage, "--ui tui does not go with --format or --output") }
            return HeadlessRun(request: request)
        }
        switch request.screen {
        case .plain, .none: return HeadlessRun(request: request)
        case .tui:
            if let obstacle { throw CommandFailure(.unavailable, "no screen can be opened: \(obstacle)") }
            return ConsoleRun(request: request)
        case .auto:
            let inCI = environment["CI"].map { !$0.isEmpty } ?? false
            return obstacle == nil && !inCI ? ConsoleRun(request: request) : HeadlessRun(request: request)
        }
    }

    /// What is missing for a screen; nil when nothing is.
    static func obstacle(environment: [String: String]) -> String? {
        if isatty(STDIN_FILENO) == 0 { return "standard input is not a terminal; try --ui plain" }
        if isatty(STDOUT_FILENO) == 0 { return "standard output is not a terminal; try --ui plain" }
        guard let term = environment["TERM"], !term.isEmpty else { return "TERM is not set; try TERM=xterm-256color" }
        if term == "dumb" { return "TERM=dumb cannot move the cursor; try TERM=xterm-256color, or --ui plain" }
        return nil
    }
}
