import FoundationEssentials
import Testing

/// A recorded run told again, explained, and what it was judged by.
struct RecordedRunTests {
    @Test func `a replayed log gives the live run's JSON byte for byte, and its exit code`() async throws {
        let program = try Program()
        for arguments in [["--validator", "database"], ["--fault", "index-dropped", "--validator", "database"]] {
            let live = try await program.run(["run", "--format", "json"] + arguments)
            let log = try JSONResult(parsing: live.output, orComplaint: live.errors).log.path
            let replayed = try await program.run(["replay", log, "--format", "json"])
            #expect(replayed.output == live.output)
            #expect(replayed.code == live.code)
            let events = try await program.run(["replay", log, "--format", "ndjson"])
            #expect(events.output == (try String(contentsOf: URL(filePath: log), encoding: .utf8)))
        }
    }

    @Test func `a log that was edited is not told again`() async throws {
        let program = try Program()
        let (_, result) = try await program.runJSON(["--check", "smoke.health.ready"])
        let edited = "\(program.state)/edited.ndjson"
        let text = try String(contentsOf: URL(filePath: result.log.path), encoding: .utf8)
        try Data(text.replacing("\"go\"", with: "\"no_go\"").utf8).write(to: URL(filePath: edited))
        let replayed = try await program.run(["replay", edited])
        #expect(replayed.code == 1)
        #expect(replayed.errors.contains("line"), "\(replayed.errors)")
    }

    @Test func `observations are judged anew by other criteria, and what changed is said`() async throws {
        let program = try Program()
        let (code, result) = try await program.runJSON(["--validator", "database"])
        #expect(code == 0)
        let criteria = "\(program.state)/strict.yaml"
        try Data("thresholds:\n  performance:\n    max_query_time_ms: 0.001\n".utf8).write(to: URL(filePath: criteria))
        let judged = try await program.run(["replay", result.log.path, "--criteria", criteria])
        #expect(judged.code == 2, "\(judged.output)\(judged.errors)")
        #expect(judged.output.contains("database.query.latency"))
        #expect(judged.output.contains("pass"))
        #expect(judged.output.contains("fail"))
        let same = try await program.run(["replay", result.log.path, "--policy", "config/policies/default.yaml"])
        #expect(same.code == 0, "\(same.output)\(same.errors)")
        #expect(same.output.contains("nothing changed"))
    }

    @Test func `config show names the layer and the line of each value`() async throws {
        let program = try Program()
        let criteria = "\(program.state)/own.yaml"
        try Data("thresholds:\n  smoke:\n    max_ready_ms: 250\n".utf8).write(to: URL(filePath: criteria))
        let shown = try await program.run(["config", "show", "--criteria", criteria])
        #expect(shown.code == 0)
        let lines = shown.output.split(separator: "\n")
        let ready = try #require(lines.first { $0.contains("max_ready_ms") })
        #expect(ready.contains("250"))
        #expect(ready.contains("--criteria"))
        #expect(ready.contains("\(criteria):3"))
        let ticks = try #require(lines.first { $0.contains("max_tick_age_ms") })
        #expect(ticks.contains("shipped"))
        #expect(ticks.contains("config/validation_criteria.yaml:"))
    }

    @Test func `config check exits 1 with file, line, key and accepted values`() async throws {
        let program = try Program()
        let good = try await program.run(["config", "check"])
        #expect(good.code == 0, "\(good.output)")
        let criteria = "\(program.state)/bad.yaml"
        try Data("thresholds:\n  smoke:\n    max_ready_ms: soon\n".utf8).write(to: URL(filePath: criteria))
        let bad = try await program.run(["config", "check", "--criteria", criteria])
        #expect(bad.code == 1)
        #expect(bad.output.contains("\(criteria):3"))
        #expect(bad.output.contains("max_ready_ms"))
        #expect(bad.output.contains("accepted"))
    }

    @Test func `explain tells criteria with their lines, and when the check was last red here`() async throws {
        let program = try Program()
        let before = try await program.run(["explain", "database.query.latency"])
        #expect(before.code == 0)
        #expect(before.output.contains("performance.max_query_time_ms = 10"))
        #expect(before.output.contains("index-dropped"))
        #expect(before.output.contains("no run is kept here"))
        _ = try await program.run([
            "run", "--ui", "plain", "--fault", "index-dropped", "--check", "database.query.latency",
        ])
        let after = try await program.run(["explain", "database.query.latency"])
        #expect(after.output.contains("criterion  (run "), "\(after.output)")
        let unknown = try await program.run(["explain", "database.query.latenzy"])
        #expect(unknown.code == 64)
        #expect(unknown.errors.contains("database.query.latency"))
    }

    @Test func `the pages of docs-reference say what the program says`() async throws {
        let program = try Program()
        let root = Checkout.root
        let checked = try await program.shell("\(Program.folder)/holdpoint-reference --check \(root)/docs/reference")
        #expect(checked.code == 0, "\(checked.output)")
    }
}

/// The checkout that the tests were built from.
private enum Checkout {
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
        separator: "/")
}
