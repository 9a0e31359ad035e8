import Glibc
import Probes
import Readiness
import Testing

/// Clock, instances and identities, and who is asked for them.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSurfaceInstanceTests {
    typealias Wrong = HTTPSurfaceTests.Wrong

    static func ready(_ more: String, isReady: Bool = true) -> String {
        #"{"ready":\#(isReady),"reason":null,"capabilities":{},\#(more)}"#
    }

    /// This machine's clock of the day, UTC nanoseconds since 1970.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static func identity(
        _ instance: String = "desk-2", build: String = "b1", digest: String = String(repeating: "a", count: 64)
    ) -> String {
        #"{"git_commit":"abc","build_id":"\#(build)","config_sha256":"\#(digest)","instance":"\#(instance)"}"#
    }

    @Test func `the clock is read between two looks at ours, over a connection that is warm`() async throws {
        let text = Self.ready(#""clock":{"now":"2026-01-02T03:04:05.678Z","now_ns":"1767323045678000123"}"#)
        try await HTTPSurfaceTests.asking({ _ in .answer(200, text) }) { probes, server in
            let earlier = Self.now()
            let answer = try await probes.clock.clock()
            let later = Self.now()
            #expect(answer.value.target == 1_767_323_045_678_000_123)
            #expect(earlier <= answer.value.before && answer.value.after <= later)
            #expect(answer.value.before <= answer.value.after)
            #expect(server.requests.map(\.path) == ["/readyz", "/readyz"])
            #expect(server.accepted == 1)
        }
    }

    @Test func `a target that is not ready still has a clock and instances`() async throws {
        try await HTTPSurfaceTests.asking({ request in
            let own = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host:") }
            let address = "http://" + (own?.split(separator: " ").last ?? "")
            let text = Self.ready(
                #""clock":{"now_ns":"1"},"instances":[{"id":"desk-1","address":"\#(address)","role":"primary"}]"#,
                isReady: false)
            return .answer(503, text)
        }) { probes, server in
            let reading = try await probes.clock.clock().value
            #expect(reading.target == 1)
            let instances = try await probes.instances.instances().value
            #expect(instances == [TargetInstance(id: "desk-1", address: server.address, role: "primary")])
        }
    }

    @Test(
        arguments: [
            #"{}"#, #"{"now_ns":1767323045678000000}"#, #"{"now_ns":"1.5"}"#, #"{"now_ns":""}"#, #"{"now_ns":"+5"}"#,
            #"{"now_ns":"-5"}"#, #"{"now_ns":"0"}"#, #"{"now_ns":"9223372036854775808"}"#, #"{"now_ns":"12abc"}"#,
            "null",
        ].map { Wrong("clock", ready(#""clock":\#($0)"#)) })
    func `a clock that is no whole number of nanoseconds is nonsense`(_ wrong: Wrong) async throws {
        try await HTTPSurfaceTests.expectNonsense(wrong)
    }

    /// The list that a server gives of itself, with `OWN` for its address.
    private func instances(_ list: String) async throws -> (Answer<[TargetInstance]>?, ProbeError?) {
        try await HTTPSurfaceTests.asking({ request in
            let own = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host:") }
            let address = "http://" + (own?.split(separator: " ").last ?? "")
            return .answer(200, Self.ready(#""instances":[\#(list.replacing("OWN", with: address))]"#))
        }) { probes, _ in
            do throws(ProbeError) { return (try await probes.instances.instances(), nil) } catch { return (nil, error) }
        }
    }

    private static let own = #"{"id":"desk-1","address":"OWN","role":"primary"}"#
    private static let other = #"{"id":"desk-2","address":"http://127.0.0.1:9","role":"standby"}"#

    @Test func `all instances are listed, wherever they say that they are`() async throws {
        let far = #"{"id":"desk-3","address":"https://example.com/x","role":"standby"}"#
        let (answer, error) = try await instances([Self.own, Self.other, far].joined(separator: ","))
        #expect(error == nil)
        #expect(answer?.value.map(\.id) == ["desk-1", "desk-2", "desk-3"])
        #expect(answer?.value.map(\.role) == ["primary", "standby", "standby"])
        #expect(answer?.value.last?.address == "https://example.com/x")
    }

    @Test(arguments: [
        "", other, own + "," + other.replacing("desk-2", with: "desk-1"),
        own + "," + own.replacing("desk-1", with: "d"),
        own.replacing("primary", with: "leader"), own.replacing("desk-1", with: ""),
        own.replacing("desk-1", with: #"a\u0007b"#), own.replacing(#""role""#, with: #""rolle""#),
        own + "," + other.replacing("http://127.0.0.1:9", with: String(repeating: "h", count: 301)),
        (0..<64).map { other.replacing("desk-2", with: "d\($0)").replacing(":9", with: ":\(1000 + $0)") }
            .joined(separator: ",") + "," + own,
    ])
    func `a list that cannot be is nonsense`(_ list: String) async throws {
        let (_, error) = try await instances(list)
        #expect(error?.meeting == .nonsense, "\(error?.detail ?? "an answer")")
    }

    @Test func `an instance is asked at its own address, without the token`() async throws {
        try await HostileServer.serving({ _ in .answer(200, Self.identity()) }) { standby in
            try await HTTPSurfaceTests.asking({ _ in .answer(500, "") }) { probes, primary in
                let instance = TargetInstance(id: "desk-2", address: standby.address, role: "standby")
                let answer = try await probes.instances.identity(of: instance)
                let expected = InstanceIdentity(
                    instance: "desk-2", buildID: "b1", commit: "abc",
                    configurationDigest: String(repeating: "a", count: 64))
                #expect(answer.value == expected)
                #expect(standby.requests.map(\.path) == ["/readyz/identity"])
                #expect(primary.requests.isEmpty)
                #expect(!standby.requests[0].head.contains(DeskHome.token))
            }
        }
    }

    @Test(arguments: [
        "http://127.0.0.2:PORT", "http://[::1]:PORT", "http://localhost:PORT", "https://127.0.0.1:PORT",
        "http://10.0.0.1:80", "http://example.com:80", "http://127.0.0.1:PORT@example.com:80",
        "http://user@127.0.0.1:PORT", "http://127.0.0.1:PORT/..", "http://127.0.0.1", "http://127.1:PORT",
        "http://127.0.0.1:PORT#@example.com:80", "http://127.0.0.1.example.com:PORT", "ftp://127.0.0.1:PORT", "", "/",
        "http://2130706433:PORT",
    ])
    func `an instance anywhere else is refused before it is asked`(_ address: String) async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, Self.identity()) }) { probes, server in
            let port = server.address.split(separator: ":").last.map(String.init) ?? ""
            let instance = TargetInstance(
                id: "desk-2", address: address.replacing("PORT", with: port), role: "standby")
            let error = await trouble { () throws(ProbeError) in try await probes.instances.identity(of: instance) }
            // Refused or silent would be unreachable: so that it is nonsense proves that nobody was asked.
            #expect(error?.meeting == .nonsense, "\(error?.detail ?? "an answer")")
            #expect(error?.detail.contains("not asked") == true)
            #expect(server.accepted == 0)
        }
    }

    @Test(arguments: [
        identity("desk-1"), identity(build: ""), identity(digest: "d1"), identity(digest: ""),
        identity(digest: String(repeating: "A", count: 64)), identity(build: #"\u001b[2J"#),
        #"{"git_commit":"abc","config_sha256":"","instance":"desk-2"}"#, #"{"instance":"desk-2"}"#,
    ])
    func `an identity that proves nothing is nonsense`(_ text: String) async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, text) }) { probes, server in
            let instance = TargetInstance(id: "desk-2", address: server.address, role: "standby")
            let error = await trouble { () throws(ProbeError) in try await probes.instances.identity(of: instance) }
            #expect(error?.meeting == .nonsense, "\(error?.detail ?? "an answer")")
        }
    }

    @Test(arguments: HTTPSurfaceTests.rows)
    func `what an instance answers instead has its row`(_ row: HTTPSurfaceTests.Row) async throws {
        try await HTTPSurfaceTests.asking({ _ in row.reply }) { probes, server in
            let instance = TargetInstance(id: "desk-2", address: server.address, role: "standby")
            let error = await trouble { () throws(ProbeError) in try await probes.instances.identity(of: instance) }
            #expect(error?.meeting == row.meeting, "\(error?.detail ?? "an answer")")
        }
    }

    @Test func `a standby's token shows nowhere either`() async throws {
        let secret = "another-secret-of-the-standby-000000"
        try await HostileServer.serving({ _ in .answer(200, Self.identity(build: secret)) }) { standby in
            let home = try DeskHome()
            try home.write(address: standby.address)
            try home.writeStandby(address: standby.address, token: secret)
            let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
            let instance = TargetInstance(id: "desk-2", address: standby.address, role: "standby")
            let answer = try await target.probes.instances.identity(of: instance)
            #expect(!answer.transcript.contains(secret))
            #expect(answer.transcript.contains("<secret>"))
            #expect(answer.value.buildID == "<secret>")
            await target.close()
        }
    }
}
