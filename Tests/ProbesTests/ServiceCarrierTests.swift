import Probes
import Readiness
import Testing

/// A surface that is asked by commands, in a shape of its own.
struct ServiceCarrierTests {
    private static let secret = Secret("marker-secret-0123456789")

    private func surface(
        _ script: String, _ answer: AnswerTemplate?, limit: Duration = .seconds(10),
        credentials: Result<[String: Secret], ProbeError> = .success([:])
    ) -> HTTPSurface {
        let exchange = HTTPExchange(connections: 1, secrets: { [Self.secret] })
        let binding = CapabilityBinding(
            operation: "killswitch", source: .command(["sh", "-c", script]), answer: answer, limit: limit,
            location: SourceLocation(file: "t.yaml", line: 7))
        return HTTPSurface(
            ServiceCarrier(
                address: SurfaceAddress(profile: "https://127.0.0.1:1/ops"), credentials: credentials,
                bindings: ["killswitch": binding], folder: "/", exchange: exchange, series: exchange, rows: nil))
    }

    private func template(_ engaged: String) throws -> AnswerTemplate {
        .object([.init("engaged", .path(try JSONPath(parsing: engaged)))])
    }

    @Test func `an answer in a shape of its own is read as the contract's`() async throws {
        let state = try await surface(#"echo '{"switch": {"on": true}}'"#, template("$.switch.on")).state()
        #expect(state.value.isEngaged)
        #expect(state.transcript.contains("taken as"))
    }

    @Test(arguments: [
        (#"echo '{"switch": {}}'"#, ProbeError.Meeting.nonsense), (#"echo '{"switch": {"on": 1}}'"#, .nonsense),
        ("echo '<html>'", .nonsense), ("echo '{}'; exit 3", .nonsense), ("", .nonsense),
    ])
    func `an answer that does not fit is nonsense, and names the place`(
        script: String, meeting: ProbeError.Meeting
    ) async throws {
        let surface = surface(script, try template("$.switch.on"))
        let error = await trouble { () async throws(ProbeError) in try await surface.state() }
        #expect(error?.meeting == meeting)
        #expect(error?.detail.contains("/readyz") == false, "\(error?.detail ?? "none")")
    }

    @Test func `what an answer lacks is said of what was asked, not of the contract's path`() async throws {
        let error = await trouble { () async throws(ProbeError) in
            try await surface("echo '{}'", nil).state()
        }
        #expect(error?.detail == "the answer to sh -c echo '{}': no engaged")
    }

    @Test func `what the profile binds is offered, whatever the target calls its own`() async throws {
        let exchange = HTTPExchange(connections: 1, secrets: { [] })
        func binding(_ operation: String, _ script: String, _ answer: AnswerTemplate?) -> CapabilityBinding {
            CapabilityBinding(
                operation: operation, source: .command(["sh", "-c", script]), answer: answer, limit: .seconds(10),
                location: SourceLocation(file: "t.yaml", line: 7))
        }
        let own = AnswerTemplate.object([.init("ready", .path(try JSONPath(parsing: "$.up")))])
        let surface = HTTPSurface(
            ServiceCarrier(
                address: nil, credentials: .success([:]),
                bindings: [
                    "discovery": binding("discovery", #"echo '{"up": true}'"#, own),
                    "killswitch": binding("killswitch", "true", nil), "killswitch.set": binding("", "true", nil),
                ], folder: "/", exchange: exchange, series: exchange, rows: nil))
        let told = try await surface.readiness()
        #expect(told.value.isReady)
        #expect(told.value.capabilities == ["discovery", "killswitch"])
        #expect(told.transcript.contains("the profile binds discovery, killswitch"))
    }

    @Test func `a command that does not end in its limit is silence`() async throws {
        let surface = surface("sleep 60", try template("$.on"), limit: .milliseconds(100))
        #expect(await trouble { () async throws(ProbeError) in try await surface.state() }?.meeting == .unreachable)
    }

    @Test func `a secret that a command prints is in no transcript`() async throws {
        let script = #"echo '{"on": false, "note": "marker-secret-0123456789"}'"#
        let state = try await surface(script, template("$.on")).state()
        #expect(state.transcript.contains("<secret>"))
    }

    @Test func `without its credential the surface is not asked at all`() async {
        let missing = ProbeError(.unauthorised, at: .surface, "no secret from env:T: the variable is not set")
        let surface = surface("true", nil, credentials: .failure(missing))
        let error = await trouble { () async throws(ProbeError) in try await surface.limits() }
        #expect(error?.meeting == .unauthorised && error?.detail.contains("env:T") == true)
    }
}
