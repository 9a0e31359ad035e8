import Glibc
import Probes
import Readiness
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct HTTPExchangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: HostileServer.Reply
        var meeting: ProbeError.Meeting
        var says: String

        init(_ name: String, _ reply: HostileServer.Reply, _ meeting: ProbeError.Meeting, _ says: String) {
            testDescription = name
            self.reply = reply
            self.meeting = meeting
            self.says = says
        }
    }

    static let rows = [
        Row("accepts and is silent", .silence, .unreachable, "no whole answer"),
        Row("resets", .reset, .unreachable, "connection"),
        Row("closes", .close, .unreachable, "connection closed"),
        Row("drips beyond the limit", .drip(String(repeating: " ", count: 500)), .unreachable, "no whole answer"),
        Row(
            "breaks off within the body", .raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"), .unreachable,
            "no whole answer"),
        Row("speaks no HTTP", .raw("220 mail.example.com ESMTP\r\n\r\n"), .nonsense, "not HTTP"),
        Row("announces a gibibyte", .flood(announced: true), .nonsense, "longer than 1048576 bytes"),
        Row("streams a gibibyte", .flood(announced: false), .nonsense, "longer than 1048576 bytes"),
    ]

    @Test(arguments: rows)
    func `trouble with the transport has its row`(_ row: Row) async throws {
        try await HostileServer.serving({ _ in row.reply }) { server in
            // Short only where it has to expire: a busy machine must not turn another row into silence.
            let limit: Duration = row.says == "no whole answer" ? .milliseconds(200) : .seconds(30)
            let exchange = HTTPExchange(connections: 1, limit: limit)
            let address = try #require(SurfaceAddress(parsing: server.address))
            let error = await trouble { () throws(ProbeError) in
                try await exchange.perform(.init("GET", "/readyz"), at: address)
            }
            #expect(error?.meeting == row.meeting, "\(error?.detail ?? "no error")")
            #expect(error?.endpoint == .surface)
            #expect(error?.detail.contains(row.says) == true, "\(error?.detail ?? "")")
            // What is not read backs up in the sockets' buffers: nobody has taken a gibibyte into memory.
            #expect(server.sent < 64 << 20)
            await exchange.close()
        }
    }

    @Test func `a closed port is unreachable at once and not after the limit`() async throws {
        let port = try ClosedPort()
        let exchange = HTTPExchange(connections: 1, limit: .seconds(3600))
        let address = try #require(SurfaceAddress(parsing: port.address))
        let error = await trouble { () throws(ProbeError) in
            try await exchange.perform(.init("GET", "/readyz"), at: address)
        }
        #expect(error == ProbeError(.unreachable, at: .surface, "connection refused by \(port.address.dropFirst(7))"))
        await exchange.close()
        withExtendedLifetime(port) {}
    }

    @Test func `a redirect is not followed`() async throws {
        let reply = HostileServer.Reply.answer(302, "", headers: ["location: /again"])
        try await HostileServer.serving({ _ in reply }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let address = try #require(SurfaceAddress(parsing: server.address))
            let answer = try await exchange.perform(.init("GET", "/readyz"), at: address)
            #expect(answer.status == 302)
            #expect(server.requests.count == 1)
            await exchange.close()
        }
    }

    @Test(arguments: ["20", "0", "99", "007", "1"])
    func `an impossible status with a body is nonsense, and ends nobody's process`(status: String) async throws {
        let raw = "HTTP/1.1 \(status) OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        try await HostileServer.serving({ _ in .raw(raw) }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let address = try #require(SurfaceAddress(parsing: server.address))
            let error = await trouble { () throws(ProbeError) in
                try await exchange.perform(.init("GET", "/readyz"), at: address)
            }
            #expect(error?.meeting == .nonsense, "\(error?.detail ?? "no error")")
            await exchange.close()
        }
    }

    @Test func `a cancelled task ends as cancelled while the target is silent`() async throws {
        let (asked, tell) = AsyncStream.makeStream(of: Void.self)
        try await HostileServer.serving({ _ in
            tell.yield()
            return .silence
        }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(3600))
            let address = try #require(SurfaceAddress(parsing: server.address))
            let task = Task {
                await trouble { () throws(ProbeError) in
                    try await exchange.perform(.init("GET", "/readyz"), at: address)
                }
            }
            for await _ in asked { break }
            task.cancel()
            #expect(await task.value?.meeting == .cancelled)
            await exchange.close()
        }
    }

    @Test func `one connection serves a series`() async throws {
        try await HostileServer.serving({ _ in .answer(200, "{}") }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            let address = try #require(SurfaceAddress(parsing: server.address))
            for _ in 0..<50 { _ = try await exchange.perform(.init("GET", "/readyz"), at: address) }
            #expect(server.requests.count == 50)
            #expect(server.accepted == 1)
            await exchange.close()
        }
    }

    @Test func `the clock runs until the last byte`() async throws {
        try await HostileServer.serving({ _ in .drip("") }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(3600))
            let address = try #require(SurfaceAddress(parsing: server.address))
            let before = ContinuousClock.now
            let reply = try await exchange.perform(.init("GET", "/readyz"), at: address)
            let around = ContinuousClock.now - before
            // The server waits 20 ms between bytes, and there are more than 50 of them.
            #expect(reply.elapsed >= .seconds(1))
            #expect(reply.elapsed <= around)
            await exchange.close()
        }
    }

    @Test func `a transcript holds both sides, cut, and never a secret`() async throws {
        let long = String(repeating: "x", count: 9000)
        let replies = ["/long": long, "/echo": #"{"said":"hush-hush-hush"}"#]
        try await HostileServer.serving({ .answer(200, replies[$0.path] ?? "") }) { server in
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30), secrets: { [Secret("hush-hush-hush")] })
            let address = try #require(SurfaceAddress(parsing: server.address))
            let echo = try await exchange.perform(.init("POST", "/echo", body: Array("{\"a\":1}".utf8)), at: address)
            #expect(echo.transcript == "POST /echo\n{\"a\":1}\n200\n{\"said\":\"<secret>\"}")
            let cut = try await exchange.perform(.init("GET", "/long"), at: address)
            #expect(cut.transcript.utf8.count < 4300)
            #expect(cut.transcript.hasSuffix("(9000 bytes in all)"))
            #expect(cut.body.count == 9000)
            await exchange.close()
        }
    }

    @Test func `a closed exchange is an error of our side`() async throws {
        let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
        await exchange.close()
        await exchange.close()
        let address = try #require(SurfaceAddress(parsing: "http://127.0.0.1:1"))
        let error = await trouble { () throws(ProbeError) in
            try await exchange.perform(.init("GET", "/"), at: address)
        }
        #expect(error?.meeting == .ourSide)
    }
}

