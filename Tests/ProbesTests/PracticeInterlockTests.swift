import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct PracticeInterlockTests {
    /// Answers a proof request as the owner of a token would.
    private static func honest(_ token: String) -> @Sendable (HostileServer.Request) async -> HostileServer.Reply {
        { request in
            guard let mark = request.path.firstRange(of: "/readyz/identity/proof?nonce=") else {
                return .answer(404, "")
            }
            let nonce = request.path[mark.upperBound...]
            return .answer(200, #"{"proof":"\#(testDigest(Array("\(token):\(nonce)".utf8)))"}"#)
        }
    }

    private func prove(
        limit: Duration = .seconds(30),
        _ reply: @escaping @Sendable (HostileServer.Request) async -> HostileServer.Reply = honest(DeskHome.token),
        spoil: (DeskHome, String) throws -> Void = { _, _ in }
    ) async throws -> (PaperProof, String) {
        try await HostileServer.serving(reply) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            try spoil(home, server.address)
            let exchange = HTTPExchange(connections: 1, limit: limit)
            let proof = await PracticeInterlock(home: home.path, exchange: exchange, digest: testDigest).prove()
            await exchange.close()
            #expect(!proof.1.contains(DeskHome.token))
            #expect(proof.1.hasSuffix("."))
            // No request shows the token, proven or not.
            #expect(server.requests.allSatisfy { !$0.head.contains(DeskHome.token) })
            return proof
        }
    }

    @Test func `a desk of ours is proven`() async throws {
        let (proof, detail) = try await prove()
        #expect(proof == .proven, "\(detail)")
    }

    @Test func `each proof is asked with a nonce of its own`() async throws {
        try await HostileServer.serving(Self.honest(DeskHome.token)) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let interlock = PracticeInterlock(home: home.path, exchange: exchange, digest: testDigest)
            for _ in 0..<3 { #expect(await interlock.prove().0 == .proven) }
            #expect(Set(server.requests.map(\.path)).count == 3)
            #expect(server.requests.allSatisfy { $0.path.utf8.count == 29 + 64 })
            await exchange.close()
        }
    }

    @Test(arguments: [
        (0o755, "has mode 0755, not 0700"), (0o770, "has mode 0770"), (0o701, "has mode 0701"),
        (0o1700, "has mode 01700"),
    ])
    func `a home that others may enter proves nothing`(_ mode: mode_t, _ says: String) async throws {
        let (proof, detail) = try await prove(spoil: { home, _ in try home.setMode(mode, of: home.path) })
        #expect(proof == .unknown)
        #expect(detail.contains(says), "\(detail)")
    }

    @Test(arguments: [mode_t(0o644), 0o640, 0o660, 0o700])
    func `a record that others may read proves nothing`(_ mode: mode_t) async throws {
        let (proof, detail) = try await prove(spoil: { home, address in try home.write(address: address, mode: mode) })
        #expect(proof == .unknown)
        #expect(detail.contains("is not a file of ours alone"), "\(detail)")
    }

    @Test func `a record with a second name, or that is a link, proves nothing`() async throws {
        let linked = try await prove(spoil: { home, _ in
            try #require(link(home.recordPath, home.path + "/other") == 0)
        })
        #expect(linked.0 == .unknown && linked.1.contains("is not a file of ours alone"))
        let symbolic = try await prove(spoil: { home, _ in
            try #require(rename(home.recordPath, home.path + "/real") == 0)
            try #require(symlink(home.path + "/real", home.recordPath) == 0)
        })
        #expect(symbolic.0 == .unknown && symbolic.1.contains("is not a regular file"))
    }

    @Test func `somebody else's home or record proves nothing`() async throws {
        // Only root may give files away.
        guard geteuid() == 0 else { return }
        let home = try await prove(spoil: { home, _ in try #require(chown(home.path, 65_534, 65_534) == 0) })
        #expect(home.0 == .unknown && home.1.contains("belongs to user 65534"))
        let record = try await prove(spoil: { home, _ in try #require(chown(home.recordPath, 65_534, 65_534) == 0) })
        #expect(record.0 == .unknown && record.1.contains("is not a file of ours alone"))
    }

    @Test func `no record, a broken one and one of another home prove nothing`() async throws {
        let missing = try await prove(spoil: { home, _ in try FileManager.default.removeItem(atPath: home.recordPath) })
        #expect(missing.0 == .unknown && missing.1.contains("is not there"))
        let broken = try await prove(spoil: { home, _ in try home.write("{") })
        #expect(broken.0 == .unknown && broken.1.contains("not JSON"))
        let other = try await prove(spoil: { home, address in try home.write(address: address, home: "/tmp") })
        #expect(other.0 == .unknown && other.1.contains("names another home"))
        let withoutToken = try await prove(spoil: { home, address in try home.write(address: address, token: nil) })
        #expect(withoutToken.0 == .unknown && withoutToken.1.contains("no token"))
    }

    @Test(arguments: ["http://localhost:1", "http://10.1.2.3:1", "http://127.0.0.1.nip.io:1", "http://[fe80::1]:1"])
    func `an address that is not literally loopback proves nothing`(_ address: String) async throws {
        let (proof, detail) = try await prove(spoil: { home, _ in try home.write(address: address) })
        #expect(proof == .unknown)
        #expect(detail.contains("is not a literal loopback address"), "\(detail)")
    }

    @Test func `who has taken over the port is found out`() async throws {
        let replies: [@Sendable (HostileServer.Request) async -> HostileServer.Reply] = [
            Self.honest("another-token-0123456789"), { _ in .answer(200, #"{"proof":""}"#) },
        ]
        for reply in replies {
            let (proof, detail) = try await prove(reply)
            #expect(proof == .unknown)
            #expect(detail.contains("its proof is wrong"), "\(detail)")
        }
        let (proof, detail) = try await prove { _ in .answer(404, "{}") }
        #expect(proof == .unknown)
        #expect(detail.contains("gives no proof (status 404)"))
    }

    @Test func `a silent desk is only declared`() async throws {
        let (proof, detail) = try await prove(limit: .milliseconds(200)) { _ in .silence }
        #expect(proof == .declared)
        #expect(detail.contains("could not be asked for its proof"))
    }
}
