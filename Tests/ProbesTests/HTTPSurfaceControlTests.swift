import Probes
import Readiness
import Testing

/// What changes the target: the kill switch, the feed and the pool; and the token that it takes.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSurfaceControlTests {
    typealias Wrong = HTTPSurfaceTests.Wrong

    /// An answer that each privileged request takes.
    static func good(_ request: HostileServer.Request) -> String {
        switch request.path {
        case "/readyz/killswitch": #"{"engaged":\#(request.body.contains("engage")),"since":null,"by":"hp"}"#
        case "/readyz/pool/checkout": #"{"held":true,"waited_ns":41000}"#
        case "/readyz/pool/return": #"{"returned":true}"#
        default:
            ["play", "cut", "restore"].first { request.body.contains(#""action":"\#($0)""#) }
                .map { #"{"action":"\#($0)","symbols":["SOL-USD"]}"# } ?? "{}"
        }
    }

    @Test func `what needs the token carries it in its header, and nowhere else`() async throws {
        try await HTTPSurfaceTests.asking({ .answer(200, Self.good($0)) }) { probes, server in
            for question in HTTPSurfaceTests.privileged {
                let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
                #expect(error == nil, "\(question.name)")
            }
            #expect(server.requests.count == HTTPSurfaceTests.privileged.count)
            for request in server.requests {
                let lines = request.head.split(separator: "\r\n").filter { $0.contains(DeskHome.token) }
                #expect(lines.map { $0.lowercased() } == ["authorization: bearer \(DeskHome.token)"])
                #expect(!request.body.contains(DeskHome.token) && !request.path.contains(DeskHome.token))
            }
        }
    }

    @Test func `the token is in no transcript, value or error of what carries it`() async throws {
        let token = DeskHome.token
        let replies: [HostileServer.Reply] = [
            .answer(500, token), .answer(401, #"{"error":{"code":"\#(token)","message":"\#(token)"}}"#),
            .answer(200, #"{"engaged":true,"by":"\#(token)","action":"\#(token)","symbols":["\#(token)"]}"#),
            .raw("HTTP/1.1 \(token)\r\n\r\n"), .answer(302, "", headers: ["location: /\(token)"]), .close, .reset,
        ]
        for reply in replies {
            try await HTTPSurfaceTests.asking({ _ in reply }) { probes, _ in
                for question in HTTPSurfaceTests.privileged {
                    let error = await trouble { () throws(ProbeError) in try await question.ask(probes) }
                    #expect(!"\(error as Any)".contains(token), "\(question.name)")
                }
                do throws(ProbeError) {
                    let answer = try await probes.killSwitch.set(engaged: true, by: "hp")
                    #expect(!answer.transcript.contains(token))
                    #expect(answer.value.by == "<secret>")
                } catch {
                    #expect(!"\(error)".contains(token))
                }
            }
        }
    }

    @Test func `the token goes to the address beside it in the record, or to none`() async throws {
        try await HostileServer.serving({ .answer(200, Self.good($0)) }) { server in
            let home = try DeskHome()
            try home.write(address: server.address)
            let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
            // A new start has a new token.
            let newToken = "0123456789-another-token-0123456789"
            try home.write(address: server.address, token: newToken)
            _ = try await target.probes.feed.restore()
            #expect(server.requests[0].head.contains("Bearer \(newToken)"))
            // Without a record whoever listens there may be anybody.
            try home.remove()
            let gone = await trouble { () throws(ProbeError) in try await target.probes.feed.restore() }
            #expect(gone?.meeting == .unreachable)
            #expect(server.requests.count == 1)
            await target.close()
            // Nor does it leave this machine, whatever the record that we began with says.
            try home.write(address: "http://localhost:\(server.address.split(separator: ":").last ?? "")")
            let far = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
            let refused = await trouble { () throws(ProbeError) in try await far.probes.feed.restore() }
            #expect(refused?.meeting == .nonsense)
            #expect(server.requests.count == 1)
            await far.close()
        }
    }

    @Test func `the kill switch is engaged and released by its action`() async throws {
        try await HTTPSurfaceTests.asking({ .answer(200, Self.good($0)) }) { probes, server in
            let engaged = try await probes.killSwitch.set(engaged: true, by: "hp").value
            #expect(engaged == KillSwitchState(isEngaged: true, by: "hp"))
            _ = try await probes.killSwitch.set(engaged: false, by: "hp")
            #expect(
                server.requests.map(\.body) == [#"{"action":"engage","by":"hp"}"#, #"{"action":"release","by":"hp"}"#])
            #expect(server.requests.allSatisfy { $0.method == "POST" && $0.path == "/readyz/killswitch" })
        }
        // A switch that does not move has answered: that is for a check to judge.
        try await HTTPSurfaceTests.asking({ _ in .answer(200, #"{"engaged":false}"#) }) { probes, _ in
            let state = try await probes.killSwitch.set(engaged: true, by: "hp").value
            #expect(state == KillSwitchState(isEngaged: false, by: nil))
        }
    }

    @Test func `a path is played, symbols are cut, and all is given back`() async throws {
        try await HTTPSurfaceTests.asking({ .answer(200, Self.good($0)) }) { probes, server in
            let path = PricePath(symbol: "SOL-USD", prices: ["129.00", "128.50"])
            let played = try await probes.feed.play([path], every: .milliseconds(20)).value
            let cut = try await probes.feed.cut(["SOL-USD"]).value
            let restored = try await probes.feed.restore().value
            #expect(played && cut && restored)
            let expected = [
                #"{"action":"play","interval_ms":20,"paths":[{"prices":["129.00","128.50"],"symbol":"SOL-USD"}]}"#,
                #"{"action":"cut","symbols":["SOL-USD"]}"#, #"{"action":"restore"}"#,
            ]
            #expect(server.requests.map(\.body) == expected)
            #expect(server.requests.allSatisfy { $0.path == "/readyz/marketdata/inject" })
        }
    }

    @Test(arguments: [0, 1, 4_999_999, 5_500_000, 1_001_000_000, -20_000_000] as [Int64])
    func `an interval that the contract does not have is our own mistake, and not asked`(_ interval: Int64) async throws
    {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, "{}") }) { probes, server in
            let path = PricePath(symbol: "SOL-USD", prices: ["129.00"])
            let error = await trouble { () throws(ProbeError) in
                try await probes.feed.play([path], every: .nanoseconds(interval))
            }
            #expect(error?.meeting == .ourSide)
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: [
        [], [PricePath(symbol: "A", prices: [])],
        [PricePath(symbol: "A", prices: ["1"]), PricePath(symbol: "B", prices: ["1", "2"])],
        [PricePath(symbol: "A", prices: ["1"]), PricePath(symbol: "A", prices: ["2"])],
        [PricePath(symbol: "A", prices: Array(repeating: "1", count: 10_001))],
    ])
    func `so are paths that cannot be played together`(_ paths: [PricePath]) async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, "{}") }) { probes, server in
            let error = await trouble { () throws(ProbeError) in
                try await probes.feed.play(paths, every: .milliseconds(20))
            }
            #expect(error?.meeting == .ourSide)
            #expect(server.requests.isEmpty)
        }
    }

    static let pool = #"{"size":8,"in_use":2,"waiting":1,"holders":["hp-1","hp-2"]}"#

    @Test func `the pool is read, filled and given back`() async throws {
        try await HTTPSurfaceTests.asking({ .answer(200, $0.method == "GET" ? Self.pool : Self.good($0)) }) {
            probes, server in
            let state = try await probes.pool.pool().value
            #expect(state == PoolState(size: 8, inUse: 2, waiting: 1))
            let holders = try await probes.pool.holders().value
            #expect(holders == ["hp-1", "hp-2"])
            let checkOut = try await probes.pool.checkOut(as: "hp-3").value
            #expect(checkOut == PoolCheckOut(isHeld: true, waitedNanoseconds: 41_000))
            let returned = try await probes.pool.giveBack("hp-3").value
            #expect(returned)
            #expect(server.requests.suffix(2).map(\.body) == [#"{"holder":"hp-3"}"#, #"{"holder":"hp-3"}"#])
        }
        try await HTTPSurfaceTests.asking({ _ in .answer(409, #"{"error":{"code":"already_held","message":""}}"#) }) {
            probes, _ in
            let error = await trouble { () throws(ProbeError) in try await probes.pool.checkOut(as: "hp-3") }
            #expect(error?.meeting == .nonsense)
            #expect(error?.detail.contains("already_held") == true)
        }
    }

    @Test(arguments: ["", "a b", "é", "a/b", String(repeating: "a", count: 65), "a\r\nb"])
    func `a holder's name that is none is our own mistake, and not asked`(_ holder: String) async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, "{}") }) { probes, server in
            let out = await trouble { () throws(ProbeError) in try await probes.pool.checkOut(as: holder) }
            let back = await trouble { () throws(ProbeError) in try await probes.pool.giveBack(holder) }
            #expect(out?.meeting == .ourSide && back?.meeting == .ourSide)
            #expect(server.requests.isEmpty)
        }
    }

    static let wrong: [Wrong] =
        [
            ("8", "0"), ("8", "-8"), ("8", "1"), (#""in_use":2"#, #""in_use":-1"#), (#""in_use":2"#, #""in_use":9"#),
            (#""waiting":1"#, #""waiting":-1"#), ("hp-2", "hp-1"), ("hp-2", ""), ("hp-2", "a b"),
            ("hp-2", String(repeating: "h", count: 65)), (#""in_use":2"#, #""in_use":"2""#), (#""waiting":1,"#, ""),
        ].flatMap { old, new in ["pool", "holders"].map { Wrong($0, pool.replacing(old, with: new)) } }
        + [
            Wrong("checkOut", #"{"held":true,"waited_ns":-1}"#), Wrong("checkOut", #"{"held":1,"waited_ns":1}"#),
            Wrong("checkOut", #"{"held":true}"#), Wrong("checkOut", #"{"held":true,"waited_ns":"41000"}"#),
            Wrong("giveBack", #"{"returned":"yes"}"#), Wrong("giveBack", #"{"returned":null}"#),
            Wrong("engage", #"{"engaged":"true"}"#), Wrong("engage", #"{"by":"hp"}"#),
            Wrong("play", #"{"action":"cut","symbols":["SOL-USD"]}"#),
            Wrong("play", #"{"action":"play","symbols":[]}"#),
            Wrong("play", #"{"action":"play","symbols":["ETH-USD"]}"#), Wrong("play", #"{"action":"play"}"#),
            Wrong("cut", #"{"action":"cut","symbols":["SOL-USD","ETH-USD"]}"#),
            Wrong("cut", #"{"action":"cut","symbols":["SOL-USD","SOL-USD"]}"#),
            Wrong("cut", #"{"action":"restore","symbols":["SOL-USD"]}"#),
            Wrong("restore", #"{"action":"play","symbols":[]}"#),
            Wrong("restore", #"{"action":"restore","symbols":"all"}"#),
        ]

    @Test(arguments: wrong)
    func `what cannot be is nonsense`(_ wrong: Wrong) async throws {
        try await HTTPSurfaceTests.expectNonsense(wrong)
    }
}
