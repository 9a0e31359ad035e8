import Engine
import Probes
import Readiness

/// Looks at a target before anything is run. Nothing above `read` is asked of it.
struct TargetLook: Sendable {
    private let target: ConnectedTarget
    private let profile: TargetProfile
    private let configuration: RunConfiguration
    private let own: OwnChecks?
    private let tell: @Sendable (LookStep) -> Void

    /// Looks with the checks that the configuration knows, and those of the profile's own.
    ///
    /// - Parameter tell: told of each question, see `CapabilityReading`.
    init(
        _ target: ConnectedTarget, _ profile: TargetProfile, _ configuration: RunConfiguration, _ own: OwnChecks? = nil,
        telling tell: @escaping @Sendable (LookStep) -> Void
    ) {
        self.tell = tell
        self.own = own
        self.target = target
        self.profile = profile
        self.configuration = configuration
    }

    /// Every capability of the readiness surface, with the checks that wait for it.
    func capabilities() async throws -> [CapabilityReport] {
        // Without limits there is no tier, and then any name will do: the target says that it knows no such account.
        let tier = configuration.criteria.limits.first?.scope ?? "hunter"
        var waiting: [CapabilityReport.Subject: [CheckID]] = [:]
        for definition in configuration.catalogue(target.probes).validators.flatMap(\.checks).map(\.definition) {
            for need in Set(definition.needs) { waiting[need, default: []].append(definition.id) }
        }
        do throws(ProbeError) {
            return try await CapabilityReading(target.probes, profile: profile, tier: tier, telling: tell)
                .reports(waiting: waiting)
        } catch {
            throw CommandFailure(.unavailable, "the look at \(profile.id) was ended: \(error.detail)")
        }
    }

    /// The whole plan of a run.
    ///
    /// - Parameters:
    ///   - selection: what the run would be asked for.
    ///   - argument: how the target was named.
    ///   - predictions: how long checks took in earlier runs.
    func preflight(
        _ selection: Selection, argument: String, predictions: [CheckID: Duration]
    ) async throws -> Preflight {
        let plan = try configuration.plan(
            selection, probes: target.probes, own: try own?.validators(target.own) ?? [])
        let definitions = plan.steps.map(\.check.definition)
        let needs = Dictionary(definitions.map { ($0.id, $0.needs) }, uniquingKeysWith: { first, _ in first })
        // Who it is and whether paper is proven: a target that is silent is silent here first.
        tell(.asked(.capability(.identity)))
        let identified = await TargetIdentification(target: target).identify()
        tell(.settled(.capability(.identity)))
        let capabilities = try await capabilities()
        return Preflight(
            target: identified, profile: profile.source.file, argument: argument, mode: plan.mode,
            plan: plan.announcement(predicting: predictions), needs: needs, capabilities: capabilities,
            predicted: try RunConfiguration.duration(of: plan, predictions))
    }
}

extension CheckDefinition {
    /// Everything that the check looks through.
    fileprivate var needs: [CapabilityReport.Subject] {
        hooks.map(CapabilityReport.Subject.capability) + parts.map(CapabilityReport.Subject.part)
    }
}
