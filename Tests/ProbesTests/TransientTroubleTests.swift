import Probes
import Readiness
import Synchronization
import Testing

/// The rule of `TransientTrouble`, seen from outside: what the transport of a real connection makes of a request.
@Suite(.timeLimit(.minutes(5)))
struct TransientTroubleTests {
    enum Asked: Sendable, CaseIterable {
        case get, idempotentPost, post

        var request: HTTPExchange.Request {
            switch self {
            case .get: HTTPExchange.Request("GET", "/x")
            case .idempotentPost: HTTPExchange.Request("POST", "/x", body: Array("{}".utf8), isIdempotent: true)
            case .post: HTTPExchange.Request("POST", "/x", body: Array("{}".utf8))
            }
        }
    }

    /// The error of the last of some requests over one connection, where the last is met with `end` and those before
    /// are answered; with the number of connections that were made.
    private func lastError(
        of asked: Asked, after answered: Int, _ end: HostileServer.Reply, limit: Duration? = nil
    ) async throws -> (ProbeError?, Int) {
        let count = Mutex(0)
        return try await HostileServer.serving({ _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number <= answered ? .answer(200, "{}") : end
        }) { server in
            let address = try #require(SurfaceAddress(parsing: server.address))
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            for _ in 0..<answered { _ = try await exchange.perform(.init("GET", "/first"), at: address) }
            let error = await trouble { () throws(ProbeError) in
                try await exchange.perform(asked.request, at: address, limit: limit)
            }
            await exchange.close()
            return (error, server.accepted)
        }
    }

    @Test(arguments: Asked.allCases, [1, 3])
    func `a kept connection that ends before a byte of the answer is transient where asking again is harmless`(
        _ asked: Asked, _ answered: Int
    ) async throws {
        for end in [HostileServer.Reply.close, .reset] {
            let (error, connections) = try await lastError(of: asked, after: answered, end)
            #expect(error?.meeting == .unreachable)
            #expect(error?.isTransient == (asked != .post), "\(error?.detail ?? "an answer")")
            #expect(error?.detail.contains("before a byte") == true, "\(error?.detail ?? "")")
            #expect(connections == 1)
        }
    }

    @Test(arguments: Asked.allCases)
    func `a connection that has never answered is not`(_ asked: Asked) async throws {
        for end in [HostileServer.Reply.close, .reset] {
            let (error, _) = try await lastError(of: asked, after: 0, end)
            #expect(error?.meeting == .unreachable)
            #expect(error?.isTransient == false, "\(error?.detail ?? "an answer")")
        }
    }

    @Test(arguments: [
        "HTTP/1.1 2", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
    ])
    func `an end within the answer is not, on a kept connection neither`(_ beginning: String) async throws {
        let (error, connections) = try await lastError(of: .get, after: 1, .breakOff(beginning))
        #expect(error?.meeting == .unreachable, "\(error?.detail ?? "an answer")")
        #expect(error?.isTransient == false)
        #expect(connections == 1)
    }

    @Test func `silence is not, on a kept connection neither`() async throws {
        let (error, _) = try await lastError(of: .get, after: 1, .silence, limit: .milliseconds(200))
        #expect(error?.meeting == .unreachable)
        #expect(error?.isTransient == false)
    }

    @Test func `a refusal to connect is not`() async throws {
        let port = try ClosedPort()
        let address = try #require(SurfaceAddress(parsing: port.address))
        let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
        let error = await trouble { () throws(ProbeError) in
            try await exchange.perform(.init("GET", "/x"), at: address)
        }
        #expect(error?.meeting == .unreachable && error?.isTransient == false)
        await exchange.close()
        withExtendedLifetime(port) {}
    }

    @Test func `a connection that was closed between two requests is not trouble at all`() async throws {
        let reply = HostileServer.Reply.answer(200, "{}", headers: ["connection: close"])
        try await HostileServer.serving({ _ in reply }) { server in
            let address = try #require(SurfaceAddress(parsing: server.address))
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            for _ in 0..<3 { _ = try await exchange.perform(Asked.post.request, at: address) }
            #expect(server.accepted == 3)
            await exchange.close()
        }
    }

    @Test(arguments: [Asked.get, .post])
    func `a server that hangs up behind each answer costs at worst what is transient`(_ asked: Asked) async throws {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
        try await HostileServer.serving({ _ in .breakOff(answer) }) { server in
            let address = try #require(SurfaceAddress(parsing: server.address))
            let exchange = HTTPExchange(connections: 1, limit: .seconds(30))
            for _ in 0..<300 {
                let error = await trouble { () throws(ProbeError) in
                    try await exchange.perform(asked.request, at: address)
                }
                guard let error else { continue }
                #expect(error.meeting == .unreachable)
                // What may be asked again may be so in any case, what may not only if it was not sent.
                let isHarmless = asked == .get || error.detail.hasSuffix("was sent")
                #expect(error.isTransient == isHarmless, "\(error.detail)")
            }
            // Nobody asks twice by himself.
            #expect(server.requests.count <= 300)
            await exchange.close()
        }
    }

    @Test func `what a probe asks is idempotent or not, and orders are`() async throws {
        /// Whether each is asked as something that may be asked again.
        let expected: [String: Bool] = [
            "submit": true, "evaluate": true, "cancel": true, "size": true, "correlate": true, "disarm": true,
            "mark": false, "arm": false, "engage": true, "release": true, "play": false, "cut": true, "restore": true,
            "checkOut": false, "giveBack": false,
        ]
        let questions = HTTPSurfaceTests.questions + HTTPSurfaceTests.privileged
        let ready = #"{"ready":true,"capabilities":{}}"#
        let accept = #"{"decision":"accept","reason_code":null}"#
        for (name, isIdempotent) in expected {
            let question = try #require(questions.first { $0.name == name })
            let isSecond = Mutex(false)
            try await HTTPSurfaceTests.asking({ request in
                let answered = isSecond.withLock { isSecond in
                    defer { isSecond = true }
                    return isSecond
                }
                if answered { return .close }
                return .answer(200, request.path.hasSuffix("evaluate") ? accept : ready)
            }) { probes, server in
                // So that there is a kept connection: evaluations have one of their own.
                if name == "evaluate" {
                    _ = try await probes.risk.evaluate(HTTPSurfaceTests.order)
                } else {
                    _ = try await probes.discovery.readiness()
                }
                let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
                #expect(error?.meeting == .unreachable, "\(name)")
                #expect(error?.isTransient == isIdempotent, "\(name): \(error?.detail ?? "an answer")")
                #expect(server.accepted == 1)
            }
        }
    }
}
