import FoundationEssentials
import Probes
import Readiness
import Testing

/// The log that a profile names: a file or a command.
@Suite(.timeLimit(.minutes(5)))
struct ProfileLogTests {
    private func log(
        _ change: (inout TargetProfile) -> Void,
        on reply: @escaping @Sendable (HostileServer.Request) -> HostileServer.Reply = { _ in .answer(404, "{}") },
        _ work: (any LogProbe, HostileServer) async throws -> Void
    ) async throws {
        try await HostileServer.serving({ reply($0) }) { server in
            var profile = TargetProfile(
                id: "t", environment: .staging, path: "/t/t.yaml", folder: "/tmp",
                source: SourceLocation(file: "t.yaml", line: 1))
            profile.access = TargetAccess(
                place: .address(server.address), authentication: [.bearer(.environment("TOKEN"))], limit: .seconds(30))
            change(&profile)
            let target = try await ServiceTarget.connect(
                profile, runbook: ProfileRunbook.commands(for: profile), environment: { _ in "marker-token" })
            do { try await work(target.probes.log, server) } catch {
                await target.close()
                throw error
            }
            await target.close()
        }
    }

    @Test func `where the log is the profile says, and nobody is asked`() async throws {
        try await log({ $0.log = "/var/log/desk.log" }) { probe, server in
            let told = try await probe.describeLog().value
            #expect(told == LogDescription(path: "/var/log/desk.log", format: "text"))
            #expect(server.requests.isEmpty)
        }
        try await log({
            $0.logCommand = ["journalctl", "-u", "desk unit"]
            $0.logFormat = "json-lines"
        }) { probe, _ in
            let told = try await probe.describeLog().value
            #expect(
                told
                    == LogDescription(
                        path: "cd /tmp && journalctl -u 'desk unit'", format: "json-lines", isCommand: true))
        }
    }

    @Test func `the marker is written by the target, through its surface`() async throws {
        try await log(
            { $0.log = "/nowhere.log" },
            on: { $0.path == "/readyz/logs/marker" ? .answer(200, #"{"accepted":true}"#) : .answer(404, "{}") }
        ) { probe, server in
            let isAccepted = try await probe.mark("hp-1").value
            #expect(isAccepted)
            #expect(server.requests.map(\.path) == ["/readyz/logs/marker"])
            #expect(server.requests.first?.body.contains("hp-1") == true)
        }
    }

    @Test func `without a way to write a marker there is no such capability`() async throws {
        try await log({ $0.log = "/nowhere.log" }) { probe, _ in
            #expect(
                await trouble { () async throws(ProbeError) in try await probe.mark("hp-1") }?.meeting == .notOffered)
        }
    }

    @Test func `a file is read where it is`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdpoint-log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "desk.log").path
        try Data("12:00 started\n12:01 marker hp-1 end\n".utf8).write(to: URL(filePath: path))
        try await log({ $0.log = path }) { probe, _ in
            let told = try await probe.describeLog().value
            #expect(try await probe.find("hp-1", in: told).value == "12:01 marker hp-1 end")
            #expect(try await probe.find("hp-2", in: told).value == nil)
        }
    }

    @Test func `what a command prints is looked into, and a secret in it is taken out`() async throws {
        try await log({ $0.logCommand = ["sh", "-c", "echo 'x hp-1 marker-token'; echo y; printf 'hp-2'"] }) {
            probe, _ in
            let told = try await probe.describeLog().value
            let found = try await probe.find("hp-1", in: told)
            #expect(found.value == "x hp-1 <secret>")
            #expect(!found.transcript.contains("marker-token"))
            // The line has not ended yet.
            #expect(try await probe.find("hp-2", in: told).value == nil)
        }
    }

    @Test(arguments: [
        ("exit 3", ProbeError.Meeting.nonsense, "exit code 3"), ("yes | head -c 2000000", .nonsense, "printed more"),
        ("kill -9 $$", .nonsense, "signal"),
    ])
    func `a command that fails or prints too much is told`(
        script: String, meeting: ProbeError.Meeting, words: String
    ) async throws {
        try await log({ $0.logCommand = ["sh", "-c", script] }) { probe, _ in
            let told = try await probe.describeLog().value
            let error = await trouble { () async throws(ProbeError) in try await probe.find("hp-1", in: told) }
            #expect(error?.meeting == meeting)
            #expect(error?.detail.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test func `a command that does not end is silence`() async throws {
        try await log({
            $0.logCommand = ["sleep", "60"]
            $0.access?.limit = .milliseconds(100)
        }) { probe, _ in
            let told = try await probe.describeLog().value
            let error = await trouble { () async throws(ProbeError) in try await probe.find("hp-1", in: told) }
            #expect(error?.meeting == .unreachable)
        }
    }

    @Test func `the runbook shows the log as the profile has it`() {
        var profile = TargetProfile(
            id: "t", environment: .staging, path: "/t/t.yaml", folder: "/t", source: SourceLocation(file: "t", line: 1))
        profile.logCommand = ["journalctl", "-u", "desk"]
        #expect(ProfileRunbook.commands(for: profile).log == "cd /t && journalctl -u desk")
        #expect(ProfileRunbook.commands(for: profile).targetOption == " --target \(ShellWord.quoted(profile.path))")
        profile.logCommand = nil
        profile.log = "/var/log/a b.log"
        #expect(ProfileRunbook.commands(for: profile).log == "tail -n 50 '/var/log/a b.log'")
    }
}
