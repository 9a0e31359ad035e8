import Readiness

/// When a check is tried once more.
///
/// Only when our own side broke or the transport declares its trouble transient. Never a fail: evidence against the
/// target does not go away by asking until the answer suits. Never an error of configuration: a further attempt reads the
/// same file. Never `checker_timeout`: the body that was left behind may still act on the target, and two of them must
/// not. Never once the check or the run is being ended, and never when the target was left disturbed.
enum RetryPolicy {
    /// Attempts of a check in a round, the first included. One more is enough for a hiccup; what fails twice is not one.
    static let mostAttempts = 2
    /// Between an attempt and the next. Long enough for a socket or a full table of ours to come free, short enough not to
    /// show in a run of seconds.
    static let backOff = Duration.milliseconds(200)

    /// Whether what an attempt came to is worth another, as far as the result tells.
    static func isWorthAnother(_ result: BodyResult, attempt: Int) -> Bool {
        guard attempt < mostAttempts else { return false }
        switch result.outcome {
        case .error(.tool), .error(.bug): return true
        case .unverified: return result.isTransient
        default: return false
        }
    }
}
