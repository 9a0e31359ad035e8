import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

struct DeclaredProbesTests {
    private static func web(base: String = "http://127.0.0.1:1", redacting: [Secret] = []) throws -> DeclaredWeb {
        try DeclaredWeb(
            base: { () throws(ProbeError) in base },
            secret: { (_) throws(ProbeError) in Secret("marker-5512") }, redacting: { redacting })
    }

    /// What becomes of asking, as the row of the table, or the status.
    private func row(_ web: DeclaredWeb, _ requirement: HTTPRequirement) async -> String {
        do throws(ProbeError) { return "\(try await web.ask(requirement).value.status)" } catch {
            #expect(error.endpoint == nil)
            return "\(error.meeting)"
        }
    }

    @Test func `a URL that refuses, hangs, resets, floods or redirects gets its row within its limit`() async throws {
        let web = try Self.web()
        let refusing = try ClosedPort()
        #expect(await row(web, HTTPRequirement(.url(refusing.address + "/"))) == "unreachable")
        let server: [(HostileServer.Reply, String)] = [
            (.silence, "unreachable"), (.reset, "unreachable"), (.close, "unreachable"),
            (.flood(announced: true), "nonsense"), (.flood(announced: false), "nonsense"),
            (.raw("nonsense\r\n\r\n"), "nonsense"),
            (.answer(302, "", headers: ["location: /again"]), "302"),
            (.answer(500, "<html>", type: "text/html"), "500"),
            (.answer(200, "{}"), "200"),
        ]
        for (reply, expected) in server {
            try await HostileServer.serving { _ in
                reply
            } _: { server in
                // Only silence has to be waited for; a busy machine must not turn an answer into it.
                let limit: Duration = if case .silence = reply { .milliseconds(500) } else { .seconds(30) }
                let requirement = HTTPRequirement(.url(server.address + "/x"), requestLimit: limit)
                #expect(await row(web, requirement) == expected, "\(reply)")
            }
        }
        await web.close()
    }

    @Test func `TLS where none is spoken is unreachable`() async throws {
        let web = try Self.web()
        try await HostileServer.serving { _ in
            .answer(200, "{}")
        } _: { server in
            let url = server.address.replacing("http://", with: "https://")
            #expect(await row(web, HTTPRequirement(.url(url))) == "unreachable")
            let error = await trouble { () async throws(ProbeError) in
                _ = try await web.ask(HTTPRequirement(.url(url), requestLimit: .seconds(1)))
            }
            #expect(error?.detail.contains("SSL") == false, "\(error?.detail ?? "none")")
        }
        await web.close()
    }

    @Test func `the surface's roots and our certificate are for the surface's own server`() async throws {
        let server = try await PrivateServer.start()
        let base = server.address
        let web = try DeclaredWeb(
            tls: .init(roots: server.authority, certificate: server.certificate, key: server.key),
            base: { () throws(ProbeError) in base }, secret: { (_) throws(ProbeError) in Secret("unused") })
        for place in [HTTPRequirement.Place.surface(path: "/x"), .url(base + "/x"), .url(base + "?x=1")] {
            let answer = try await web.ask(HTTPRequirement(place, requestLimit: .seconds(30)))
            #expect(String(decoding: answer.value.body, as: UTF8.self) == #"{"shown": true}"#, "\(place)")
        }
        // No system knows the authority.
        let other = HTTPRequirement(.url(server.otherAddress + "/x"), requestLimit: .seconds(30))
        let error = await trouble { () async throws(ProbeError) in try await web.ask(other) }
        #expect(error?.detail.contains("TLS did not come about") == true, "\(error?.detail ?? "it was trusted")")
        withExtendedLifetime(server) {}
        await web.close()
    }

    private static func check(of requirement: HTTPRequirement) -> DeclaredCheck {
        DeclaredCheck(
            id: "acme.site.up", title: "it is up", question: "Is it up?", severity: .high, grade: .observed,
            subject: .http(requirement), mend: .init(summary: "start it"),
            source: Readiness.SourceLocation(file: "acme.yaml", line: 7))
    }

