/// Every exit code of the program. JSON carries the verdict's word as well, so that scripts need not guess.
package enum ExitCode: Sendable, Equatable {
    /// Go or go with conditions; a command did what it was asked.
    case success
    /// A command that inspects found something; go with conditions under `--strict`.
    case found
    /// No-go.
    case noGo
    /// Hold.
    case hold
    /// Bad usage, an unknown name, nothing selected.
    case usage
    /// A tool or a terminal that it needs is missing.
    case unavailable
    /// A bug of ours.
    case software
    /// Configuration or policy.
    case configuration
    /// Ended by a signal.
    case signal(Int32)

    /// The number for `exit`.
    package var number: Int32 {
        switch self {
        case .success: 0
        case .found: 1
        case .noGo: 2
        case .hold: 3
        case .usage: 64
        case .unavailable: 69
        case .software: 70
        case .configuration: 78
        case .signal(let number): 128 + number
        }
    }

    /// The code of a run that ended with a verdict.
    package init(_ verdict: Verdict, strict: Bool = false) {
        switch verdict {
        case .go: self = .success
        case .goWithConditions: self = strict ? .found : .success
        case .hold: self = .hold
        case .noGo: self = .noGo
        }
    }
}
