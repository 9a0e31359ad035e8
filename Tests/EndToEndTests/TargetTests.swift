import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// A service of somebody's own, which offers a part of the surface: made of the handlers that the program prints.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct TargetTests {
    /// Serves handlers for as long as the body runs, and hands on the profile that leads there.
    private func serving<Value: Sendable>(
        _ program: Program, _ capabilities: [String], environment: String = "staging", more: String = "",
        _ body: @escaping @Sendable (_ profile: String) async throws -> Value
    ) async throws -> Value {
        let printed = try await program.run(["target", "check"] + capabilities.flatMap { ["--stub", $0] })
        try #require(printed.code == 0, "\(printed.errors)")
        // As somebody who has put real values in.
        let lines = printed.output.split(separator: "\n", omittingEmptySubsequences: false)
        let service = lines.filter { !$0.contains("\"holdpoint_stub\": True") }.joined(separator: "\n")
        try Data(service.utf8).write(to: URL(filePath: "\(program.state)/service.py"))
        let ended = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", "exec python3 service.py 0 2>asked"],
            environment: program.environment, workingDirectory: FilePath(program.state),
            input: .inputWriter, output: .sequence, error: .discarded
        ) { server in
            var address = ""
            for try await line in server.standardOutput.strings() where line.hasPrefix("serving ") {
                address = String(line.dropFirst("serving ".count).prefix { !$0.isNewline })
                break
            }
            let result: Swift.Result<Value, any Error>
            do {
                let profile = "\(program.state)/service.yaml"
                let text = """
                    version: 1
                    id: night-desk
                    environment: \(environment)
                    surface:
                      address: \(address)
                    \(more)
                    """
                try Data(text.utf8).write(to: URL(filePath: profile))
                result = .success(try await body(profile))
            } catch {
                result = .failure(error)
            }
            // It may have ended by itself.
            try? server.send(signal: .kill)
            try await server.standardInputWriter.finish()
            return result
        }
        return try ended.closureResult.get()
    }

    private static let offered = ["discovery", "identity", "risk.limits", "killswitch", "marketdata", "positions"]

    /// What the service was asked: method and path, in the words of Python's own log.
    private func asked(_ program: Program) -> [String] {
        let text = String(
            decoding: FileManager.default.contents(atPath: "\(program.state)/asked") ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\"")
            return parts.count > 1 ? parts[1].split(separator: " ").prefix(2).joined(separator: " ") : nil
        }
    }

    @Test func `target check tells what answers, what is missing and which checks wait for it, and ends with 1`()
        async throws
    {
        let program = try Program()
        try await serving(program, Self.offered) { profile in
            let checked = try await program.run(["target", "check", "--target", profile])
            #expect(checked.code == 1, "\(checked.errors)")
            for words in [
                "target night-desk  (staging", "risk.limits", "median of 5 reads", "answered 404 not_found",
                "--stub pool", "the profile names no ledger",
            ] { #expect(checked.output.contains(words), "\(words) in \(checked.output)") }
            let result = try await program.run(["target", "check", "--target", profile, "--format", "json"])
            let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
            #expect(result.code == 1 && report.exit_code == 1)
            for name in Self.offered {
                let found = report.capabilities.first { $0.capability == name }
                #expect(
                    found?.state == "answers" && (found?.median_ns ?? 0) > 0, "\(name): \(String(describing: found))")
            }
            let pool = report.capabilities.first { $0.capability == "pool" }
            #expect(pool?.state == "missing" && pool?.checks == ["database.pool.capacity"] && pool?.stub != nil)
        }
    }

    @Test func `a silent target is waited for aloud on a terminal, and never in what is printed or beside a pipe`()
        async throws
    {
        let program = try Program()
        // Takes every connection and answers none.
        let service = """
            import os, socket, time
            server = socket.create_server(("127.0.0.1", 0))
            with open("silent.new", "w") as file:
                file.write("version: 1\\nid: night-desk\\nenvironment: staging\\nsurface:\\n")
                file.write(f"  address: http://127.0.0.1:{server.getsockname()[1]}\\n")
            os.rename("silent.new", "silent.yaml")
            time.sleep(170)
            """
        try Data(service.utf8).write(to: URL(filePath: "\(program.state)/silent.py"))
        let screen = try await TmuxScreen(program, columns: 120, rows: 36)
        try await screen.type(
            "cd '\(program.state)'; python3 silent.py & until [ -e silent.yaml ]; do sleep 0.1; done\n")
        try await screen.start("target check --target silent.yaml >checked; echo code $?")
        try await screen.wait(for: "looking at night-desk: waiting for ")
        try await screen.wait(for: "code 1")
        let printed = try await program.shell("cat '\(program.state)/checked'")
        #expect(printed.output.contains("target night-desk") && !printed.output.contains("waiting for discovery"))
        let piped = try await program.run(["target", "check", "--target", "\(program.state)/silent.yaml"])
        #expect(piped.code == 1 && !piped.errors.contains("waiting for"), "\(piped.errors)")
        try await screen.close()
    }

    @Test func `a dry run prints the plan, asks nothing above read, keeps no run and ends with 0`() async throws {
        let program = try Program()
        try await serving(program, Self.offered) { profile in
            let dry = try await program.run(["run", "--dry-run", "--target", profile])
            #expect(dry.code == 0, "\(dry.errors)")
            for words in [
                "nothing has been run", "environment  staging", "build        4f2a9c1", "account      DU12345",
                "paper        unknown: The profile declares no venue", "risk.limit.effective",
                "unverified (not_permitted)",
                "unverified (hook_missing) risk.size", "--stub ",
            ] { #expect(dry.output.contains(words), "\(words) in \(dry.output)") }
            let json = try await program.run(["--dry-run", "--format", "json", "--target", profile])
            #expect(json.code == 0, "\(json.errors)")
            let plan = try JSONDecoder().decode(Plan.self, from: Data(json.output.utf8))
            #expect(plan.dry_run && plan.target.paper == "unknown")
            #expect(plan.checks.first { $0.check_id == "risk.limit.effective" }?.forecast == "runs")
            #expect(plan.checks.first { $0.check_id == "smoke.flow.round-trip" }?.reason == "not_permitted")
        }
        let asked = asked(program)
        #expect(asked.contains("GET /readyz/risk/limits"))
        for request in asked where !request.hasPrefix("GET ") {
            #expect(
                ["POST /readyz/risk/evaluate", "POST /readyz/risk/size", "POST /readyz/risk/correlation"].contains(
                    request), "\(request)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(program.state)/holdpoint/runs"))
    }

    @Test func `a dry run against a port where nobody listens foretells the red and the blocked`() async throws {
        let program = try Program()
        let profile = "\(program.state)/gone.yaml"
        try Data("version: 1\nid: gone\nenvironment: staging\nsurface:\n  address: http://127.0.0.1:1\n".utf8)
            .write(to: URL(filePath: profile))
        let dry = try await program.run(["run", "--dry-run", "--format", "json", "--target", profile])
        #expect(dry.code == 0, "\(dry.errors)")
        let plan = try JSONDecoder().decode(Plan.self, from: Data(dry.output.utf8))
        #expect(plan.checks.first { $0.check_id == "smoke.health.ready" }?.forecast == "fail")
        #expect(!plan.checks.contains { $0.forecast == "runs" && $0.needs.contains("risk.limits") })
    }

    @Test(arguments: [
        (["storage"], "\nstorage: ["), (["smoke.disk.space"], "\nstorage: ["), (["instances"], "\ninstances:\n"),
        (["clock"], "\n      clock: {now: "), (["smoke.identity.uniform"], "\n#   instances:\n"),
    ])
    func `what no handler gives is printed as lines of a profile, under a program as comments`(
        names: [String], words: String
    ) async throws {
        let program = try Program()
        let printed = try await program.run(["target", "check"] + names.flatMap { ["--stub", $0] })
        #expect(printed.code == 0 && printed.output.contains(words), "\(printed.output) \(printed.errors)")
    }

    @Test func `names that are not there, and what does not go together, are usage errors`() async throws {
        let program = try Program()
        for (arguments, words) in [
            (["target", "check", "--stub", "risk.limit"], "did you mean 'risk.limits'"),
            (["target", "check", "--stub", "books"], "known: discovery, identity, "),
            (["target", "check", "--stub", "books"], "clock, instances, storage, and every check"),
            (["target", "check", "--stub", "pool", "--as", "flask"], "unknown language"),
            (["target", "check", "--target", "nowhere"], "unknown target"),
            (["run", "--dry-run", "--ui", "tui"], "--dry-run"),
            (["run", "--dry-run", "--format", "ndjson"], "ndjson"),
        ] {
            let ended = try await program.run(arguments)
            #expect(ended.code == 64 && ended.errors.contains(words), "\(arguments): \(ended.errors)")
        }
    }

    @Test(arguments: [(120, 36), (80, 24), (40, 12)])
    func `the console opens on the plan, runs nothing before Enter, and then what is left of it`(
        columns: Int, rows: Int
    ) async throws {
        let program = try Program()
        try await serving(program, Self.offered) { profile in
            let screen = try await TmuxScreen(program, columns: columns, rows: rows)
            try await screen.start("--target '\(profile)' --validator smoke --validator risk")
            try await screen.wait(for: "[x]")
            try await screen.wait(for: "night-desk")
            let before = try await program.shell("cat '\(program.state)'/holdpoint/runs/*/log.ndjson | wc -c")
            #expect(before.output.trimmed == "0")
            // Without what cannot be seen, and back from the target's view.
            try await screen.press("t")
            try await screen.wait(for: "risk.limits")
            try await screen.press("Escape", "u")
            try await screen.wait(for: "[ ]")
            try await screen.press("Enter", until: "the verdict") { !$0.contains("[x]") && $0.contains("GO") }
            // Asked to leave before all have ended, it would ask back.
            try await screen.wait(for: "5/5")
            try await screen.press("q", until: "the summary") { $0.contains("log: ") }
            let log = try await program.shell("cat '\(program.state)'/holdpoint/runs/*/log.ndjson")
            #expect(log.output.contains("run.finished"))
            #expect(log.output.contains("pre-flight="))
            try await screen.close()
        }
    }

    @Test func `leaving before the start runs nothing, keeps no run and ends with 3`() async throws {
        let program = try Program()
        try await serving(program, Self.offered) { profile in
            let screen = try await TmuxScreen(program, columns: 80, rows: 24)
            try await screen.start("--target '\(profile)'; echo code $?")
            try await screen.wait(for: "[x]")
            try await screen.press("q")
            let text = try await screen.wait(for: "code 3")
            #expect(text.contains("nothing was run"))
            let left = try await program.shell("ls '\(program.state)/holdpoint/runs' | wc -l")
            #expect(left.output.trimmed == "0")
            try await screen.close()
        }
    }

    private struct Report: Decodable {
        struct Capability: Decodable {
            var capability: String
            var state: String
            var median_ns: Int64?
            var checks: [String]
            var stub: String?
        }
        var exit_code: Int32
        var capabilities: [Capability]
    }

    private struct Plan: Decodable {
        struct Target: Decodable { var paper: String }
        struct Check: Decodable {
            var check_id: String
            var forecast: String
            var reason: String?
            var needs: [String]
        }
        var dry_run: Bool
        var target: Target
        var checks: [Check]
    }
}

extension String {
    fileprivate var trimmed: String { filter { !$0.isWhitespace } }
}
