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
    /// Closes what was opened.
    let close: @Sendable () async -> Void

    /// A practice desk.
    ///
    /// - Parameter environment: as its profile says; one that calls a desk production gets no order either.
    init(_ desk: DeskTarget, environment: TargetEnvironment = .practice) {
        id = "practice"
        self.environment = environment
        probes = desk.probes
        interlock = desk.interlock
        reachability = desk.reachability
        close = { await desk.close() }
    }

    /// A service of a profile.
    init(_ service: ServiceTarget, _ profile: TargetProfile) {
        id = profile.id
        environment = profile.environment
        probes = service.probes
        interlock = service.interlock
        reachability = service.reachability
        close = { await service.close() }
    }
}
