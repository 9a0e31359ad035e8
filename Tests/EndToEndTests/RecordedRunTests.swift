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

    @Test func `what is wrong in a profile and in the files that it names is told in one go`() async throws {
        let program = try Program()
        let folder = "\(program.state)/desk"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let head = "version: 1\nid: desk\nenvironment: staging\ncriteria: criteria.yaml\npolicy: policy.yaml\n"
        for (name, text) in [
            ("holdpoint.yaml", head + "thresholds:\n  smoke: {max_redy_ms: 70}\n"),
            ("wrong.yaml", head + "runbok: {}\n"),
            ("unstarted.yaml", head + "validators:\n  - {name: gone, command: [./gone]}\n"),
            ("criteria.yaml", "thresholds:\n  smoke:\n    max_ready_ms: soon\n"),
            ("policy.yaml", "version: \"2\"\nfail_on_severity: lo\nrequired: [\"*\"]\n"),
        ] { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
        let files = ["criteria.yaml:3: thresholds.smoke.max_ready_ms", "policy.yaml:2: fail_on_severity"]
        for (arguments, code, first) in [
            (["config", "check", "--target", folder], 1, "holdpoint.yaml:7: thresholds.smoke.max_redy_ms"),
            (["run", "--target", folder, "--dry-run"], 78, "holdpoint.yaml:7: thresholds.smoke.max_redy_ms"),
            (["config", "check", "--target", "\(folder)/wrong.yaml"], 1, "wrong.yaml:6: runbok"),
            (["run", "--target", "\(folder)/wrong.yaml", "--ui", "plain"], 78, "wrong.yaml:6: runbok"),
            (["target", "check", "--target", "\(folder)/wrong.yaml"], 78, "wrong.yaml:6: runbok"),
            (["run", "--target", "\(folder)/unstarted.yaml", "--dry-run"], 69, "the validator gone does not say"),
        ] as [([String], Int32, String)] {
            let ended = try await program.run(arguments)
            let told = ended.output + ended.errors
            #expect(ended.code == code, "\(arguments): \(told)")
            let places = ([first] + files).map { told.firstRange(of: $0)?.lowerBound }
            #expect(places.allSatisfy { $0 != nil }, "\(arguments): \(told)")
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(arguments): \(told)")
        }
    }

    @Test func `config check takes a policy that names a check of the profile's own`() async throws {
        let program = try Program()
        let profile = "\(program.state)/desk.yaml"
        let text = """
            version: 1
            id: desk
            environment: staging
            policy: policy.yaml
            checks:
              - id: desk.port.open
                title: it listens
                severity: high
                remediation: start it
                port: {host: 127.0.0.1, port: 1}
            """
        try Data(text.utf8).write(to: URL(filePath: profile))
        for (name, code) in [("desk.port.open", 0), ("desk.port.opn", 1)] as [(String, Int32)] {
            try Data("version: \"2\"\nfail_on_severity: low\nrequired: [\(name)]\n".utf8)
                .write(to: URL(filePath: "\(program.state)/policy.yaml"))
            let checked = try await program.run(["config", "check", "--target", profile])
            #expect(checked.code == code, "\(checked.output)")
        }
    }

    @Test func `config show gives what is made of the profile's bindings their place, and says that it is derived`()
        async throws
    {
        let program = try Program()
        let profile = "\(program.state)/desk.yaml"
        let head = "# A desk.\nversion: 1\nid: desk\nenvironment: staging\n"
        for (more, place) in [
            ("capabilities:\n  order.cancel: {command: [cancel, \"{order_id}\"]}\n", "\(profile):5"), ("", profile),
        ] {
            try Data((head + more).utf8).write(to: URL(filePath: profile))
            let shown = try await program.run(["config", "show", "--target", profile])
            #expect(shown.code == 0, "\(shown.errors)")
            let row = shown.output.split(separator: "\n").first { $0.contains("smoke.expected_capabilities") }
            #expect(row?.contains("derived") == true && row?.hasSuffix("  \(place)") == true, "\(row ?? "none")")
        }
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
