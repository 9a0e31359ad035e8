import Engine
import FoundationEssentials
import PracticeDesk
import Probes
import Readiness

/// A target that is there for the length of a look: a service that a profile describes, or a practice desk, attached to
/// or started for it.
struct TargetVisit: Sendable {
    /// What is looked at.
    let profile: TargetProfile
    private let secrets: OwnSecrets
    private let deskHome: String?
    private let folders: StateFolders

    /// Prepares a visit; nothing is started yet.
    ///
    /// - Parameter secrets: of the profile's own checks; none for a look at the surface alone.
    /// - Throws: `CommandFailure` (64) for a desk's home that is none, or one of another target.
    init(
        _ profile: TargetProfile, _ secrets: OwnSecrets = .none, deskHome: String?, _ folders: StateFolders
    ) throws(CommandFailure) {
        self.profile = profile
        self.secrets = secrets
        self.deskHome = deskHome
        self.folders = folders
        if let deskHome {
            guard profile.isPracticeDesk else {
                throw CommandFailure(.usage, "--desk-home is for the practice desk; the target is \(profile.id)")
            }
            try DeskRoom.requireHome(deskHome)
        }
    }

    /// Runs a body while the target is there, and closes what was opened.
    ///
    /// - Throws: `CommandFailure` where there is no target to look at.
    func with<Value: Sendable>(
        progress: @escaping @Sendable (String) -> Void,
        _ body: @escaping @Sendable (ConnectedTarget) async throws -> Value
    ) async throws -> Value {
        guard profile.isPracticeDesk else { return try await Self.closing(.service(profile, secrets), body) }
        let folder = try deskHome == nil ? RunFolder(in: folders, at: SystemClock().wall, log: nil) : nil
        defer { folder?.remove() }
        let home = deskHome ?? folder?.deskHome ?? ""
        let (profile, secrets) = (profile, secrets)
        let desk = DeskProcess.Request(home: home, faults: [], seed: nil, progress: progress)
        return try await DeskProcess.with(desk) { record in
            let desk = DeskTarget.connect(record: record, digest: HexDigest.sha256)
            return try await Self.closing(.desk(desk, profile, secrets), body)
        }
    }

    private static func closing<Value: Sendable>(
        _ target: ConnectedTarget, _ body: @Sendable (ConnectedTarget) async throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error>
        do { result = .success(try await body(target)) } catch { result = .failure(error) }
        await target.close()
        return try result.get()
    }
}

/// Looks at a target before anything is run. Nothing above `read` is asked of it.
struct TargetLook: Sendable {
    private let target: ConnectedTarget
    private let profile: TargetProfile
    private let configuration: RunConfiguration
    private let own: OwnChecks?

    /// Looks with the checks that the configuration knows, and those of the profile's own.
    init(
        _ target: ConnectedTarget, _ profile: TargetProfile, _ configuration: RunConfiguration, _ own: OwnChecks? = nil
    ) {
        self.own = own
        self.target = target
        self.profile = profile
        self.configuration = configuration
    }

    /// Every capability of the readiness surface, with the checks that wait for it.
    func capabilities() async throws -> [CapabilityReport] {
        // Without limits there is no tier, and then any name will do: the target says that it knows no such account.
        let tier = configuration.criteria.limits.first?.scope ?? "hunter"
        var waiting: [Capability: [CheckID]] = [:]
        for definition in configuration.catalogue(target.probes).validators.flatMap(\.checks).map(\.definition) {
            for hook in Set(definition.hooks) { waiting[hook, default: []].append(definition.id) }
        }
        do throws(ProbeError) {
            return try await CapabilityReading(target.probes, profile: profile, tier: tier).reports(waiting: waiting)
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
        let hooks = Dictionary(definitions.map { ($0.id, $0.hooks) }, uniquingKeysWith: { first, _ in first })
        let identified = await TargetIdentification(target: target).identify()
        let capabilities = try await capabilities()
        return Preflight(
            target: identified, profile: profile.source.file, argument: argument, mode: plan.mode,
            plan: plan.announcement(predicting: predictions), hooks: hooks, capabilities: capabilities,
            predicted: try RunConfiguration.duration(of: plan, predictions))
    }
}
