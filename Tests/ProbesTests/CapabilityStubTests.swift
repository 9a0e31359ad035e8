import NIOPosix
import Probes
import Readiness
import Testing

/// Every handler that `holdpoint target check --stub` prints, as it is pasted.
@Suite(.timeLimit(.minutes(2)))
struct CapabilityStubTests {
    private static let capabilities = Capability.allCases.filter { CapabilityStub(of: [$0], as: .http) != nil }

    private func filledIn(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("\"\(CapabilityStub.mark)\": True") }.joined(separator: "\n")
    }

    private func serving<Value: Sendable>(
        _ program: String, _ body: (HTTPSurface) async throws -> Value
    ) async throws -> Value {
        let server = try await Customer.threads.runIfActive { try PythonServer(program) }
        let exchange = HTTPExchange(connections: 1, limit: .seconds(10))
        let address = try #require(SurfaceAddress(profile: server.address))
        let surface = HTTPSurface(
            ServiceCarrier(
                address: address, credentials: .success([:]), bindings: [:], folder: "/", exchange: exchange,
                series: exchange, rows: nil))
        let result: Result<Value, any Error>
        do { result = .success(try await body(surface)) } catch { result = .failure(error) }
        await exchange.close()
        withExtendedLifetime(server) {}
        return try result.get()
    }

    /// Asks for everything behind a capability, what changes a target included: it is a stub.
    private func ask(_ capability: Capability, _ surface: HTTPSurface) async throws(ProbeError) {
        let account = "READY-HUNTER"
        switch capability {
        case .discovery:
            _ = try await surface.readiness()
            _ = try await surface.clock()
        case .identity: _ = try await surface.identity()
        case .riskLimits: _ = try await surface.limits()
        case .riskEvaluate: _ = try await surface.evaluate(HTTPSurfaceTests.order)
        case .orderSubmit: _ = try await surface.submit(HTTPSurfaceTests.order)
        case .orderCancel: _ = try await surface.cancel(orderID: "o 7/1")
        case .orderList: _ = try await surface.working(account: account)
        case .dropCopy: _ = try await surface.dropCopy(after: nil)
        case .positions: _ = try await surface.positions(of: account)
        case .marketData: _ = try await surface.snapshot()
        case .marketDataInject:
            _ = try await surface.cut(["SOL-USD"])
            _ = try await surface.restore()
        case .killSwitch: _ = try await surface.state()
        case .riskSize: _ = try await surface.size(HTTPSurfaceTests.edge)
        case .riskCorrelation: _ = try await surface.correlate(HTTPSurfaceTests.series)
        case .stops:
            _ = try await surface.arm(account: account, symbol: "ETH-USD", stopPrice: "119.50")
            _ = try await surface.stops(of: account)
            _ = try await surface.disarm(stopID: "s-9")
        case .components: _ = try await surface.components()
        case .logs:
            _ = try await surface.describeLog()
            _ = try await surface.mark("hp-1")
        case .process: _ = try await surface.processState()
        case .pool:
            _ = try await surface.pool()
            _ = try await surface.checkOut(as: "hp-1")
            _ = try await surface.giveBack("hp-1")
        case .control, .ledger: throw ProbeError(ourSide: "no stub")
        }
    }

    @Test(arguments: capabilities)
    func `once its values are real, the reader takes every answer of a stub`(capability: Capability) async throws {
        let stub = try #require(CapabilityStub(of: [capability], as: .http))
        try await serving(filledIn(stub.text)) { surface in try await ask(capability, surface) }
    }

    @Test(arguments: capabilities)
    func `a stub as it was pasted is a capability that is missing, and no evidence`(capability: Capability) async throws
    {
        let stub = try #require(CapabilityStub(of: [capability], as: .http))
        let error = try await serving(stub.text) { surface in
            await trouble { () async throws(ProbeError) in try await ask(capability, surface) }
        }
        #expect(error?.meeting == .notOffered && error?.detail.contains("stub") == true, "\(error?.detail ?? "none")")
    }

    @Test func `a stub in a shape of its own is none either`() async throws {
        let exchange = HTTPExchange(connections: 1)
        let binding = CapabilityBinding(
            operation: "killswitch",
            source: .command(["sh", "-c", #"echo '{"holdpoint_stub": true, "on": false}'"#]),
            answer: .object([.init("engaged", .path(try JSONPath(parsing: "$.on")))]),
            location: SourceLocation(file: "t.yaml", line: 1))
        let surface = HTTPSurface(
            ServiceCarrier(
                address: nil, credentials: .success([:]), bindings: ["killswitch": binding], folder: "/",
                exchange: exchange, series: exchange, rows: nil))
        #expect(await trouble { () async throws(ProbeError) in try await surface.state() }?.meeting == .notOffered)
    }

    @Test func `routes for FastAPI are Python, one for each operation`() async throws {
        let stub = try #require(CapabilityStub(of: Capability.allCases, as: .fastapi))
        #expect(stub.text.occurrences(of: "\n@router.") == SurfaceOperation.all.count)
        let result = try await ProcessProbe().run(
            CommandRequest(
                ["python3", "-c", "import ast, sys; ast.parse(sys.argv[1])", stub.text], in: "/", limit: .seconds(30)))
        #expect(result.ending == .exited(0), "\(result.errors.text)")
    }

    @Test(arguments: [Capability.control, .ledger])
    func `what is not asked over the surface is said as lines of a profile`(capability: Capability) {
        #expect(CapabilityStub(of: [capability], as: .http) == nil)
        #expect(CapabilityStub.profileLines(of: capability).contains { $0.hasPrefix("\(capability.rawValue):") })
    }

    @Test(arguments: ObservedPart.allCases)
    func `a part is said as lines of a profile, where the profile is to say it`(part: ObservedPart) {
        let lines = CapabilityStub.profileLines(of: CapabilityReport.Subject.part(part))
        #expect(lines.first?.hasPrefix("#") == true)
        #expect(lines.contains { $0.contains("\(part.rawValue):") })
    }
}

extension String {
    /// How often a text stands in it.
    fileprivate func occurrences(of text: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
