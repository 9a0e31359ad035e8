import FoundationEssentials
import Probes
import Readiness
import Testing

/// A surface that is asked by commands, files, statements and whole URLs, in a shape of its own.
@Suite(.timeLimit(.minutes(5)))
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

    private static func carrier(
        _ operation: String, _ source: CapabilityBinding.Source, _ answer: AnswerTemplate? = nil,
        maxAge: Duration? = nil, address: SurfaceAddress? = nil, rows: ServiceCarrier.Rows? = nil
    ) -> ServiceCarrier {
        let exchange = HTTPExchange(connections: 1, limit: .seconds(30), secrets: { [secret] })
        let binding = CapabilityBinding(
            operation: operation, source: source, answer: answer, limit: .seconds(30), maxAge: maxAge,
            location: SourceLocation(file: "t.yaml", line: 7))
        return ServiceCarrier(
            address: address, credentials: .success([:]), bindings: [operation: binding], folder: "/",
            exchange: exchange, series: exchange, rows: rows)
    }

    private static let identity = #"""
        {"build_id": "b", "config_sha256": "c", "environment": "staging", "account_id": "ACCOUNT", "instance": "i"}
        """#

    /// The second spells the secret's first letter as JSON may.
    @Test(arguments: ["marker-secret-0123456789", #"\u006darker-secret-0123456789"#])
    func `a secret that a file holds is in no transcript and no value`(account: String) async throws {
        let home = try DeskHome()
        let path = home.path + "/identity.json"
        try Data(Self.identity.replacing("ACCOUNT", with: account).utf8).write(to: URL(filePath: path))
        let template = AnswerTemplate.path(try JSONPath(parsing: "$"))
        let surface = HTTPSurface(Self.carrier("identity", .file(path), template))
        let told = try await surface.identity()
        #expect(told.value.account == "<secret>")
        #expect(told.transcript.contains("taken as"))
        #expect(!told.transcript.contains("marker-secret"))
    }

    @Test func `a file that nobody writes any more is silence, and one from the future makes no sense`() async throws {
        let home = try DeskHome()
        let path = home.path + "/identity.json"
        try Data(Self.identity.utf8).write(to: URL(filePath: path))
        func asked(_ age: Double) async throws -> ProbeError? {
            let wanted = Date(timeIntervalSinceNow: -age)
            try FileManager.default.setAttributes([.modificationDate: wanted], ofItemAtPath: path)
            // Under a clock that is set ahead for the tests, files tell their times by that clock, and are given them by
            // the machine's.
            let told = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            let ahead = try #require(told).timeIntervalSince(wanted)
            try FileManager.default.setAttributes(
                [.modificationDate: wanted.addingTimeInterval(-ahead)], ofItemAtPath: path)
            let surface = HTTPSurface(Self.carrier("identity", .file(path), maxAge: .seconds(600)))
            return await trouble { () throws(ProbeError) in try await surface.identity() }
        }
        #expect(try await asked(0) == nil)
        let old = try await asked(3_600)
        #expect(
            old?.meeting == .unreachable && old?.detail.contains("it may be 10 min 00 s old") == true,
            "\(old?.detail ?? "")")
        #expect(try await asked(-3_600)?.meeting == .nonsense)
    }

    @Test func `a secret that a statement brings is in no transcript and no value`() async throws {
        let told = Self.identity.replacing("ACCOUNT", with: Self.secret.reveal())
        let carrier = Self.carrier(
            "identity", .sql("SELECT 1", columns: ["account_id"]),
            rows: { (_, _) async throws(ProbeError) in
                do throws(JSONParser.Trouble) {
                    return Answer(
                        try JSONParser.parse(Array(told.utf8)), transcript: "SELECT 1\n\(told)", elapsed: .zero)
                } catch { throw ProbeError(ourSide: "\(error)") }
            })
        let answer = try await HTTPSurface(carrier).identity()
        #expect(answer.value.account == "<secret>")
        #expect(answer.transcript.contains("<secret>") && !answer.transcript.contains("marker-secret"))
    }

    @Test(arguments: [
        ("{order_id}", "-rf"), ("{order_id}", "--all=1"), ("{order_id}", "-9"), ("{order_id}.json", "-x"),
    ])
    func `an id that would be an option of a command is refused`(word: String, id: String) async throws {
        let home = try DeskHome()
        let source = CapabilityBinding.Source.command(["sh", "-c", "touch '\(home.path)/ran'", "cancel", word])
        let surface = HTTPSurface(Self.carrier("order.cancel", source))
        let error = await trouble { () async throws(ProbeError) in try await surface.cancel(orderID: id) }
        #expect(error?.meeting == .nonsense)
        #expect(error?.detail.contains("order_id begins with -") == true, "\(error?.detail ?? "none")")
        #expect(!FileManager.default.fileExists(atPath: home.path + "/ran"))
    }

    @Test func `a negative number of a check's own, and an option of the profile's, are words as they are`()
        async throws
    {
        // It prints the words that it was given as the place of its answer.
        let script = #"printf '{"fraction": "%s", "quantity": "%s"}' "$1" "${2#--id=}""#
        let source = CapabilityBinding.Source.command(["sh", "-c", script, "size", "{odds}", "--id={capital}"])
        let carrier = Self.carrier("risk.size", source)
        let body = Array(#"{"odds": "-1.5", "capital": "-7"}"#.utf8)
        let reply = try await carrier.perform(.init("POST", "/readyz/risk/size", body: body), on: .shared)
        #expect(String(decoding: reply.body, as: UTF8.self) == #"{"fraction": "-1.5", "quantity": "-7"}"#)
    }

    @Test func `whole URLs are asked together without an address of a surface`() async throws {
        try await HostileServer.serving { _ in
            .answer(200, "{}")
        } _: { server in
            let carrier = Self.carrier("order.submit", .http(method: "POST", target: server.address + "/o", body: nil))
            let request = HTTPExchange.Request("POST", "/readyz/orders", body: Array("{}".utf8))
            let together = try await carrier.performTogether([request, request])
            #expect(together.replies.map(\.status) == [200, 200])
            #expect(server.requests.map(\.path) == ["/o", "/o"])
        }
    }

    @Test(arguments: [("", "/"), ("/", "/"), ("?x=1", "/?x=1"), ("/a/b?x=1/2", "/a/b?x=1/2")])
    func `a whole URL is asked at its path`(rest: String, path: String) async throws {
        try await HostileServer.serving { _ in
            .answer(200, "{}")
        } _: { server in
            let source = CapabilityBinding.Source.http(method: "GET", target: server.address + rest, body: nil)
            _ = try await Self.carrier("killswitch", source).perform(.init("GET", "/readyz/killswitch"), on: .shared)
            #expect(server.requests.map(\.path) == [path])
        }
    }

    @Test func `a whole URL that is none is not repeated`() async {
        let source = CapabilityBinding.Source.http(method: "GET", target: "https://user:hunter2@h/x", body: nil)
        let surface = HTTPSurface(Self.carrier("killswitch", source))
        let error = await trouble { () async throws(ProbeError) in try await surface.state() }
        #expect(error?.detail.contains("is no address to ask at") == true)
        #expect(error?.detail.contains("hunter2") == false)
    }

    @Test func `the surface's authority and our certificate are for the surface's own server`() async throws {
        let server = try await PrivateServer.start()
        let shown = try template("$.shown")
        func state(at target: String) async throws -> Result<Answer<KillSwitchState>, ProbeError> {
            var profile = TargetProfile(
                id: "t", environment: .staging, path: "/t/t.yaml", folder: "/",
                source: SourceLocation(file: "t.yaml", line: 1))
            profile.access = TargetAccess(
                place: .address(server.address + "/ops"),
                authentication: [.certificate(chain: server.certificate, key: server.key)],
                authority: server.authority, limit: .seconds(30))
            profile.bindings["killswitch"] = CapabilityBinding(
                operation: "killswitch", source: .http(method: "GET", target: target, body: nil), answer: shown,
                location: SourceLocation(file: "t.yaml", line: 7))
            let target = try await ServiceTarget.connect(
                profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in nil })
            let result: Result<Answer<KillSwitchState>, ProbeError>
            do throws(ProbeError) {
                let state = try await target.probes.killSwitch.state()
                result = .success(state)
            } catch {
                result = .failure(error)
            }
            await target.close()
            return result
        }
        #expect(try await state(at: "/own").get().value.isEngaged)
        #expect(try await state(at: server.address + "/whole").get().value.isEngaged)
        // No system knows the authority.
        let other = try await state(at: server.otherAddress + "/whole")
        withExtendedLifetime(server) {}
        guard case .failure(let error) = other else {
            Issue.record("it was trusted")
            return
        }
        #expect(error.meeting == .unreachable && error.detail.contains("TLS was refused"), "\(error)")
    }

    @Test func `without its credential the surface is not asked at all`() async {
        let missing = ProbeError(.unauthorised, at: .surface, "no secret from env:T: the variable is not set")
        let surface = surface("true", nil, credentials: .failure(missing))
        let error = await trouble { () async throws(ProbeError) in try await surface.limits() }
        #expect(error?.meeting == .unauthorised && error?.detail.contains("env:T") == true)
    }
}