    @Test func `roots that a check names are for that check alone, and in place of all others`() async throws {
        let server = try await PrivateServer.start()
        let stranger = try await PrivateServer.start()
        let base = server.address
        func asking(_ place: HTTPRequirement.Place, _ roots: String) -> HTTPRequirement {
            HTTPRequirement(place, roots: roots, requestLimit: .seconds(30))
        }
        let elsewhere = HTTPRequirement.Place.url(server.otherAddress + "/x")
        let right = asking(elsewhere, server.authority)
        let wrong = asking(elsewhere, stranger.authority)
        let atSurface = asking(.url(base + "/x"), server.authority)
        let wrongAtSurface = asking(.url(base + "/x"), stranger.authority)
        let web = try DeclaredWeb(
            tls: .init(roots: server.authority, certificate: server.certificate, key: server.key),
            base: { () throws(ProbeError) in base }, secret: { (_) throws(ProbeError) in Secret("unused") },
            checks: [right, wrong].map(Self.check))
        // Another host is shown no certificate of ours, whoever vouches for it; the surface's own server is.
        for (requirement, body) in [(right, #"{"shown": false}"#), (atSurface, #"{"shown": true}"#)] {
            let answer = try await web.ask(requirement)
            #expect(String(decoding: answer.value.body, as: UTF8.self) == body)
        }
        let none = HTTPRequirement(elsewhere, requestLimit: .seconds(30))
        for requirement in [wrong, wrongAtSurface, none] {
            let error = await trouble { () async throws(ProbeError) in try await web.ask(requirement) }
            #expect(error?.meeting == .unreachable)
            #expect(error?.detail.contains("TLS did not come about") == true, "\(error?.detail ?? "it was trusted")")
        }
        // No file is read while something is asked.
        let late = await trouble { () async throws(ProbeError) in
            try await web.ask(asking(elsewhere, server.certificate))
        }
        #expect(late?.meeting == .ourSide)
        withExtendedLifetime((server, stranger)) {}
        await web.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func `roots that never end are not read, and a pipe is not waited for`() throws {
        let pipe = FileManager.default.temporaryDirectory.path + "/holdpoint-roots-\(UUID().uuidString)"
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        for path in ["/dev/zero", pipe] {
            #expect(throws: ProbeError.self) {
                _ = try DeclaredWeb(
                    tls: .init(roots: path), base: { () throws(ProbeError) in "https://127.0.0.1:1" },
                    secret: { (_) throws(ProbeError) in Secret("") })
            }
            #expect(throws: ProbeError.self) { _ = try TLSMaterial(authority: path) }
        }
    }

    @Test(arguments: [nil, "", "no PEM", "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n"])
    func `roots that are not there, or hold no certificate, are our configuration's trouble`(_ text: String?) throws {
        let path = FileManager.default.temporaryDirectory.path + "/holdpoint-roots-\(UUID().uuidString).pem"
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let text { try Data(text.utf8).write(to: URL(filePath: path)) }
        let check = Self.check(of: HTTPRequirement(.url("https://desk.example/"), roots: path))
        do throws(ProbeError) {
            _ = try DeclaredWeb(
                base: { () throws(ProbeError) in "http://127.0.0.1:1" },
                secret: { (_) throws(ProbeError) in Secret("unused") }, checks: [check])
            Issue.record("they were taken")
        } catch {
            #expect(error.meeting == .ourSide)
            #expect(
                error.detail
                    == "acme.yaml:7: acme.site.up: http.roots: \(path) cannot be read, or holds no certificate in PEM")
        }
    }

    @Test func `secrets go out and come into no transcript`() async throws {
        let web = try Self.web(redacting: [Secret("marker-5512")])
        try await HostileServer.serving { request in
            .answer(200, "{\"said\":\"marker-5512\"}")
        } _: { server in
            let answer = try await web.ask(
                HTTPRequirement(
                    .url(server.address + "/"), secretHeaders: ["authorization": "token"], requestLimit: .seconds(30)))
            #expect(server.requests.first?.head.contains("marker-5512") == true)
            #expect(!answer.transcript.contains("marker-5512"))
            #expect(!String(decoding: answer.value.body, as: UTF8.self).contains("marker-5512"))
        }
        await web.close()
    }

