import Probes
import Readiness
import Testing

/// Capabilities over HTTP: right answers, and everything that is none.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSurfaceTests {
    static let order = OrderRequest(
        clientOrderID: "hp-1", account: "READY-HUNTER", symbol: "SOL-USD", side: .buy, quantity: "1.00", price: "125.00"
    )

    /// Every question, by name.
    static let questions: [(name: String, ask: @Sendable (TargetProbes) async throws(ProbeError) -> Void)] = [
        ("readiness", { probes async throws(ProbeError) in _ = try await probes.discovery.readiness() }),
        ("identity", { probes async throws(ProbeError) in _ = try await probes.discovery.identity() }),
        ("limits", { probes async throws(ProbeError) in _ = try await probes.risk.limits() }),
        ("evaluate", { probes async throws(ProbeError) in _ = try await probes.risk.evaluate(order) }),
        ("submit", { probes async throws(ProbeError) in _ = try await probes.orders.submit(order) }),
        ("cancel", { probes async throws(ProbeError) in _ = try await probes.orders.cancel(orderID: "o-1") }),
        (
            "working",
            { probes async throws(ProbeError) in _ = try await probes.orders.working(account: "READY-HUNTER") }
        ),
        ("dropCopy", { probes async throws(ProbeError) in _ = try await probes.orders.dropCopy(after: 1) }),
        ("snapshot", { probes async throws(ProbeError) in _ = try await probes.market.snapshot() }),
        ("killswitch", { probes async throws(ProbeError) in _ = try await probes.killSwitch.state() }),
        ("clock", { probes async throws(ProbeError) in _ = try await probes.clock.clock() }),
        ("instances", { probes async throws(ProbeError) in _ = try await probes.instances.instances() }),
        ("describeLog", { probes async throws(ProbeError) in _ = try await probes.log.describeLog() }),
        ("mark", { probes async throws(ProbeError) in _ = try await probes.log.mark("hp-m") }),
        ("components", { probes async throws(ProbeError) in _ = try await probes.components.components() }),
        (
            "positions",
            { probes async throws(ProbeError) in _ = try await probes.positions.positions(of: "READY-HUNTER") }
        ),
        ("size", { probes async throws(ProbeError) in _ = try await probes.sizing.size(edge) }),
        ("correlate", { probes async throws(ProbeError) in _ = try await probes.correlation.correlate(series) }),
        (
            "arm",
            { probes async throws(ProbeError) in
                _ = try await probes.stops.arm(account: "READY-HUNTER", symbol: "SOL-USD", stopPrice: "120.00")
            }
        ),
        ("stops", { probes async throws(ProbeError) in _ = try await probes.stops.stops(of: "READY-HUNTER") }),
        ("disarm", { probes async throws(ProbeError) in _ = try await probes.stops.disarm(stopID: "s-1") }),
        ("pool", { probes async throws(ProbeError) in _ = try await probes.pool.pool() }),
        ("holders", { probes async throws(ProbeError) in _ = try await probes.pool.holders() }),
        ("process", { probes async throws(ProbeError) in _ = try await probes.control.process() }),
        (
            "burst",
            { probes async throws(ProbeError) in _ = try await probes.burst.submitTogether([order, order, order]) }
        ),
    ]

    /// Every request that goes out with the token, by name.
    static let privileged: [(name: String, ask: @Sendable (TargetProbes) async throws(ProbeError) -> Void)] = [
        ("engage", { probes async throws(ProbeError) in _ = try await probes.killSwitch.set(engaged: true, by: "hp") }),
        (
            "release",
            { probes async throws(ProbeError) in _ = try await probes.killSwitch.set(engaged: false, by: "hp") }
        ),
        (
            "play",
            { probes async throws(ProbeError) in
                let path = PricePath(symbol: "SOL-USD", prices: ["129.00", "128.50"])
                _ = try await probes.feed.play([path], every: .milliseconds(20))
            }
        ),
        ("cut", { probes async throws(ProbeError) in _ = try await probes.feed.cut(["SOL-USD"]) }),
        ("restore", { probes async throws(ProbeError) in _ = try await probes.feed.restore() }),
        ("checkOut", { probes async throws(ProbeError) in _ = try await probes.pool.checkOut(as: "hp-1") }),
        ("giveBack", { probes async throws(ProbeError) in _ = try await probes.pool.giveBack("hp-1") }),
    ]

    static let edge = SizeRequest(
        tier: "hunter", symbol: "SOL-USD", winProbability: "0.55", odds: "1.5", trades: 120, capital: "100000.00",
        price: "129.00")
    static let series = CorrelationRequest(tier: "hunter", held: ["0.01", "NaN"], wanted: ["-0.02", "0"])

    /// One answer that a question must not take.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var question: String
        var text: String

        init(_ question: String, _ text: String) {
            self.question = question
            self.text = text
        }

        var testDescription: String { "\(question): \(text.prefix(160))" }
    }

    /// That a question takes an answer for nonsense.
    static func expectNonsense(_ wrong: Wrong) async throws {
        let question = try #require((questions + privileged).first { $0.name == wrong.question })
        try await asking({ _ in .answer(200, wrong.text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
            #expect(error?.meeting == .nonsense, "\(error?.description ?? "an answer")")
            #expect(error?.isTransient == false)
        }
    }

    /// That a question takes an answer.
    static func expectTaken(_ name: String, _ text: String) async throws {
        let question = try #require((questions + privileged).first { $0.name == name })
        try await asking({ _ in .answer(200, text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
            #expect(error == nil, "\(name)")
        }
    }

    static func asking<Value: Sendable>(
        limit: Duration = .seconds(30),
        _ reply: @escaping @Sendable (HostileServer.Request) async -> HostileServer.Reply,
        _ work: (TargetProbes, HostileServer) async throws -> Value
    ) async throws -> Value {
        try await HostileServer.serving(reply) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: limit)
            do {
                let value = try await work(target.probes, server)
                await target.close()
                return value
            } catch {
                await target.close()
                throw error
            }
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

    static let refusal = #"{"error":{"code":"no_such_path","message":"m"}}"#
    static let rows = [
        Row("401", .answer(401, refusal), .unauthorised), Row("403", .answer(403, ""), .unauthorised),
        Row("404", .answer(404, refusal), .notOffered), Row("405", .answer(405, ""), .notOffered),
        Row("501", .answer(501, ""), .notOffered), Row("400", .answer(400, refusal), .nonsense),
        Row("500", .answer(500, "{}"), .nonsense),
        Row("502", .answer(502, "bad gateway", type: "text/plain"), .nonsense),
        Row("503 without its body", .answer(503, "{}"), .nonsense),
        Row("a redirect to itself", .answer(307, "", headers: ["location: /readyz"]), .nonsense),
        Row("HTML", .answer(200, "<html><body>Welcome</body></html>", type: "text/html"), .nonsense),
        Row("no JSON", .answer(200, #"{"ready":tr"#), .nonsense), Row("nothing", .answer(200, ""), .nonsense),
        Row("an empty object", .answer(200, "{}"), .nonsense), Row("a list", .answer(200, "[]"), .nonsense),
        Row("null", .answer(200, "null"), .nonsense), Row("a reset", .reset, .unreachable),
        Row("deep nesting", .answer(200, String(repeating: "[", count: 100_000)), .nonsense),
    ]

    @Test(arguments: rows)
    func `each capability puts an answer that is none in its row`(_ row: Row) async throws {
        try await Self.asking({ _ in row.reply }) { probes, _ in
            for question in Self.questions + Self.privileged {
                let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
                #expect(error?.meeting == row.meeting, "\(question.name): \(error?.description ?? "an answer")")
                #expect(error?.endpoint == .surface)
            }
        }
    }

    @Test func `ready and not ready are both answers`() async throws {
        let yes =
            #"{"ready":true,"reason":null,"capabilities":{"risk.limits":"1","identity":"1","marketdata":"2"},"new":1}"#
        try await Self.asking({ _ in .answer(200, yes) }) { probes, _ in
            let answer = try await probes.discovery.readiness()
            #expect(answer.value.isReady)
            #expect(answer.value.capabilities == ["identity", "marketdata@2", "risk.limits"])
            #expect(answer.transcript.hasPrefix("GET /readyz\n200\n{\"ready\":true"))
        }
        let no = #"{"ready":false,"reason":"warming up","capabilities":{}}"#
        try await Self.asking({ _ in .answer(503, no) }) { probes, _ in
            let answer = try await probes.discovery.readiness().value
            #expect(!answer.isReady)
            #expect(answer.reason == "warming up")
        }
        for (status, text) in [(200, no), (503, yes)] {
            try await Self.asking({ _ in .answer(status, text) }) { probes, _ in
                let error = await trouble { () throws(ProbeError) in try await probes.discovery.readiness() }
                #expect(error?.meeting == .nonsense)
            }
        }
    }

    @Test func `identity and limits are read as they are said`() async throws {
        let identity = """
            {"git_commit":"abc","dirty":true,"build_id":"b","config_sha256":"d1","environment":"practice",
             "account_id":"PAPER-1","instance":"desk-1","started_at":"2026-01-02T03:04:05Z"}
            """
        let limits = """
            {"limits":[{"scope":"hunter","name":"max_order_quantity","value":"500.00","unit":"1","inclusive":true,
             "source":"limits.yaml:12"}]}
            """
        try await Self.asking({ .answer(200, $0.path.hasSuffix("identity") ? identity : limits) }) { probes, _ in
            let expected = TargetIdentity(
                commit: "abc", dirty: true, configurationDigest: "d1", environment: "practice", account: "PAPER-1",
                instance: "desk-1")
            let seen = try await probes.discovery.identity().value
            #expect(seen == expected)
            let limit = try #require(try await probes.risk.limits().value.first)
            #expect(limit.value.description == "500.00")
            #expect(limit.isInclusive)
            #expect(limit.source == "limits.yaml:12")
        }
    }

    @Test(arguments: [
        #"{"limits":[{"scope":"h","name":"n","value":500.00,"inclusive":true,"source":"s"}]}"#,
        #"{"limits":[{"scope":"h","name":"n","value":"12abc","inclusive":true,"source":"s"}]}"#,
        #"{"limits":[{"scope":"h","name":"n","value":"1e3","inclusive":true,"source":"s"}]}"#,
        #"{"limits":[{"scope":"h","name":"n","value":"1","inclusive":1,"source":"s"}]}"#,
        #"{"limits":[{"scope":"h","name":"n","value":"1","inclusive":true,"source":"s"},"#
            + #"{"scope":"h","name":"n","value":"2","inclusive":true,"source":"s"}]}"#,
    ])
    func `a limit that is not exact text is nonsense`(_ text: String) async throws {
        try await Self.asking({ _ in .answer(200, text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.risk.limits() }
            #expect(error?.meeting == .nonsense)
        }
    }

    @Test func `decisions go over one connection of their own, whoever asks`() async throws {
        let deny = """
            {"decision":"deny","reason_code":"max_order_quantity","rules":["kill_switch","max_order_quantity"],\
            "elapsed_ns":1}
            """
        let accept = #"{"decision":"accept","reason_code":null,"rules":[],"elapsed_ns":1}"#
        try await Self.asking({ .answer(200, $0.body.contains("125.00") ? accept : deny) }) { probes, server in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<25 {
                            let decision = try await probes.risk.evaluate(Self.order).value
                            #expect(decision.isAccepted)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.count == 100)
            #expect(server.accepted == 1)
            var other = Self.order
            other.price = "999.00"
            let denied = try await probes.risk.evaluate(other).value
            #expect(!denied.isAccepted && denied.reasonCode == "max_order_quantity")
            #expect(denied.rules == ["kill_switch", "max_order_quantity"])
            #expect(server.requests[0].path == "/readyz/risk/evaluate")
            #expect(server.requests[0].body.contains(#""quantity":"1.00","side":"buy","symbol":"SOL-USD""#))
        }
    }

    @Test(arguments: [
        #"{"decision":"maybe","reason_code":null}"#, #"{"decision":"accept","reason_code":"kill_switch"}"#,
        #"{"decision":true}"#, #"{"decision":"accept","reason_code":null,"rules":[""]}"#,
    ])
    func `a decision that is neither yes nor no is nonsense`(_ text: String) async throws {
        try await Self.asking({ _ in .answer(200, text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.risk.evaluate(Self.order) }
            #expect(error?.meeting == .nonsense)
        }
    }

    @Test func `a denial and a rejection are answers to a submission`() async throws {
        for word in ["accepted", "filled", "denied", "rejected"] {
            let text = #"{"order_id":"o-1","client_order_id":"hp-1","status":"\#(word)","reason_code":"r","stamps":{}}"#
            try await Self.asking({ _ in .answer(200, text) }) { probes, server in
                let state = try await probes.orders.submit(Self.order).value
                #expect(state.status.rawValue == word)
                #expect(state.reasonCode == "r")
                #expect(server.requests[0].method == "POST")
                #expect(server.requests[0].body.contains(#""time_in_force":"gtc","type":"limit""#))
            }
        }
    }

    @Test(arguments: [
        #"{"order_id":"o-1","client_order_id":"hp-2","status":"accepted"}"#,
        #"{"order_id":"o-1","status":"accepted"}"#, #"{"order_id":"","client_order_id":"hp-1","status":"accepted"}"#,
        #"{"order_id":"o-1","client_order_id":"hp-1","status":"pending"}"#,
    ])
    func `an answer about another order or in other words is nonsense`(_ text: String) async throws {
        try await Self.asking({ _ in .answer(200, text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.orders.submit(Self.order) }
            #expect(error?.meeting == .nonsense)
        }
    }

    @Test func `an unknown order is an answer to a cancellation, a missing path is not`() async throws {
        let unknown = #"{"error":{"code":"unknown_order","message":"no order has that id"}}"#
        try await Self.asking({ _ in .answer(404, unknown) }) { probes, _ in
            let state = try await probes.orders.cancel(orderID: "o-9").value
            #expect(state == OrderState(orderID: "o-9", status: .rejected, reasonCode: "unknown_order"))
        }
        try await Self.asking({ _ in .answer(404, Self.refusal) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.orders.cancel(orderID: "o-9") }
            #expect(error?.meeting == .notOffered)
        }
        try await Self.asking({ _ in .answer(200, #"{"order_id":"o-9","status":"filled"}"#) }) { probes, _ in
            let seen = try await probes.orders.cancel(orderID: "o-9").value.status
            #expect(seen == .filled)
        }
    }

    @Test func `an order id of the target cannot lead to another path`() async throws {
        try await Self.asking({ _ in .answer(404, Self.refusal) }) { probes, server in
            for id in ["../../desk/faults/slow-risk", "..", "a b?x=1#y", "o/1"] {
                _ = await trouble { () throws(ProbeError) in try await probes.orders.cancel(orderID: id) }
            }
            let paths = server.requests.map(\.path)
            #expect(paths.count == 4)
            for path in paths {
                #expect(path.hasPrefix("/readyz/orders/") && path.hasSuffix("/cancel"))
                #expect(path.split(separator: "/").count == 4 && !path.contains("..") && !path.contains("?"))
            }
        }
    }

    @Test func `an answer that says two things of one field is nonsense, whichever comes first`() async throws {
        let rest = #""since":null,"by":null"#
        try await Self.expectTaken("killswitch", #"{"engaged":false,\#(rest)}"#)
        for pair in [#""engaged":false,"engaged":true"#, #""engaged":true,"engaged":false"#] {
            try await Self.expectNonsense(Wrong("killswitch", "{\(pair),\(rest)}"))
        }
    }

    @Test func `working orders are those that were asked for`() async throws {
        func list(_ account: String, _ status: String) -> String {
            #"{"orders":[{"order_id":"o","client_order_id":"c","account":"\#(account)","symbol":"S","status":"\#(status)"}]}"#
        }
        let good = list("READY-HUNTER", "working")
        try await Self.asking({ _ in .answer(200, good) }) { probes, server in
            let orders = try await probes.orders.working(account: "READY-HUNTER").value
            #expect(orders == [WorkingOrder(orderID: "o", clientOrderID: "c", symbol: "S")])
            #expect(server.requests[0].path == "/readyz/orders?account=READY-HUNTER&status=working")
        }
        for bad in [list("MM-1", "working"), list("READY-HUNTER", "filled")] {
            try await Self.asking({ _ in .answer(200, bad) }) { probes, _ in
                let error = await trouble { () throws(ProbeError) in
                    try await probes.orders.working(account: "READY-HUNTER")
                }
                #expect(error?.meeting == .nonsense)
            }
        }
    }

    static func events(_ numbers: [Int], last: Int, kind: String = "new") -> String {
        let events = numbers.map { #"{"seq":\#($0),"kind":"\#(kind)","client_order_id":"c\#($0)"}"# }
        return #"{"events":[\#(events.joined(separator: ","))],"last":\#(last)}"#
    }

    @Test func `the drop copy is read in pages without gaps`() async throws {
        try await Self.asking({ _ in .answer(200, Self.events([8, 9], last: 12)) }) { probes, server in
            let copy = try await probes.orders.dropCopy(after: 7).value
            #expect(copy.events.map(\.sequence) == [8, 9])
            #expect(copy.last == 12)
            #expect(server.requests[0].path == "/dropcopy?after=7&limit=1000")
        }
        try await Self.asking({ _ in .answer(200, Self.events([], last: 12)) }) { probes, server in
            let seen = try await probes.orders.dropCopy(after: nil).value
            #expect(seen == DropCopy(events: [], last: 12))
            let end = try await probes.orders.dropCopy(after: 12).value
            #expect(end.events.isEmpty)
            #expect(server.requests[0].path == "/dropcopy?after=-1")
        }
    }

    /// One message with a field more.
    static func fill(_ field: String, kind: String = "fill") -> String {
        #"{"events":[{"seq":8,"kind":"\#(kind)","client_order_id":"c8",\#(field)}],"last":8}"#
    }

    @Test func `the drop copy says whose order, how much and when, where it does`() async throws {
        let whole = Self.fill(
            #""account":"A","symbol":"S","side":"sell","quantity":"1.50","price":"129.00","fee":"-0.01","#
                + #""at":"2026-01-02T03:04:05.678Z""#)
        try await Self.asking({ _ in .answer(200, whole) }) { probes, _ in
            let event = try #require(try await probes.orders.dropCopy(after: 7).value.events.first)
            let expected = DropCopy.Event(
                sequence: 8, kind: .fill, clientOrderID: "c8", account: "A", symbol: "S", side: .sell, quantity: "1.50",
                price: "129.00", fee: "-0.01", at: UTCInstant(parsing: "2026-01-02T03:04:05.678Z"))
            #expect(event == expected)
        }
        // A message that says nothing but its kind is one all the same; so is one that speaks of nothing.
        for (field, kind) in [(#""quantity":null"#, "fill"), (#""quantity":"0.00","price":"0""#, "cancelled")] {
            try await Self.asking({ _ in .answer(200, Self.fill(field, kind: kind)) }) { probes, _ in
                let event = try #require(try await probes.orders.dropCopy(after: 7).value.events.first)
                #expect(event.account == nil && event.side == nil && event.fee == nil && event.at == nil)
            }
        }
    }

    @Test(arguments: [
        events([8, 10], last: 12), events([9], last: 12), events([8, 8], last: 12), events([8], last: 7),
        events([], last: 12), events([8], last: 8, kind: "whisper"), events([8], last: -1),
        events([8], last: 8).split(separator: "8").joined(separator: "9223372036854775808"),
        fill(#""account":"""#), fill(#""symbol":"""#), fill(#""side":"long""#), fill(#""quantity":1.00"#),
        fill(#""quantity":"0.00""#), fill(#""quantity":"-1.00""#), fill(#""price":"0""#), fill(#""price":"12abc""#),
        fill(#""fee":0.1"#), fill(#""at":"noon""#), fill(#""fee":"0.10""#, kind: "new"),
        fill(#""price":"-1""#, kind: "cancel"), events(Array(8...1008), last: 1008),
    ])
    func `a drop copy that may miss something is nonsense`(_ text: String) async throws {
        try await Self.asking({ _ in .answer(200, text) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.orders.dropCopy(after: 7) }
            #expect(error?.meeting == .nonsense)
        }
    }

    static func symbol(_ name: String = "SOL-USD", tick: String = #""0.01""#, age: String = "43") -> String {
        #"{"symbol":"\#(name)","reference_price":"129.00","last":"128.77","bid":"128.76","ask":"128.78","#
            + #""tick_size":\#(tick),"lot_size":"0.01","min_quantity":"0.01","sequence":812,"age_ms":\#(age)}"#
    }

    @Test func `market data and the kill switch are read as they are said`() async throws {
        let market = #"{"venue":"paper-1","symbols":[\#(Self.symbol())]}"#
        let engaged = #"{"engaged":true,"since":"2026-01-02T03:04:05Z","by":"ops"}"#
        try await Self.asking({ .answer(200, $0.path.hasSuffix("marketdata") ? market : engaged) }) { probes, _ in
            let symbol = try #require(try await probes.market.snapshot().value.first)
            #expect(symbol.symbol == "SOL-USD" && symbol.reference == "129.00" && symbol.tick == "0.01")
            #expect(symbol.sequence == 812 && symbol.age == .milliseconds(43))
            let seen = try await probes.killSwitch.state().value
            #expect(seen == KillSwitchState(isEngaged: true, by: "ops"))
        }
    }

    @Test(arguments: [
        symbol(tick: "0.01"), symbol(tick: #""0""#), symbol(tick: #""-0.01""#), symbol(age: "-1"),
        symbol(age: #""43""#),
        symbol(age: "1.5"), symbol() + "," + symbol(),
    ])
    func `market data that cannot be reckoned with is nonsense`(_ symbols: String) async throws {
        try await Self.asking({ _ in .answer(200, #"{"venue":"v","symbols":[\#(symbols)]}"#) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.market.snapshot() }
            #expect(error?.meeting == .nonsense)
        }
    }

    @Test func `a desk that starts again at another address is followed`() async throws {
        let yes = #"{"ready":true,"capabilities":{}}"#
        try await HostileServer.serving({ _ in .answer(200, yes) }) { second in
            let first = try ClosedPort()
            let home = try DeskHome()
            try home.write(address: first.address)
            let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
            let gone = await trouble { () throws(ProbeError) in try await target.probes.discovery.readiness() }
            #expect(gone?.meeting == .unreachable)
            withExtendedLifetime(first) {}
            try home.write(address: second.address)
            let seen = try await target.probes.discovery.readiness().value.isReady
            #expect(seen)
            await target.close()
        }
    }

    @Test func `silence is unreachable, and never transient`() async throws {
        try await Self.asking(limit: .milliseconds(50), { _ in .silence }) { probes, _ in
            for question in Self.questions + Self.privileged {
                let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
                #expect(error?.meeting == .unreachable, "\(question.name): \(error?.description ?? "an answer")")
                #expect(error?.isTransient == false)
            }
        }
    }

    @Test func `the token is in no request that does not need it, nor in any transcript, error or description`()
        async throws
    {
        let token = DeskHome.token
        let replies: [HostileServer.Reply] = [
            .answer(200, #"{"ready":true,"reason":"\#(token)","capabilities":{}}"#), .answer(500, token),
            .answer(200, token), .answer(400, #"{"error":{"code":"\#(token)","message":""}}"#),
            .raw("HTTP/1.1 \(token)\r\n\r\n"), .answer(302, "", headers: ["location: /\(token)"]),
        ]
        for reply in replies {
            try await HostileServer.serving({ _ in reply }) { server in
                let home = try DeskHome()
                try home.write(address: server.address)
                let record = try home.record()
                let target = DeskTarget.connect(record: record, digest: testDigest, limit: .seconds(30))
                var said = ["\(record)", String(reflecting: record), "\(target.probes.runbook)", "\(target)"]
                dump(record, to: &said[0])
                do throws(ProbeError) {
                    said.append(try await target.probes.discovery.readiness().transcript)
                } catch {
                    said.append("\(error)")
                }
                for question in Self.questions {
                    let error = await trouble { () throws(ProbeError) in try await question.ask(target.probes) }
                    said.append("\(error as Any)")
                }
                said.append(await target.interlock.prove().1)
                for request in server.requests { said.append(request.head + request.body) }
                for text in said { #expect(!text.contains(token)) }
                await target.close()
            }
        }
    }
}
