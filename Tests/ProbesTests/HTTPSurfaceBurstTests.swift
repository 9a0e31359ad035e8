import Probes
import Readiness
import Synchronization
import Testing

/// Orders that arrive together.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSurfaceBurstTests {
    static func orders(_ count: Int) -> [OrderRequest] {
        (0..<count).map { index in
            var order = HTTPSurfaceTests.order
            order.clientOrderID = "hp-\(index)"
            return order
        }
    }

    /// The client order id that a request carries.
    static func id(_ request: HostileServer.Request) -> String {
        request.body.split(separator: "\"").drop { $0 != "client_order_id" }.dropFirst(2).first.map(String.init) ?? ""
    }

    static func accepted(_ id: String, _ status: String = "accepted") -> String {
        #"{"order_id":"o-\#(id)","client_order_id":"\#(id)","status":"\#(status)","reason_code":null}"#
    }

    @Test(arguments: [1, 2, 64])
    func `nobody is answered until all have asked, each over a connection of its own`(_ count: Int) async throws {
        let gate = Gate(opensAt: count)
        try await HTTPSurfaceTests.asking({ request in
            // Requests one after the other would wait here until the limit.
            await gate.pass()
            let id = Self.id(request)
            return .answer(200, Self.accepted(id, id.hasSuffix("1") ? "denied" : "accepted"))
        }) { probes, server in
            let answer = try await probes.burst.submitTogether(Self.orders(count))
            #expect(answer.value.map(\.orderID) == (0..<count).map { "o-hp-\($0)" })
            for (index, state) in answer.value.enumerated() {
                #expect(state.status == (index % 10 == 1 ? .denied : .accepted))
            }
            #expect(server.requests.count == count)
            #expect(server.accepted == count)
            #expect(Set(server.requests.map(Self.id)).count == count)
            #expect(server.requests.allSatisfy { $0.method == "POST" && $0.path == "/readyz/orders" })
            #expect(answer.transcript.contains("over \(count) connections"))
            #expect(answer.transcript.contains("hp-0: 200 accepted, order o-hp-0"))
            #expect(answer.elapsed > .zero)
        }
    }

    @Test func `a request together is the same request as alone`() async throws {
        let reply = Self.accepted("hp-0")
        try await HTTPSurfaceTests.asking({ _ in .answer(200, reply) }) { probes, server in
            let order = Self.orders(1)[0]
            _ = try await probes.orders.submit(order)
            _ = try await probes.burst.submitTogether([order])
            func fields(_ request: HostileServer.Request) -> [String] {
                request.head.split(separator: "\r\n").dropFirst().map { $0.lowercased() }
                    .filter { !$0.hasPrefix("connection:") }.sorted()
            }
            #expect(server.requests[0].body == server.requests[1].body)
            #expect(fields(server.requests[0]) == fields(server.requests[1]))
        }
    }

    @Test(arguments: [0, 65])
    func `none and too many are our own mistake, and not asked`(_ count: Int) async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, "{}") }) { probes, server in
            let error = await trouble { () throws(ProbeError) in
                try await probes.burst.submitTogether(Self.orders(count))
            }
            #expect(error?.meeting == .ourSide)
            #expect(server.accepted == 0)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: HostileServer.Reply
        var meeting: ProbeError.Meeting

        init(_ name: String, _ reply: HostileServer.Reply, _ meeting: ProbeError.Meeting) {
            testDescription = name
            self.reply = reply
            self.meeting = meeting
        }
    }

    static let rows = [
        Row("closes", .close, .unreachable), Row("resets", .reset, .unreachable),
        Row("breaks off", .breakOff("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), .unreachable),
        Row("refuses the token", .answer(401, ""), .unauthorised), Row("is not there", .answer(404, ""), .notOffered),
        Row("fails", .answer(500, ""), .nonsense), Row("speaks no HTTP", .raw("220 ESMTP\r\n\r\n"), .nonsense),
        Row("speaks of another order", .answer(200, accepted("hp-9")), .nonsense),
        Row("has no end", .flood(announced: false), .nonsense),
        Row("announces too much", .flood(announced: true), .nonsense),
    ]

    @Test(arguments: rows)
    func `one that fails is the end of all, and never transient`(_ row: Row) async throws {
        try await HTTPSurfaceTests.asking({ request in
            let id = Self.id(request)
            return id == "hp-2" ? row.reply : .answer(200, Self.accepted(id))
        }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in
                try await probes.burst.submitTogether(Self.orders(4))
            }
            #expect(error?.meeting == row.meeting, "\(error?.detail ?? "an answer")")
            #expect(error?.endpoint == .surface)
            #expect(error?.isTransient == false)
        }
    }

    @Test func `one that is silent is silence, at the limit`() async throws {
        try await HTTPSurfaceTests.asking(
            limit: .milliseconds(300),
            { request in
                let id = Self.id(request)
                return id == "hp-2" ? .silence : .answer(200, Self.accepted(id))
            }
        ) { probes, _ in
            let error = await trouble { () throws(ProbeError) in
                try await probes.burst.submitTogether(Self.orders(4))
            }
            #expect(error?.meeting == .unreachable)
            #expect(error?.detail.contains("no whole answer") == true, "\(error?.detail ?? "")")
        }
    }

    @Test func `a closed port is unreachable, and nothing is sent`() async throws {
        let port = try ClosedPort()
        let home = try DeskHome()
        try home.write(address: port.address)
        let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
        let error = await trouble { () throws(ProbeError) in
            try await target.probes.burst.submitTogether(Self.orders(8))
        }
        #expect(error == ProbeError(.unreachable, at: .surface, "connection refused by \(port.address.dropFirst(7))"))
        await target.close()
        withExtendedLifetime(port) {}
    }

    @Test func `a cancelled burst ends as cancelled while the target is silent`() async throws {
        let (asked, tell) = AsyncStream.makeStream(of: Void.self)
        try await HTTPSurfaceTests.asking(
            limit: .seconds(3600),
            { _ in
                tell.yield()
                return .silence
            }
        ) { probes, _ in
            let task = Task {
                await trouble { () throws(ProbeError) in try await probes.burst.submitTogether(Self.orders(4)) }
            }
            for await _ in asked { break }
            task.cancel()
            #expect(await task.value?.meeting == .cancelled)
        }
    }

    @Test func `a closed target and one that says its token show nothing`() async throws {
        let token = DeskHome.token
        let reply = #"{"order_id":"\#(token)","client_order_id":"hp-0","status":"denied","reason_code":"\#(token)"}"#
        try await HTTPSurfaceTests.asking({ _ in .answer(200, reply) }) { probes, server in
            let answer = try await probes.burst.submitTogether(Self.orders(1))
            #expect(!answer.transcript.contains(token))
            #expect(answer.value == [OrderState(orderID: "<secret>", status: .denied, reasonCode: "<secret>")])
            #expect(!server.requests[0].head.contains(token))
        }
    }
}
