import Probes
import Readiness

/// A target that is looked at, whichever kind it is: a practice desk, or a service that a profile describes.
struct ConnectedTarget: Sendable {
    /// What the log calls it.
    let id: String
    /// What it is for; as its profile states it.
    let environment: TargetEnvironment
    /// What checks get.
    let probes: TargetProbes
    /// Whether paper is proven; ask before each round.
    let interlock: any Probes.Interlock
    /// Whether an endpoint is there at all.
    let reachability: TargetReachability
    /// What the profile's own checks look with.
    let own: OwnProbes
    /// Closes what was opened.
    let close: @Sendable () async -> Void

    /// A practice desk. Its token goes to nobody but the desk's own checks.
    ///
    /// - Parameter profile: a profile that calls a desk production gets no order either.
    /// - Throws: `ProbeError` of our side for certificates of the profile that cannot be read.
    init(_ desk: DeskTarget, _ profile: TargetProfile, _ secrets: OwnSecrets) throws(ProbeError) {
        id = "practice"
        environment = profile.environment
        probes = desk.probes
        interlock = desk.interlock
        reachability = desk.reachability
        let own = try OwnProbes(
            profile, secrets, at: OwnProbes.Door(address: desk.address, redacting: desk.tokens),
            ledger: desk.probes.ledger)
        self.own = own
        close = {
            await own.close()
            await desk.close()
        }
    }

    /// A service of a profile.
    ///
    /// - Throws: `ProbeError` of our side for certificates of the profile that cannot be read.
    init(_ service: ServiceTarget, _ profile: TargetProfile, _ secrets: OwnSecrets) throws(ProbeError) {
        id = profile.id
        environment = profile.environment
        probes = service.probes
        interlock = service.interlock
        reachability = service.reachability
        let address: @Sendable () throws(ProbeError) -> String = { () throws(ProbeError) in
            guard case .address(let address)? = profile.access?.place else {
                throw ProbeError(.notOffered, elsewhere: "the profile names no surface")
            }
            return address
        }
        let credentials = service.credentials
        let told: [Secret] = if case .success(let fields) = credentials { fields.secrets } else { [] }
        let own = try OwnProbes(
            profile, secrets,
            at: OwnProbes.Door(address: address, fields: credentials.map(\.fields), redacting: { told }),
            ledger: service.probes.ledger)
        self.own = own
        close = {
            await own.close()
            await service.close()
        }
    }

    /// A practice desk that is served.
    ///
    /// - Throws: `CommandFailure` (78) for certificates of the profile that cannot be read.
    static func desk(
        _ desk: DeskTarget, _ profile: TargetProfile, _ secrets: OwnSecrets
    ) throws(CommandFailure) -> ConnectedTarget {
        do throws(ProbeError) { return try ConnectedTarget(desk, profile, secrets) } catch {
            throw CommandFailure(.configuration, "the target cannot be looked at: \(error.detail)")
        }
    }

    /// Connects to a service of a profile: its secrets are fetched, and the target is asked nothing.
    ///
    /// - Parameter secrets: of the profile's own checks.
    /// - Throws: `CommandFailure` (78) for a profile that cannot be looked at as it stands.
    static func service(
        _ profile: TargetProfile, _ secrets: OwnSecrets
    ) async throws(CommandFailure) -> ConnectedTarget {
        do throws(ProbeError) {
            let service = try await ServiceTarget.connect(
                profile, runbook: ProfileRunbook.commands(for: profile), environment: OwnEnvironment.value)
            return try ConnectedTarget(service, profile, secrets)
        } catch {
            throw CommandFailure(.configuration, "the target \(profile.id) cannot be looked at: \(error.detail)")
        }
    }
}
