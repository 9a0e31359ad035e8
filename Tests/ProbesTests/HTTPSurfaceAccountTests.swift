import Probes
import Readiness
import Testing

/// What the target says of its parts, its accounts, its sizing and its stops.
@Suite(.timeLimit(.minutes(5)))
struct HTTPSurfaceAccountTests {
    typealias Wrong = HTTPSurfaceTests.Wrong

    static let components = #"{"components":[{"name":"gateway","state":"running","events":812,"new":1}]}"#
    static let process = #"{"pid":4711,"boot_id":"b-1","started_at":"2026-01-02T03:04:05.678Z","threads":9}"#
    static let positions =
        #"{"account":"READY-HUNTER","positions":[{"symbol":"SOL-USD","quantity":"-1.50","average_price":"129.01"}],"#
        + #""open_orders":2,"cash":"100193.50","realized_result":"-0.25","fees_paid":"0.19"}"#
    static let size = #"{"fraction":"0.0625","quantity":"48.44","reason_code":null}"#
    static let correlation = #"{"coefficient":"0.8123","decision":"deny","reason_code":"max_correlation"}"#
    static let stop =
        #"{"stop_id":"s-1","account":"READY-HUNTER","symbol":"SOL-USD","status":"armed","stop_price":"120.00","#
        + #""quantity":"1.00","exit_client_order_id":"stop-1"}"#
    static let stops = #"{"stops":["# + stop + "]}"

    @Test(arguments: [
        ("components", components), ("process", process), ("positions", positions), ("size", size),
        ("correlate", correlation), ("arm", stop), ("stops", stops), ("disarm", stop),
    ])
    func `each of these answers is taken as it stands`(_ name: String, _ text: String) async throws {
        try await HTTPSurfaceTests.expectTaken(name, text)
    }

    /// A good answer with one place changed; a place that is not there would prove nothing.
    private static func but(_ name: String, _ good: String, _ changes: [(String, String)]) -> [Wrong] {
        changes.map { old, new in
            precondition(good.contains(old), "\(old) is not in \(good)")
            return Wrong(name, good.replacing(old, with: new))
        }
    }

    private static let component = #"{"name":"gateway","state":"running","events":812,"new":1}"#
    private static let position = #"{"symbol":"SOL-USD","quantity":"-1.50","average_price":"129.01"}"#

