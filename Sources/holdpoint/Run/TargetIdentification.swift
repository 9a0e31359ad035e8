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

    func remediation(of check: CheckID, refused why: String) -> Remediation? {
        // A practice desk is refused for what lies in its home, and the words of that say it all.
        guard !target.probes.runbook.targetOption.isEmpty else { return nil }
        return Self.remediation(of: check, refused: why, in: target.environment, target.probes.runbook)
    }

    /// How paper comes to be proven. In production nothing is to be done about it: another deployment is looked at.
    private static func remediation(
        of check: CheckID, refused why: String, in environment: TargetEnvironment, _ runbook: TargetRunbook
    ) -> Remediation {
        let run = "holdpoint run\(runbook.targetOption)"
        let look = Remediation.Step(
            "See what proves paper, or what is still against it, without running anything.",
            command: "\(run) --dry-run")
        let again = Remediation.Step("Run the check again.", command: "\(run) --check \(check)")
        let cause = "The check changes the target, and that is done only where paper is proven. \(why)"
        guard environment != .production else {
            return Remediation(
                summary: "Run it against a deployment that trades on paper", cause: cause,
                steps: [
                    Remediation.Step(
                        "Write a profile of such a deployment, with its own environment: and paper:, and name it with --target."
                    ), look,
                ], verify: [check])
        }
        return Remediation(
            summary: "Declare in the profile that it trades on paper", cause: cause,
            steps: [
                Remediation.Step(
                    "Say in the profile where its orders go, for example paper: {venue: binance, address: "
                        + "\"https://testnet.binance.vision/api\", account: T-1}. The target has to tell the same "
                        + "environment and account of itself (identity)."), look, again,
            ], verify: [check])
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
