import Engine
import Probes
import Readiness

/// Asks a desk who it is and whether paper is proven.
struct TargetIdentification: Sendable {
    let target: DeskTarget

    /// What the log says of the target. Never throws: an answer that did not come is an answer.
    func identify() async -> TargetIdentified {
        let (paper, words) = await target.interlock.prove()
        do throws(ProbeError) {
            let identity = try await target.probes.discovery.identity().value
            return TargetIdentified(
                target: "practice", environment: identity.environment,
                commit: identity.commit.isEmpty ? nil : identity.commit, dirty: identity.dirty,
                configuration: identity.configurationDigest, account: identity.account, instance: identity.instance,
                paper: paper, detail: words)
        } catch {
            return TargetIdentified(
                target: "practice", environment: "practice", paper: paper, detail: "\(words); not identified: \(error)")
        }
    }
}

/// Permits effects on a practice desk that is ours, and on nothing else.
struct DeskInterlock: Engine.Interlock {
    let proof: PracticeInterlock

    func permits(_ effect: EffectClass) async -> Permission {
        let (paper, words) = await proof.prove()
        switch paper {
        case .proven: return .granted
        // Everything that can be seen without the desk is in order, and the desk does not answer.
        case .declared: return .unknown(ProbeError(.unreachable, at: .surface, words))
        case .unknown: return .refused(words)
        }
    }
}

/// Looks whether the desk's endpoints are there.
struct DeskReachability: ReachabilityProbe {
    let reachability: TargetReachability

    func isReachable(_ endpoint: Endpoint) async -> Bool {
        // Trouble of ours says nothing about the endpoint: then nothing is blocked for it.
        do throws(ProbeError) { return try await reachability.isThere(endpoint) } catch { return true }
    }
}
