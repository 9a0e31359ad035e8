package import Readiness
import Synchronization

/// A target that answers for its readiness and identity as it was told to.
package final class FakeDiscovery: DiscoveryProbe {
    private struct State {
        var readiness: ReadinessAnswer
        var identity: TargetIdentity
        var elapsed: Duration = .milliseconds(3)
        var failure: ProbeError?
        var identityFailure: ProbeError?
        var calls = 0
    }
    private let state: Mutex<State>

    /// Ready, with all capabilities, as the practice desk would answer.
    package init(
        _ readiness: ReadinessAnswer = ReadinessAnswer(
            isReady: true, reason: nil, capabilities: Capability.allCases.map(\.rawValue)),
        identity: TargetIdentity = TargetIdentity(
            commit: "0123abc", dirty: false, configurationDigest: "d", environment: "practice", account: "READY-SNIPER",
            instance: "desk-1")
    ) {
        state = Mutex(State(readiness: readiness, identity: identity))
    }

    /// Answers so from now on.
    package func answer(_ readiness: ReadinessAnswer, after elapsed: Duration = .milliseconds(3)) {
        state.withLock {
            $0.readiness = readiness
            $0.elapsed = elapsed
        }
    }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// Throws from now on when asked for the identity.
    package func failIdentity(_ failure: ProbeError?) { state.withLock { $0.identityFailure = failure } }

    /// Runs another configuration from now on.
    package func reconfigure(_ digest: String) { state.withLock { $0.identity.configurationDigest = digest } }

    /// How often it was asked for readiness or identity.
    package var calls: Int { state.withLock { $0.calls } }

    /// The readiness that was set, or the failure.
    package func readiness() async throws(ProbeError) -> Answer<ReadinessAnswer> {
        let now = state.withLock {
            $0.calls += 1
            return $0
        }
        if let failure = now.failure { throw failure }
        return Answer(now.readiness, transcript: "GET readiness: \(now.readiness)", elapsed: now.elapsed)
    }

    /// The identity that was set, or the failure.
    package func identity() async throws(ProbeError) -> Answer<TargetIdentity> {
        let now = state.withLock {
            $0.calls += 1
            return $0
        }
        if let failure = now.identityFailure ?? now.failure { throw failure }
        return Answer(now.identity, transcript: "GET identity: \(now.identity.commit)", elapsed: .milliseconds(1))
    }
}
