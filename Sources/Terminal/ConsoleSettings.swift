package import ConsoleUI

/// What the console is opened with.
package struct ConsoleSettings: Sendable {
    /// How roles look. Where there are no colours, or `NO_COLOR` is set, `Theme.plain` is used instead.
    package var theme: Theme
    /// The process's environment: `TERM`, `COLORTERM`, `NO_COLOR`, `TMUX`, `SSH_TTY`, `XDG_STATE_HOME`, `HOME`.
    package var environment: [String: String]
    /// Where copied texts are kept; nil: `$XDG_STATE_HOME/holdpoint`.
    package var clipboardFolder: String?
    /// How long the console waits for `.engineEnded` after it asked to cancel and leave. Default 20 s: the longest
    /// grace of a check and the undoing after it.
    package var leaveLimit: Duration

    /// States it; see the properties.
    package init(
        theme: Theme, environment: [String: String], clipboardFolder: String? = nil, leaveLimit: Duration = .seconds(20)
    ) {
        self.theme = theme
        self.environment = environment
        self.clipboardFolder = clipboardFolder
        self.leaveLimit = leaveLimit
    }

    /// The variable that names a file for the text of the screen: written on SIGUSR1, for tests that compare it with
    /// what a terminal shows.
    package static let gridFileVariable = "HOLDPOINT_GRID_FILE"
}

/// How the console was left.
package enum ConsoleExit: Sendable, Equatable {
    /// Nothing was running.
    case finished
    /// What was running was cancelled, and the engine has ended.
    case cancelled
    /// The engine did not end within the limit.
    case timedOut
    /// The operator did not want to wait.
    case killed
    /// A signal asked for it; what was running was cancelled, and the engine has ended or the limit has passed.
    case signal(Int32)
}
