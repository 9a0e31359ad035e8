import Probes
import Readiness
import Testing

/// The instances of a profile, asked at their own addresses.
@Suite(.timeLimit(.minutes(5)))
struct ProfileInstanceTests {
    private static let digest = String(repeating: "a", count: 64)

    private static func identity(_ instance: String) -> String {
        #"{"build_id":"b1","config_sha256":"\#(digest)","instance":"\#(instance)"}"#
    }

    /// A server that says that it is an instance, and lists whom it is told to.
    private static func server(
        _ instance: String, path: String = "/readyz/identity", listing: String = "[]"
    ) -> @Sendable (HostileServer.Request) async -> HostileServer.Reply {
        { request in
            switch request.path {
            case path: .answer(200, identity(instance))
            case "/readyz": .answer(200, #"{"ready":true,"capabilities":{},"instances":\#(listing)}"#)
            default: .answer(404, "{}")
            }
        }
    }

    private func profile(_ address: String, _ instances: [TargetProfile.Instance]) -> TargetProfile {
        var profile = TargetProfile(
            id: "t", environment: .staging, path: "/t/t.yaml", folder: "/t",
            source: SourceLocation(file: "t.yaml", line: 1))
        profile.access = TargetAccess(
            place: .address(address), authentication: [.bearer(.environment("TOKEN"))], limit: .seconds(30))
        profile.instances = instances
        return profile
    }

    private func looking<Value: Sendable>(
        _ profile: TargetProfile, _ work: (any InstanceProbe) async throws -> Value
    ) async throws -> Value {
        let target = try await ServiceTarget.connect(
            profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in "marker-token" })
        do {
            let value = try await work(target.probes.instances)
            await target.close()
            return value
        } catch {
            await target.close()
            throw error
        }
    }

    @Test func `each instance is asked at its own address, with the credentials, in the profile's order`() async throws
    {
        try await HostileServer.serving(Self.server("desk-1")) { first in
            try await HostileServer.serving(Self.server("desk-2")) { second in
                let profile = profile(
                    first.address,
                    [
                        .init(id: "desk-2", address: second.address, role: "standby"),
                        .init(id: "desk-1", address: first.address, role: "primary"),
                    ])
                try await looking(profile) { probe in
                    let list = try await probe.instances().value
                    #expect(list.map(\.id) == ["desk-2", "desk-1"])
                    #expect(list.map(\.role) == ["standby", "primary"])
                    for instance in list {
                        #expect(try await probe.identity(of: instance).value.instance == instance.id)
                    }
                }
                let asked = second.requests.filter { $0.path == "/readyz/identity" }
                #expect(asked.count == 1)
                #expect(asked.first?.head.contains("marker-token") == true)
            }
        }
    }

    @Test func `an instance without an address takes the one that the target lists, and none is as if it were gone`()
        async throws
    {
        try await HostileServer.serving({ request in
            let own = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host:") }
            let address = "http://" + (own?.split(separator: " ").last ?? "")
            return await Self.server(
                "desk-1", listing: #"[{"id":"desk-1","address":"\#(address)","role":"primary"}]"#)(request)
        }) { server in
            let profile = profile(
                server.address,
                [
                    .init(id: "desk-1", address: nil, role: "primary"),
                    .init(id: "desk-9", address: nil, role: "standby"),
                ])
            try await looking(profile) { probe in
                let list = try await probe.instances().value
                #expect(list.first == TargetInstance(id: "desk-1", address: server.address, role: "primary"))
                #expect(try await probe.identity(of: list[0]).value.instance == "desk-1")
                let error = await trouble { () async throws(ProbeError) in try await probe.identity(of: list[1]) }
                #expect(error?.meeting == .unreachable)
                #expect(error?.detail.contains("desk-9") == true)
            }
        }
    }

    @Test func `what the target lists besides is looked at too`() async throws {
        try await HostileServer.serving({ request in
            let own = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host:") }
            let address = "http://" + (own?.split(separator: " ").last ?? "")
            let list =
                #"[{"id":"desk-1","address":"\#(address)","role":"primary"},"#
                + #"{"id":"forgotten","address":"http://127.0.0.1:9","role":"standby"}]"#
            return await Self.server("desk-1", listing: list)(request)
        }) { server in
            let profile = profile(server.address, [.init(id: "desk-1", address: server.address, role: "primary")])
            let list = try await looking(profile) { try await $0.instances().value }
            #expect(list.map(\.id) == ["desk-1", "forgotten"])
        }
    }

    @Test func `a target that lists nobody is no trouble where the profile does`() async throws {
        try await HostileServer.serving(Self.server("desk-1", listing: "null")) { server in
            let profile = profile(server.address, [.init(id: "desk-1", address: server.address, role: "primary")])
            let answer = try await looking(profile) { try await $0.instances() }
            #expect(answer.value.map(\.id) == ["desk-1"])
            #expect(answer.transcript.contains("not to be had"))
        }
    }

    @Test func `an address that only the target names, on another host, gets no request`() async throws {
        let profile = profile(
            "http://127.0.0.1:1", [.init(id: "desk-1", address: "http://127.0.0.1:1", role: "primary")])
        try await looking(profile) { probe in
            let foreign = TargetInstance(id: "x", address: "http://127.0.0.2:9", role: "standby")
            let error = await trouble { () async throws(ProbeError) in try await probe.identity(of: foreign) }
            #expect(error?.meeting == .nonsense)
            #expect(error?.detail.contains("it is not asked") == true)
        }
    }

    @Test func `an instance is asked at the path that the profile binds, and its answer is reshaped`() async throws {
        try await HostileServer.serving({ request in
            request.path == "/version"
                ? .answer(200, #"{"build":"b7","digest":"\#(Self.digest)","host":"desk-1","env":"staging"}"#)
                : .answer(404, "{}")
        }) { server in
            var profile = profile(server.address, [.init(id: "desk-1", address: server.address, role: "primary")])
            func path(_ text: String) throws -> AnswerTemplate { .path(try JSONPath(parsing: text)) }
            profile.bindings["identity"] = CapabilityBinding(
                operation: "identity", source: .http(method: "GET", target: "/version", body: nil),
                answer: .object([
                    .init("build_id", try path("$.build")), .init("config_sha256", try path("$.digest")),
                    .init("environment", try path("$.env")), .init("account_id", try path("$.host")),
                    .init("instance", try path("$.host")),
                ]), location: SourceLocation(file: "t.yaml", line: 3))
            let identity = try await looking(profile) { probe in
                try await probe.identity(of: try await probe.instances().value[0]).value
            }
            #expect(identity.buildID == "b7")
        }
    }

    @Test func `an identity that a command tells can be told of no single instance`() async throws {
        var profile = profile(
            "http://127.0.0.1:1", [.init(id: "desk-1", address: "http://127.0.0.1:1", role: "primary")])
        profile.bindings["identity"] = CapabilityBinding(
            operation: "identity", source: .command(["true"]), location: SourceLocation(file: "t.yaml", line: 3))
        try await looking(profile) { probe in
            let one = TargetInstance(id: "desk-1", address: "http://127.0.0.1:1", role: "primary")
            let error = await trouble { () async throws(ProbeError) in try await probe.identity(of: one) }
            #expect(error?.meeting == .notOffered)
            #expect(error?.detail.contains("t.yaml:3") == true)
        }
    }
}
