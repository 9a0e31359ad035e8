import Engine
import Probes
import Readiness

/// Asks a target who it is and whether paper is proven.
struct TargetIdentification: Sendable {
    let target: ConnectedTarget

    /// What the log says of the target. Never throws: an answer that did not come is an answer.
    func identify() async -> TargetIdentified {
        let (paper, words) = await target.interlock.prove()
        do throws(ProbeError) {
            let identity = try await target.probes.discovery.identity().value
            let objection = TargetInterlock.objection(to: identity, expecting: target.environment)
            return TargetIdentified(
                target: target.id, environment: identity.environment,
                commit: identity.commit.isEmpty ? nil : identity.commit, dirty: identity.dirty,
                configuration: identity.configurationDigest, account: identity.account, instance: identity.instance,
                paper: objection == nil ? paper : .unknown, detail: objection ?? words)
        } catch {
            return TargetIdentified(
                target: target.id, environment: target.environment.rawValue, paper: paper,
                detail: "\(words); not identified: \(error)")
        }
    }
}

/// Permits effects on a target whose paper is proven, and on nothing else.
struct TargetInterlock: Engine.Interlock {
    let target: ConnectedTarget

    init(_ target: ConnectedTarget) { self.target = target }

    /// Why nothing may be changed on who answers so: what proves paper and what the target says must agree.
    static func objection(to identity: TargetIdentity, expecting environment: TargetEnvironment) -> String? {
        guard environment != .production else { return "Its profile says production: nothing is ever changed there." }
        guard identity.environment != environment.rawValue else { return nil }
        let said = SafeText.line(String(identity.environment.prefix(60)))
        return "It says that its environment is \(said), not \(environment.rawValue)."
    }

    func permits(_ effect: EffectClass) async -> Permission {
        let (paper, words) = await target.interlock.prove()
        switch paper {
        case .proven:
            do throws(ProbeError) {
                let identity = try await target.probes.discovery.identity().value
                return Self.objection(to: identity, expecting: target.environment).map(Permission.refused) ?? .granted
            } catch {
                return .unknown(error)
            }
        // Everything that can be seen without the target is in order, and the target does not answer.
        case .declared: return .unknown(ProbeError(.unreachable, at: .surface, words))
        case .unknown: return .refused(words)
        }
    }
}

/// Looks whether the target's endpoints are there.
struct EndpointReachability: ReachabilityProbe {
    let reachability: TargetReachability

    func isReachable(_ endpoint: Endpoint) async -> Bool {
        // Trouble of ours says nothing about the endpoint: then nothing is blocked for it.
        do throws(ProbeError) { return try await reachability.isThere(endpoint) } catch { return true }
    }
}
