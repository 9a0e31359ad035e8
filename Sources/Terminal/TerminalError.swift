/// Why the console cannot be opened: a tool that it needs is missing (exit code 69).
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Standard input or output is not a terminal.
    case notATerminal
    /// `TERM` is not set.
    case noType
    /// `TERM` is `dumb`, or as good as.
    case dumb(String)
    /// No description of this type is installed.
    case unknownType(String)
    /// A system call failed.
    case system(String, errno: Int32)

    /// What is missing, and what to do about it: a fragment for after the program's name.
    package var description: String {
        switch self {
        case .notATerminal: "the console needs a terminal for input and output; --ui plain runs without one"
        case .noType: "TERM is not set: set it to the terminal's type, such as xterm-256color, or use --ui plain"
        case .dumb(let type): "TERM=\(type) cannot draw screens: use a terminal that can, or --ui plain"
        case .unknownType(let type):
            "no description of the terminal type “\(type)” is installed: try TERM=xterm-256color, install ncurses-term, or use --ui plain"
        case .system(let act, let number): "\(act): errno \(number)"
        }
    }
}
