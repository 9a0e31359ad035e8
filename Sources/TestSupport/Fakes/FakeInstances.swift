package import Readiness
import Synchronization

/// The processes of a target, each saying who it is, or silent.
package final class FakeInstances: InstanceProbe {
    private struct State {
        var listed: [TargetInstance]
        var identities: [String: InstanceIdentity]
        var failures: [String: ProbeError] = [:]
        var failure: ProbeError?
        var asked: [String] = []
    }
    private let state: Mutex<State>

    /// So many of one build and configuration, `desk-1` first, if nothing else is said: a primary and a standby.
    package init(count: Int = 2) {
        let listed = (1...max(1, count)).map { number in
            TargetInstance(
                id: "desk-\(number)", address: "http://127.0.0.1:\(40_000 + number)",
                role: number == 1 ? "primary" : "standby")
        }
        state = Mutex(
            State(
                listed: listed,
                identities: Dictionary(uniqueKeysWithValues: listed.map { ($0.id, .sample($0.id)) })))
    }

    /// Lists these from now on.
    package func list(_ instances: [TargetInstance]) { state.withLock { $0.listed = instances } }

    /// What is listed.
    package var listed: [TargetInstance] { state.withLock { $0.listed } }

    /// The instance that is listed under this name answers so from now on.
    package func answer(_ id: String, _ identity: InstanceIdentity) {
        state.withLock { $0.identities[id] = identity }
    }

    /// The instance that is listed under this name throws from now on.
    package func fail(_ id: String, _ failure: ProbeError) { state.withLock { $0.failures[id] = failure } }

    /// Throws from now on when asked for the list; nil answers again.
    package func failList(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// The names of the instances that were asked who they are, in order.
    package var asked: [String] { state.withLock { $0.asked } }

    /// What was listed, or the failure.
    package func instances() async throws(ProbeError) -> Answer<[TargetInstance]> {
        let now = state.withLock { $0 }
        if let failure = now.failure { throw failure }
        return Answer(now.listed, transcript: "GET instances: \(now.listed.count)", elapsed: .milliseconds(1))
    }

    /// Who the instance is, or its failure.
    package func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> {
        let now = state.withLock { state in
            state.asked.append(instance.id)
            return state
        }
        if let failure = now.failures[instance.id] { throw failure }
        guard let identity = now.identities[instance.id] else {
            throw ProbeError(.unreachable, at: .surface, "nobody answers at \(instance.address)")
        }
        return Answer(identity, transcript: "GET identity of \(instance.id)", elapsed: .milliseconds(1))
    }
}

extension InstanceIdentity {
    /// An instance of the released build.
    package static func sample(_ instance: String) -> InstanceIdentity {
        InstanceIdentity(
            instance: instance, buildID: "b0b1b2b3", commit: "0123abc",
            configurationDigest: String(repeating: "d", count: 64))
    }
}