    @Test func `a file is looked at, and never made`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/holdpoint-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = DeclaredFiles()
        func look(_ requirement: FileRequirement) async throws -> FileFacts { try await files.look(requirement).value }
        let path = "\(folder)/a"
        #expect(try await look(FileRequirement(path, sha256: "x")) == FileFacts(exists: false))
        #expect(!FileManager.default.fileExists(atPath: path))
        try Data("abc".utf8).write(to: URL(filePath: path))
        chmod(path, 0o640)
        let facts = try await look(FileRequirement(path, text: .init(contains: ["b", "z"]), sha256: "x"))
        #expect(facts.mode == 0o640)
        #expect(facts.size == 3)
        #expect(facts.misses == ["lacks \"z\""])
        #expect(facts.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try await look(FileRequirement(folder)).other == "a folder")
        #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
        #expect(try await look(FileRequirement("\(folder)/pipe", sha256: "x")).other == "a pipe")
        #expect(try await look(FileRequirement(path + "/below")) == FileFacts(exists: false))
        await #expect(throws: ProbeError.self) { _ = try await look(FileRequirement("relative")) }
        do throws(ProbeError) {
            _ = try await files.read(path, cap: 2)
            Issue.record("it was read")
        } catch { #expect(error.meeting == .nonsense) }
    }

    @Test func `a port is open or refuses`() async throws {
        let ports = DeclaredPorts()
        let closed = try ClosedPort()
        let number = try #require(closed.address.split(separator: ":").last.flatMap { Int($0) })
        #expect(try await ports.knock(PortRequirement(host: "127.0.0.1", port: number)).value == .refused)
        try await HostileServer.serving { _ in
            .close
        } _: { server in
            let number = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
            #expect(try await ports.knock(PortRequirement(host: "127.0.0.1", port: number)).value == .open)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a knock that nobody answers ends when its task is cancelled`() async throws {
        let ports = DeclaredPorts()
        let server = try FullServer()
        #expect(
            try await ports.knock(
                PortRequirement(host: "127.0.0.1", port: server.port, limit: .milliseconds(100))
            ).value == .silent)
        let port = server.port
        let task = Task {
            try await ports.knock(PortRequirement(host: "127.0.0.1", port: port, limit: .seconds(600)))
        }
        // The kernel tells nobody: its table is looked at now and then, and not so often that nothing else gets on.
        while try !server.isKnockedAt { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        await #expect(throws: ProbeError.cancelled) { _ = try await task.value }
        // Cancelled before it began is no other.
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await ports.knock(PortRequirement(host: "127.0.0.1", port: port, limit: .seconds(600)))
        }
        early.cancel()
        await #expect(throws: ProbeError.cancelled) { _ = try await early.value }
    }

    @Test func `a name without an address is said in one plain sentence`() async {
        let error = await trouble { () async throws(ProbeError) in
            _ = try await DeclaredPorts().knock(PortRequirement(host: "nobody.invalid", port: 9, limit: .seconds(30)))
        }
        #expect(error?.meeting == .unreachable)
        // Where there is no name server at all, it is silence that is told.
        let detail = error?.detail ?? "none"
        #expect(detail.hasPrefix("nobody.invalid:9: ") && !detail.contains("SocketAddressError"), "\(detail)")
    }

    @Test func `a command gets its secret by the environment, and its silence is the target's`() async throws {
        let commands = DeclaredCommands(
            secret: { (_) throws(ProbeError) in Secret("marker-7731") }, redacting: { [Secret("marker-7731")] })
        let form = CommandRequirement.Form.stated(exitCode: 0, text: .init())
        let answer = try await commands.run(
            CommandRequirement(
                ["sh", "-c", "echo $T; test ${#T} -eq 11; exit $?"], secretEnvironment: ["T": "t"], form: form))
        #expect(answer.value.exitCode == 0)
        #expect(!answer.value.text.contains("marker-7731"))
        #expect(!answer.transcript.contains("marker-7731"))
        do throws(ProbeError) {
            _ = try await commands.run(CommandRequirement(["sleep", "60"], form: form, limit: .milliseconds(100)))
            Issue.record("it ended")
        } catch { #expect(error.meeting == .unreachable) }
    }
}