    static let wrong: [Wrong] =
        but(
            "components", components,
            [
                ("812", "-1"), ("812", #""812""#), ("812", "1.5"), ("gateway", ""), ("running", ""),
                ("running", #"\u001b[2Jrunning"#), ("running", String(repeating: "r", count: 129)),
                (component, component + "," + component), (#""state":"#, #""stat":"#),
                (
                    component,
                    (0...4096).map { component.replacing("gateway", with: "g\($0)") }.joined(separator: ",")
                ),
            ])
        + but(
            "process", process,
            [
                ("4711", "1"), ("4711", "-4711"), ("4711", "4294967297"), ("b-1", ""),
                ("2026-01-02T03:04:05.678Z", "now"),
                (#""boot_id":"b-1","#, ""),
            ])
        + but(
            "positions", positions,
            [
                ("READY-HUNTER", "READY-SNIPER"), (#""-1.50""#, "-1.50"), ("-1.50", "12abc"), ("-1.50", "1e3"),
                ("129.01", "0"), ("129.01", "-129.01"), (position, position + "," + position), ("SOL-USD", ""),
                (#""open_orders":2"#, #""open_orders":-1"#), (#""cash":"100193.50""#, #""cash":100193.50"#),
                (#""cash":"100193.50","#, ""), (#","fees_paid":"0.19""#, ""), ("-0.25", "--0.25"),
            ])
        + but(
            "size", size,
            [
                ("0.0625", "-0.0625"), ("48.44", "-48.44"), (#""0.0625""#, "0.0625"), ("48.44", "NaN"),
                ("null", #""no_edge""#),
                ("null", #""because""#), (#""quantity":"48.44","#, ""),
                (size, #"{"fraction":"0","quantity":"0.01","reason_code":"no_edge"}"#),
            ])
        + but(
            "correlate", correlation,
            [
                ("0.8123", "1.01"), ("0.8123", "-1.01"), (#""0.8123""#, "0.8123"), ("0.8123", "NaN"), ("deny", "maybe"),
                ("max_correlation", "because"), (#""max_correlation""#, "null"), ("deny", "accept"),
            ])
        + ["arm", "disarm"].flatMap { name in
            but(
                name, stop,
                [
                    ("armed", "waiting"), ("120.00", "0"), ("120.00", "-120.00"), (#""120.00""#, "120.00"),
                    (#""1.00""#, #""0.00""#), (#""1.00""#, #""-1.00""#), (#""stop-1""#, #""""#), ("stop-1", "stop 1"),
                    ("stop-1", String(repeating: "s", count: 65)), ("s-1", ""), ("SOL-USD", ""),
                ])
        }
        + but(
            "arm", stop,
            [("READY-HUNTER", "READY-SNIPER"), ("SOL-USD", "ETH-USD"), ("120.00", "120.01"), ("armed", "disarmed")])
        + but("disarm", stop, [("s-1", "s-2")])
        + but(
            "stops", stops,
            [("READY-HUNTER", "READY-SNIPER"), (stop, stop + "," + stop), ("armed", "waiting"), ("120.00", "0")])

    @Test(arguments: wrong)
    func `what cannot be is nonsense`(_ wrong: Wrong) async throws {
        try await HTTPSurfaceTests.expectNonsense(wrong)
    }

    @Test func `parts and process are read as they are said`() async throws {
        try await HTTPSurfaceTests.asking({
            .answer(200, $0.path.hasSuffix("process") ? Self.process : Self.components)
        }) { probes, server in
            let components = try await probes.components.components().value
            #expect(components == [ComponentState(name: "gateway", state: "running", events: 812)])
            let process = try await probes.control.process().value
            let started = try #require(UTCInstant(parsing: "2026-01-02T03:04:05.678Z"))
            #expect(process == ProcessState(pid: 4711, bootID: "b-1", startedAt: started))
            #expect(server.requests.map(\.path) == ["/readyz/components", "/readyz/process"])
        }
    }

    @Test func `positions are read as they are said, short ones too`() async throws {
        try await HTTPSurfaceTests.asking({ _ in .answer(200, Self.positions) }) { probes, server in
            let state = try await probes.positions.positions(of: "READY-HUNTER").value
            let expected = AccountState(
                account: "READY-HUNTER",
                positions: [.init(symbol: "SOL-USD", quantity: "-1.5", averagePrice: "129.01")], cash: "100193.50",
                realizedResult: "-0.25", feesPaid: "0.19", openOrders: 2)
            #expect(state == expected)
            #expect(state.quantity(of: "SOL-USD").description == "-1.50")
            #expect(state.quantity(of: "ETH-USD") == "0")
            #expect(server.requests[0].path == "/readyz/positions?account=READY-HUNTER")
        }
    }

    @Test func `an edge and two series go out as they are, numbers or not`() async throws {
        let none = #"{"fraction":"0","quantity":"0.00","reason_code":"invalid_input"}"#
        let unknown = #"{"coefficient":null,"decision":"deny","reason_code":"correlation_unknown"}"#
        try await HTTPSurfaceTests.asking({ .answer(200, $0.path.hasSuffix("size") ? none : unknown) }) {
            probes, server in
            var edge = HTTPSurfaceTests.edge
            edge.winProbability = "NaN"
            edge.odds = "1e400"
            let size = try await probes.sizing.size(edge).value
            #expect(size == SizeDecision(fraction: "0", quantity: "0", reasonCode: "invalid_input"))
            let decision = try await probes.correlation.correlate(HTTPSurfaceTests.series).value
            let expected = CorrelationDecision(isAccepted: false, coefficient: nil, reasonCode: "correlation_unknown")
            #expect(decision == expected)
            let sent =
                #"{"capital":"100000.00","odds":"1e400","price":"129.00","symbol":"SOL-USD","tier":"hunter","#
                + #""trades":120,"win_probability":"NaN"}"#
            #expect(server.requests[0].body == sent)
            #expect(server.requests[1].body == #"{"held":["0.01","NaN"],"tier":"hunter","wanted":["-0.02","0"]}"#)
            #expect(server.requests.map(\.path) == ["/readyz/risk/size", "/readyz/risk/correlation"])
        }
    }

    @Test(arguments: [
        #"{"coefficient":"1","decision":"accept","reason_code":null}"#,
        #"{"coefficient":"1.0000000000000002","decision":"deny","reason_code":"max_correlation"}"#,
        #"{"coefficient":null,"decision":"accept","reason_code":null}"#,
    ])
    func `a wrong judgement of two series is an answer, for a check to judge`(_ text: String) async throws {
        try await HTTPSurfaceTests.expectTaken("correlate", text)
    }

    @Test func `a size that is too large is an answer, for a check to judge`() async throws {
        try await HTTPSurfaceTests.expectTaken("size", Self.size.replacing("0.0625", with: "7.5"))
    }

    @Test func `a stop is armed, listed and taken back`() async throws {
        try await HTTPSurfaceTests.asking({ request in
            switch (request.method, request.path) {
            case ("GET", _): .answer(200, Self.stops)
            case (_, "/readyz/stops"): .answer(200, Self.stop)
            default: .answer(200, Self.stop.replacing("armed", with: "triggered"))
            }
        }) { probes, server in
            var expected = StopState(
                stopID: "s-1", symbol: "SOL-USD", status: .armed, stopPrice: "120.00", exitClientOrderID: "stop-1")
            let armed = try await probes.stops.arm(
                account: "READY-HUNTER", symbol: "SOL-USD", stopPrice: "120.00"
            ).value
            #expect(armed == expected)
            let listed = try await probes.stops.stops(of: "READY-HUNTER").value
            #expect(listed == [expected])
            let ended = try await probes.stops.disarm(stopID: "s-1").value
            expected.status = .triggered
            #expect(ended == expected)
            #expect(server.requests[0].body == #"{"account":"READY-HUNTER","stop_price":"120.00","symbol":"SOL-USD"}"#)
            #expect(server.requests[1].path == "/readyz/stops?account=READY-HUNTER")
            #expect(server.requests[2].path == "/readyz/stops/s-1/disarm")
        }
    }

    @Test func `a refused stop names the refusal, an unknown one is not a missing path`() async throws {
        let none = #"{"error":{"code":"no_position","message":"m"}}"#
        try await HTTPSurfaceTests.asking({ _ in .answer(400, none) }) { probes, _ in
            let error = await trouble { () throws(ProbeError) in
                try await probes.stops.arm(account: "READY-HUNTER", symbol: "SOL-USD", stopPrice: "120.00")
            }
            #expect(error?.meeting == .nonsense)
            #expect(error?.detail.contains("no_position") == true)
        }
        let unknown = #"{"error":{"code":"unknown_stop","message":"m"}}"#
        for (text, meeting) in [(unknown, ProbeError.Meeting.nonsense), (HTTPSurfaceTests.refusal, .notOffered)] {
            try await HTTPSurfaceTests.asking({ _ in .answer(404, text) }) { probes, server in
                let error = await trouble { () throws(ProbeError) in
                    try await probes.stops.disarm(stopID: "../../x?y")
                }
                #expect(error?.meeting == meeting)
                #expect(server.requests[0].path == "/readyz/stops/%2E%2E%2F%2E%2E%2Fx%3Fy/disarm")
            }
        }
    }
}
