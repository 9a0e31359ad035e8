import FoundationEssentials
package import Readiness

extension HTTPSurface: DiscoveryProbe {
    private struct ReadinessWire: Decodable {
        var ready: Bool
        var reason: String?
        var capabilities: [String: String]
    }

    private struct IdentityWire: Decodable {
        var git_commit: String?
        var dirty: Bool?
        var config_sha256: String
        var environment: String
        var account_id: String
        var instance: String
    }

    /// The version of each capability that this client speaks. One of another version is listed as `NAME@VERSION`, so
    /// that it is seen and not taken for the one we know.
    package static let version = "1"

    /// `GET /readyz`: 200 when ready, 503 with the same body when not. A status that says otherwise than the body is
    /// nonsense.
    package func readiness() async throws(ProbeError) -> Answer<ReadinessAnswer> {
        let request = named(HTTPExchange.Request("GET", "/readyz"))
        let reply = try await ask(request, answering: [200, 503])
        let wire = try Self.decode(ReadinessWire.self, from: reply, to: request)
        guard wire.ready == (reply.status == 200) else {
            throw Self.nonsense(request, "status \(reply.status) with ready \(wire.ready)")
        }
        let capabilities = wire.capabilities.map { $1 == Self.version ? $0 : "\($0)@\($1)" }.sorted()
        return Answer(
            ReadinessAnswer(isReady: wire.ready, reason: wire.reason, capabilities: capabilities),
            transcript: reply.transcript, elapsed: reply.elapsed)
    }

    /// `GET /readyz/identity`.
    package func identity() async throws(ProbeError) -> Answer<TargetIdentity> {
        let request = named(HTTPExchange.Request("GET", "/readyz/identity"))
        let reply = try await ask(request)
        let wire = try Self.decode(IdentityWire.self, from: reply, to: request)
        let identity = TargetIdentity(
            commit: wire.git_commit ?? "", dirty: wire.dirty ?? false, configurationDigest: wire.config_sha256,
            environment: wire.environment, account: wire.account_id, instance: wire.instance)
        return Answer(identity, transcript: reply.transcript, elapsed: reply.elapsed)
    }
}
