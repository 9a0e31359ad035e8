package import Readiness

/// Decides whether anything above `read` may be done to a target.
///
/// Only a target on which no real money can move may be changed: a practice desk that is ours (on loopback, its home ours
/// and closed to others, its answer proven with the token that lies there), or one whose paper account is proven.
package protocol Interlock: Sendable {
    /// Whether an effect of this class is permitted now. Asked before each check that has one.
    func permits(_ effect: EffectClass) async -> Permission

    /// What to do so that a check is permitted the next time.
    ///
    /// - Parameter why: the words of the refusal.
    /// - Returns: nil where nothing is to be done: some interlocks permit nothing, ever.
    func remediation(of check: CheckID, refused why: String) -> Remediation?
}

extension Interlock {
    /// Nothing: of an interlock that says no more.
    package func remediation(of check: CheckID, refused why: String) -> Remediation? { nil }
}

/// What an interlock answers.
package enum Permission: Sendable, Equatable {
    /// It may be done.
    case granted
    /// It must not be done, with the reason in words.
    case refused(String)
    /// The target could not be asked.
    case unknown(ProbeError)
}

/// Looks whether an endpoint can be reached at all.
package protocol ReachabilityProbe: Sendable {
    /// Answers within about a second.
    func isReachable(_ endpoint: Endpoint) async -> Bool
}
