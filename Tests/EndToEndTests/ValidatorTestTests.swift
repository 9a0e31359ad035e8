import FoundationEssentials
import Testing

/// `holdpoint validator test`.
@Suite(.serialized)
struct ValidatorTestTests {
    private static let guides = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/guides/validators").path

    @Test(arguments: [
        (["python3", "\(guides)/example_validator.py"], ["example.loopback.connect", "example.scratch.written"]),
        (["sh", "\(guides)/example_validator.sh"], ["example-sh.tmp.free"]),
    ])
    func `the examples of the guide keep every rule`(_ command: [String], _ checks: [String]) async throws {
        let ended = try await Program().run(["validator", "test"] + command)
        #expect(ended.code == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("it keeps every rule of holdpoint-validator/1"))
        for check in checks { #expect(ended.output.contains("ok   \(check) run: pass")) }
    }

    @Test func `a wrong child is told its rule, in words and in JSON`() async throws {
        let program = try Program()
        let child = """
            import sys, json
            def say(kind, **fields): print(json.dumps({"v": 1, "kind": kind, **fields}), flush=True)
            sys.stdin.readline()
            say("describe", name="wrong", version="1", checks=[{"id": "wrong.child.check", "question": "?", "severity": "low"}])
            if '"run"' not in sys.stdin.readline(): sys.exit(0)
            say("result", id="wrong.child.check", outcome="pass", grade="E2", evidence=[])
            """
        try Data(child.utf8).write(to: URL(filePath: "\(program.state)/child.py"))
        let ended = try await program.run(["validator", "test", "--folder", program.state, "python3", "child.py"])
        #expect(ended.code == 1, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("BAD  wrong.child.check run: unverified no_samples"), "\(ended.output)")
        #expect(ended.output.contains("pass-with-evidence: "))
        let json = try await program.run([
            "validator", "test", "--folder", program.state, "--format", "json", "--", "python3", "child.py",
        ])
        #expect(json.code == 1)
        struct Report: Decodable {
            struct Trial: Decodable {
                struct Complaint: Decodable { var rule: String }
                var check_id: String?
                var trial: String
                var outcome: String?
                var broken: [Complaint]
            }
            var schema: Int
            var conforms: Bool
            var exit_code: Int32
            var trials: [Trial]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
        #expect(report.schema == 1 && !report.conforms && report.exit_code == 1)
        let run = try #require(report.trials.first { $0.trial == "run" })
        #expect(run.check_id == "wrong.child.check" && run.outcome == "unverified")
        #expect(run.broken.map(\.rule) == ["pass-with-evidence"])
    }

    @Test(.timeLimit(.minutes(5))) func `a command that leaves an endless writer behind is told so, and ends`()
        async throws
    {
        let ended = try await Program().run(["validator", "test", "sh", "-c", "setsid yes & wait"])
        #expect(ended.code == 1, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("BAD  describe"), "\(ended.output)")
        let later = try await Program().run(["validator", "test", "sh", "-c", "setsid yes '' & wait"])
        #expect(later.code == 1, "\(later.output)\(later.errors)")
        #expect(later.output.contains("output-at-most-16-mib"), "\(later.output)")
    }

    @Test(arguments: [
        (["validator", "test"], Int32(64), "name the validator's command"),
        (["validator", "test", "/nonexistent"], 64, "No such file"),
        (["validator", "test", "python3 /nonexistent/v.py"], 64, "leave out the quotes"),
        (["validator", "test", "python3 v.py"], 64, "leave out the quotes"),
        (["validator", "test", "--format", "xml", "true"], 64, "console"),
        (["validator", "test", "--fomat", "json", "true"], 64, "--format"),
        (["validator", "test", "--limit", "soon", "true"], 64, "30m"),
    ])
    func `a mistake gets its code and the words that help`(_ arguments: [String], _ code: Int32, _ words: String)
        async throws
    {
        let ended = try await Program().run(arguments)
        #expect(ended.code == code)
        #expect(ended.errors.contains(words), "\(ended.errors)")
    }

    @Test func `help is ours, and a command's own options are its own`() async throws {
        let program = try Program()
        let help = try await program.run(["validator", "test", "--help"])
        #expect(help.code == 0 && help.output.contains("holdpoint-validator/1"))
        let echoed = try await program.run(["validator", "test", "echo", "--help"])
        #expect(echoed.code == 1 && echoed.output.contains("one-json-object-a-line"), "\(echoed.output)")
    }

    @Test func `a command that says nothing of itself breaks a rule`() async throws {
        let ended = try await Program().run(["validator", "test", "true"])
        #expect(ended.code == 1)
        #expect(ended.output.contains("BAD  describe"), "\(ended.output)")
    }
}