struct OneAtATimeTests {
    private final class Inside: Sendable {
        let count = Mutex(0)
    }

    @Test func `nobody enters while another is inside, and a cancelled waiter leaves the line`() async throws {
        let turn = OneAtATime()
        let (entered, tell) = AsyncStream.makeStream(of: Void.self)
        let (goOn, release) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await turn.run { () throws(ProbeError) in
                tell.yield()
                for await _ in goOn { break }
                return 1
            }
        }
        for await _ in entered { break }
        let second = Task { await trouble { () throws(ProbeError) in try await turn.run { 2 } } }
        second.cancel()
        #expect(await second.value?.meeting == .cancelled)
        release.yield()
        #expect(try await first.value == 1)
        #expect(try await turn.run { 3 } == 3)
    }

    @Test func `all pass, one by one`() async throws {
        let turn = OneAtATime()
        let inside = Inside()
        let most = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await turn.run { () throws(ProbeError) in
                        let now = inside.count.withLock { count in
                            count += 1
                            return count
                        }
                        await Task.yield()
                        inside.count.withLock { $0 -= 1 }
                        return now
                    }
                }
            }
            return try await group.reduce(0) { max($0, $1) }
        }
        #expect(most == 1)
    }
}

struct SurfaceAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:40123", true), ("http://127.9.9.9:1/", true), ("http://[::1]:80", true),
        ("http://localhost:80", false), ("http://10.0.0.1:80", false), ("http://127.0.0.010:80", false),
        ("http://127.0.0.1.evil.example:80", false), ("http://[fe80::1]:80", false),
    ])
    func `loopback is a literal address`(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(SurfaceAddress(parsing: text)).isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "http://", "http://127.0.0.1", "https://127.0.0.1:1", "http://127.0.0.1:0", "http://127.0.0.1:65536",
        "http://127.0.0.1:80/path", "http://user@127.0.0.1:80", "http://127.0.0.1:80?x=1", "http://127.0.0.1:+8",
        "http://[127.0.0.1]:80", "http://:80", "http://a b:80", "http://127.0.0.1:80//",
    ])
    func `anything but a host and a port is refused`(_ text: String) {
        #expect(SurfaceAddress(parsing: text) == nil)
    }
}
