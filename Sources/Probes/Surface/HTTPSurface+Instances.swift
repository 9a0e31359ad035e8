package import Readiness

extension HTTPSurface: InstanceProbe {
    private struct ListWire: Decodable {
        struct Instance: Decodable {
            var id: String
            var address: String
            var role: String
        }

        var instances: [Instance]
    }

    private struct IdentityWire: Decodable {
        var git_commit: String?
        var build_id: String
        var config_sha256: String
        var instance: String
        var dirty: Bool?
        var environment: String?
    }

    /// The most instances that a target may list.
    package static let mostInstances = 64

    /// `GET /readyz`. Two of one name or at one address, a role that is neither primary nor standby, and a list without
    /// the address that was asked are nonsense. An address is text until `identity(of:)` asks there.
    package func instances() async throws(ProbeError) -> Answer<[TargetInstance]> {
        let request = named(HTTPExchange.Request("GET", "/readyz"))
        let reply = try await ask(request, answering: [200, 503])
        let listed = try Self.decode(ListWire.self, from: reply, to: request).instances
        try Self.check(
            (1...Self.mostInstances).contains(listed.count), request, "\(listed.count) instances are listed")
        for instance in listed {
            try Self.check(
                WireText.isName(instance.id) && instance.address.utf8.count <= 300, request,
                "an instance without a usable name or address")
            try Self.check(
                DeskStartLine.roles.contains(instance.role), request, "a role that is not primary or standby")
        }
        try Self.check(Set(listed.map(\.id)).count == listed.count, request, "two instances have one name")
        try Self.check(Set(listed.map(\.address)).count == listed.count, request, "two instances have one address")
        var isListed = false
        for instance in listed where try carrier.isOwn(instance.address) { isListed = true }
        try Self.check(isListed, request, "the instance that answers is not listed")
        let instances = listed.map { TargetInstance(id: $0.id, address: $0.address, role: $0.role) }
        return Self.answer(instances, from: reply)
    }

    /// `GET /readyz/identity` at the instance's own address.
    ///
    /// The address was named by the target: which ones may be asked is the carrier's to say.
    ///
    /// - Throws: `ProbeError`: nonsense before any request when the address is another host's or none; nonsense too
    ///   when
    ///   another instance answers, when build or digest are not what they should be: equal texts would prove nothing.
    package func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> {
        let request = named(HTTPExchange.Request("GET", "/readyz/identity"))
        let reply = try Self.admit(try await carrier.perform(request, at: instance), to: request, [200])
        let wire = try Self.decode(IdentityWire.self, from: reply, to: request)
        try Self.check(wire.instance == instance.id, request, "another instance answers there")
        try Self.check(WireText.isName(wire.build_id), request, "build_id names no build")
        try Self.check(WireText.isDigest(wire.config_sha256), request, "config_sha256 is not a SHA-256")
        let identity = InstanceIdentity(
            instance: wire.instance, buildID: wire.build_id, commit: wire.git_commit ?? "",
            configurationDigest: wire.config_sha256, dirty: wire.dirty, environment: wire.environment)
        return Self.answer(identity, from: reply)
    }
}
