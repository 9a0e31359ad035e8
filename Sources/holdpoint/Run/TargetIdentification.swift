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
            let objection = DeskInterlock.objection(to: identity)
            return TargetIdentified(
                target: "practice", environment: identity.environment,
                commit: identity.commit.isEmpty ? nil : identity.commit, dirty: identity.dirty,
                configuration: identity.configurationDigest, account: identity.account, instance: identity.instance,
                paper: objection == nil ? paper : .unknown, detail: objection ?? words)
        } catch {
            return TargetIdentified(
                target: "practice", environment: "practice", paper: paper, detail: "\(words); not identified: \(error)")
        }
    }
}

/// Permits effects on a practice desk that is ours, and on nothing else.
struct DeskInterlock: Engine.Interlock {
    let proof: PracticeInterlock
    let discovery: any DiscoveryProbe

    /// Why nothing may be changed on who answers so: proof and answer must agree that this is practice.
    static func objection(to identity: TargetIdentity) -> String? {
        guard identity.environment != "practice" else { return nil }
        return
            "It says that its environment is \(SafeText.line(String(identity.environment.prefix(60)))), not practice."
    }

    func permits(_ effect: EffectClass) async -> Permission {
        let (paper, words) = await proof.prove()
        switch paper {
        case .proven:
            do throws(ProbeError) {
                let identity = try await discovery.identity().value
                return Self.objection(to: identity).map(Permission.refused) ?? .granted
            } catch {
                return .unknown(error)
            }
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
