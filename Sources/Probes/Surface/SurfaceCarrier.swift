package import Readiness

/// Carries requests of the contract to a target, and brings its answers back spelled as the contract spells them.
///
/// Where the target is, what proves that we may ask, and whether it answers in a shape of its own is the carrier's; what
/// an answer means is `HTTPSurface`'s.
package protocol SurfaceCarrier: Sendable {
    /// Asks once.
    func perform(_ request: HTTPExchange.Request, on lane: SurfaceLane) async throws(ProbeError) -> HTTPExchange.Reply
    /// Asks each over a connection of its own, all released together; see `HTTPExchange.performTogether`.
    func performTogether(_ requests: [HTTPExchange.Request]) async throws(ProbeError) -> HTTPExchange.Together
    /// Asks an instance that the target lists, at the address that it lists.
    ///
    /// - Throws: `ProbeError`: nonsense, before anything is asked, when that is an address that must not be asked.
    func perform(
        _ request: HTTPExchange.Request, at instance: TargetInstance
    ) async throws(ProbeError) -> HTTPExchange.Reply
    /// Whether an address is the one that `perform` asks: the instance that answers has to be among those listed.
    func isOwn(_ address: String) throws(ProbeError) -> Bool
    /// What is asked in the place of a request of the contract, in words; nil where it is asked as it stands.
    func question(_ request: HTTPExchange.Request) -> String?
    /// Takes secrets out of what is kept.
    var redactor: Redactor { get }
}

/// Which connection a request goes over, and with what.
package enum SurfaceLane: Sendable {
    /// One of several, with what the target asks of everybody.
    case shared
    /// The one that is kept for a latency series; the caller sees to it that nothing else uses it meanwhile.
    case series
    /// One of several, with what only who may change the target has.
    case authorised
}
