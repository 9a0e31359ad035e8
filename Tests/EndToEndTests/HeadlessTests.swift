import FoundationEssentials
import Testing

/// The program without a screen, against a real desk.
@Suite(.serialized)
struct HeadlessTests {
    private let latencies: Set<String> = ["risk.decision.latency", "database.query.latency"]

    /// Whether a check looks at files and the ledger alone, and so is judged whatever the desk's process does.
    private static func isOfFiles(_ id: String) -> Bool {
        id == "smoke.disk.space"
            || id.hasPrefix("database.") && id != "database.pool.capacity" && id != "database.integrity.consistent"
    }

    @Test func `the healthy desk is green in everything but what the host's speed decides`() async throws {
        let program = try Program()
        let (code, result) = try await program.runJSON([])
        #expect(result.schema == 1)
        #expect(result.counts.announced == 30)
        #expect(result.checks.count == 30)
        // The pool's waiting time is a latency too: on a host that is too noisy to measure it, the check says so.
        let others = result.withoutLatencies.filter {
            $0.outcome != "pass" && !($0.check_id == "database.pool.capacity" && $0.reason == "noisy_host")
        }
        #expect(others.isEmpty, "\(others.map { "\($0.check_id) \($0.outcome ?? "none") \($0.reason ?? "")" })")
        #expect(code == result.exit_code)
        #expect(result.log.missing == 0)
        let folder = String(result.log.path.dropLast("/log.ndjson".count))
        for check in result.checks {
            #expect(!check.evidence.isEmpty, "\(check.check_id)")
            for evidence in check.evidence {
                let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(evidence.path)"))
                #expect(!bytes.isEmpty && bytes.count == evidence.size)
            }
        }
        let sums = try await program.shell(
            "cd '\(folder)/evidence' && find . -type f | while read f; do test \"$(sha256sum < $f | cut -c1-64)\" = \"$(basename $f)\" || echo $f; done"
        )
        #expect(sums.output == "")
        let verified = try await program.run(["verify", result.log.path])
        #expect(verified.code == 0)
        #expect(verified.output.contains(result.log.head))
    }

    @Test func `quick covers a part and says so`() async throws {
        let (code, result) = try await Program().runJSON(["--mode", "quick"])
        #expect(code == 0)
        #expect(result.verdict == "go")
        #expect(!result.scope.full)
        #expect(result.scope.why == ["mode=quick"])
        #expect(result.checks.allSatisfy { $0.outcome == "pass" })
    }

    @Test func `a fault set from outside turns its check red, and a reader that goes away is no trouble`() async throws
    {
        let program = try Program()
        let (code, result) = try await program.runJSON(["--fault", "migration-pending", "--validator", "database"])
        #expect(code == 2)
        #expect(result["database.migration.applied"]?.outcome == "fail")
        let piped = try await program.shell("\"$HP\" run --mode quick | head -1; echo done")
        #expect(piped.output.contains("done"))
        #expect(!piped.errors.contains("Broken pipe"))
    }

    @Test func `the event log is printed as it is written`() async throws {
        let program = try Program()
        let ended = try await program.run(["run", "--mode", "quick", "--format", "ndjson"])
        let run = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(program.state)/holdpoint/runs").first)
        let log = try String(
            contentsOf: URL(filePath: "\(program.state)/holdpoint/runs/\(run)/log.ndjson"), encoding: .utf8)
        #expect(ended.output == log)
    }

    @Test(arguments: [
        (["run", "--check", "smoke.health.redy"], Int32(64), "did you mean 'smoke.health.ready'?"),
        (["run", "--fault", "slow-rsk"], 64, "slow-risk"), (["run", "--fault", "slow-risk=fast"], 64, "40ms"),
        (["run", "--set", "helth"], 64, "did you mean 'health'?"), (["run", "--mode", "thorogh"], 64, "thorough"),
        (["run", "--budget", "soon"], 64, "30m"),
        (["run", "--desk-home", "/nonexistent/desk"], 64, "holdpoint desk init --home /nonexistent/desk"),
        (["explain", "smoke.health.redy"], 64, "smoke.health.ready"),
        (["rnu"], 64, "did you mean 'run'?"), (["run", "--ui", "tui"], 69, "not a terminal"),
        (["verify", "/nonexistent"], 64, "No such file"), (["run", "--criteria", "/nonexistent"], 78, "/nonexistent"),
        (["run", "--mode", "quick", "--require-full"], 64, "mode=quick"),
    ])
    func `a mistake gets its code and the words that help`(arguments: [String], code: Int32, words: String) async throws
    {
        let ended = try await Program().run(arguments)
        #expect(ended.code == code)
        #expect(ended.errors.contains(words), "\(ended.errors)")
        #expect(ended.output.isEmpty)
    }

    @Test func `a desk that cannot serve says why, for people and where its start line would stand`() async throws {
        let ended = try await Program().run(["desk", "serve", "--home", "/nonexistent"])
        #expect(ended.code == 69)
        #expect(ended.errors.contains("never repairs"), "\(ended.errors)")
        #expect(ended.output.contains(#""event":"not_started""#) && ended.output.contains(#""code":"file_missing""#))
        #expect(ended.output.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        (["run", "--help"], "--budget"), (["help", "run"], "--criteria"), (["replay", "--help"], "--speed"),
        (["desk", "serve", "--help"], "--role"), (["desk"], "restart"), (["config"], "show"), (["--help"], "recover"),
    ])
    func `help tells a command's own options`(arguments: [String], words: String) async throws {
        let ended = try await Program().run(arguments)
        #expect(ended.code == 0)
        #expect(ended.output.contains(words), "\(ended.output)")
    }

    @Test func `evidence that was changed or is gone is found by verify`() async throws {
        let program = try Program()
        let (_, result) = try await program.runJSON(["--check", "smoke.disk.space"])
        let folder = result.log.path.dropLast("/log.ndjson".count)
        let evidence = try #require(result["smoke.disk.space"]?.evidence.first)
        let file = "\(folder)/\(evidence.path)"
        let good = try await program.run(["verify", result.log.path])
        #expect(good.code == 0)
        #expect(good.output.contains("pieces of evidence"))
        let appended = try await program.shell("chmod u+w '\(file)'; echo x >> '\(file)'")
        #expect(appended.code == 0, "\(appended.errors)")
        let changed = try await program.run(["verify", result.log.path])
        #expect(changed.code == 1)
        #expect(changed.output.contains(evidence.path))
        try FileManager.default.removeItem(atPath: file)
        #expect(try await program.run(["verify", result.log.path]).code == 1)
    }

    @Test func `a criteria file's mistakes are all told, with line, key path and the nearest key`() async throws {
        let program = try Program()
        let path = "\(program.state)/criteria.yaml"
        try Data("thresholds:\n  smoke:\n    max_ready_ms: -5\n    max_tick_age_ms: 1\n    max_tick_age_ms: 2\n".utf8)
            .write(to: URL(filePath: path))
        let ended = try await program.run(["run", "--criteria", path])
        #expect(ended.code == 78)
        #expect(ended.errors.contains("\(path):3: thresholds.smoke.max_ready_ms"))
        #expect(ended.errors.contains("\(path):5: thresholds.smoke.max_tick_age_ms"))
        try Data("version: \"1\"\nfail_on_severty: low\n".utf8).write(to: URL(filePath: path))
        let policy = try await program.run(["run", "--policy", path])
        #expect(policy.code == 78)
        #expect(policy.errors.contains("did you mean fail_on_severity?"))
    }

    @Test func `a misspelt key is an error, told beside a wrong value, and nothing is run`() async throws {
        let program = try Program()
        let path = "\(program.state)/criteria.yaml"
        try Data("thresholds:\n  smoke:\n    max_redy_ms: 100\n    max_tick_age_ms: soon\n".utf8)
            .write(to: URL(filePath: path))
        for arguments in [["run", "--criteria", path], ["config", "check", "--criteria", path]] {
            let ended = try await program.run(arguments)
            #expect(ended.code == (arguments[0] == "run" ? 78 : 1))
            let told = ended.errors + ended.output
            #expect(told.contains("\(path):3: thresholds.smoke.max_redy_ms: is not a known key"), "\(told)")
            #expect(told.contains("did you mean max_ready_ms?"), "\(told)")
            #expect(told.contains("\(path):4: thresholds.smoke.max_tick_age_ms: is 'soon'"), "\(told)")
        }
    }

    private struct Failure: Decodable {
        struct Trouble: Decodable {
            var kind: String
            var message: String
            var details: [String]
        }
        var schema: Int
        var verdict: String?
        var exit_code: Int32
        var error: Trouble
    }

    @Test func `a desk that does not start is a JSON document with all that it said in this start, and 69`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        try FileManager.default.removeItem(atPath: "\(home)/limits.yaml")
        try Data("words of an earlier start\n".utf8).write(to: URL(filePath: "\(home)/desk.stderr"))
        let ended = try await program.run(["run", "--desk-home", home, "--format", "json"])
        #expect(ended.code == 69)
        let failure = try JSONDecoder().decode(Failure.self, from: Data(ended.output.utf8))
        #expect(failure.schema == 1 && failure.verdict == nil && failure.exit_code == 69)
        #expect(failure.error.kind == "unavailable")
        #expect(failure.error.message.contains("\(home)/limits.yaml is missing"), "\(failure.error.message)")
        #expect(!(failure.error.details + [failure.error.message]).contains { $0.contains("earlier start") })
        #expect(ended.errors.contains("limits.yaml is missing"))
        let output = "\(program.state)/result.json"
        let other = try await program.run(["run", "--criteria", "/nonexistent", "--format", "json", "--output", output])
        #expect(other.code == 78 && other.output.isEmpty)
        let told = try JSONDecoder().decode(Failure.self, from: Data(contentsOf: URL(filePath: output)))
        #expect(told.exit_code == 78 && told.error.kind == "configuration")
    }

    @Test func `a state folder that cannot be made is told with its path, why and what to do`() async throws {
        let program = try Program()
        let file = "\(program.state)/file"
        try Data().write(to: URL(filePath: file))
        let ended = try await program.shell("XDG_STATE_HOME='\(file)' \"$HP\" run --set health --ui plain")
        #expect(ended.code == 69)
        #expect(ended.output.isEmpty)
        #expect(ended.errors.hasPrefix("holdpoint: cannot write \(file): Not a directory; "), "\(ended.errors)")
        #expect(ended.errors.contains("XDG_STATE_HOME") && !ended.errors.contains("Error Domain"))
    }

    @Test func `an index dropped by hand is found by plan and by latency`() async throws {
        let program = try Program()
        let home = try await program.home()
        let dropped = try await program.shell(
            "sqlite3 '\(home)/ledger.sqlite' \"select 'drop index \\\"'||name||'\\\";' from sqlite_schema where type='index' and sql like '%fills%order_id%'\" | sqlite3 '\(home)/ledger.sqlite'"
        )
        #expect(dropped.code == 0 && dropped.errors.isEmpty, "\(dropped.errors)")
        let (code, result) = try await program.runJSON(["--desk-home", home, "--validator", "database"])
        #expect(code == 2)
        #expect(result["database.query.plan"]?.outcome == "fail")
        #expect(result["database.query.latency"]?.outcome == "fail")
    }

    @Test func `a number edited in the desk's tier file is told with both numbers and the line`() async throws {
        let program = try Program()
        let home = try await program.home()
        let edited = try await program.shell("sed -i 's/500\\.00/450.00/' '\(home)/limits.yaml'")
        #expect(edited.code == 0)
        let (code, result) = try await program.runJSON(["--desk-home", home, "--check", "risk.limit.effective"])
        #expect(code == 2)
        let finding = try #require(result["risk.limit.effective"]?.findings.first)
        #expect(finding.message.contains("450.00") && finding.message.contains("500.00"))
        #expect(finding.location?.file == "config/limits/genesis-tiers.yaml")
        #expect((finding.location?.line ?? 0) > 0)
        #expect(finding.message.contains("limits.yaml:"))
    }

    @Test func `a limit seven ticks off is measured seven ticks off`() async throws {
        let (code, result) = try await Program().runJSON(
            ["--fault", "limit-off-by-one=7", "--check", "risk.limit.enforced"])
        #expect(code == 2)
        let measured = result["risk.limit.enforced"]?.measurements.first { $0.name == "max_order_quantity.hunter" }
        #expect(measured?.value == "500.07")
        #expect(measured?.judgement == "fail")
    }

    @Test func `a desk that was stopped before the run is a red health check, and the ledger is judged all the same`()
        async throws
    {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home) { pid in
            _ = try await program.shell("kill -STOP \(pid)")
            let (code, result) = try await program.runJSON(["--desk-home", home])
            _ = try await program.shell("kill -CONT \(pid)")
            #expect(code == 2)
            #expect(result["smoke.health.ready"]?.outcome == "fail")
            #expect(result["smoke.health.ready"]?.reason == "unreachable")
            for check in result.withoutLatencies where Self.isOfFiles(check.check_id) {
                #expect(check.outcome == "pass", "\(check.check_id)")
            }
            for check in result.checks
            where !check.check_id.hasPrefix("database.") && !Self.isOfFiles(check.check_id)
                && check.check_id != "smoke.health.ready"
            {
                #expect(check.outcome == "blocked", "\(check.check_id)")
            }
            // The pool is asked through the surface, and the books need an order.
            #expect(result["database.pool.capacity"]?.reason == "target_unreachable")
            #expect(result["database.integrity.consistent"]?.outcome == "blocked")
            #expect(result.duration_ms < 30_000)
        }
    }

    @Test(arguments: ["STOP", "KILL"], ["smoke.data.ticking", "risk.limit.enforced"])
    func `a desk that dies midway is red, and what had finished stands`(signal: String, check: String) async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home) { pid in
            // The signal is sent at the moment at which the log says that the check has started.
            let line = #"""
                "$HP" run --desk-home '\#(home)' --format ndjson | while read -r line; do case "$line" in \#
                *'"check":"\#(check)"'*'"kind":"check.started"'*) kill -\#(signal) \#(pid);; esac; printf '%s\n' "$line"; done > '\#(program.state)/copy'
                """#
            _ = try await program.shell(line)
            let verified = try await program.run(["verify", "\(program.state)/copy"])
            #expect(verified.code == 0, "\(verified.output)")
            let events = try String(contentsOf: URL(filePath: "\(program.state)/copy"), encoding: .utf8).split(
                separator: "\n")
            let finished = events.filter { $0.contains(#""kind":"check.finished""#) }
            let health = finished.filter { $0.contains(#""check":"smoke.health.ready""#) }
            #expect(health.count == 2)
            #expect(health.last?.contains(#""reason":"unreachable""#) == true)
            let last = try #require(events.last)
            #expect(last.contains(#""verdict":"no_go""#) && last.contains(#""missing":0"#))
            for line in finished {
                guard let id = line.firstMatch(of: /"check":"([a-z.-]+)"/)?.1, Self.isOfFiles(String(id)),
                    !id.hasSuffix(".latency")
                else { continue }
                #expect(line.contains(#""outcome":"pass""#), "\(line)")
            }
            for line in finished
            where !line.contains("smoke.health.ready\",\"kind") && !line.contains(".latency\",\"kind") {
                let isExpected = [#""outcome":"pass""#, #""outcome":"blocked""#, #""reason":"target_unreachable""#]
                    .contains { line.contains($0) }
                #expect(isExpected, "\(line)")
            }
        }
    }

    @Test func `a log that the disk cannot hold is a hold that says so`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home) { _ in
            let ended = try await program.shell(
                "ulimit -f 16; \"$HP\" run --desk-home '\(home)' --mode quick --ui plain 2>&1")
            #expect(ended.code == 3, "\(ended.output)")
            #expect(ended.output.contains("HOLD"))
            #expect(ended.output.contains("File too large"))
        }
    }

    @Test func `SIGTERM cancels, closes the log and leaves with 143`() async throws {
        let program = try Program()
        let home = try await program.home()
        try await program.serving(home, faults: ["slow-risk=2s"]) { _ in
            let ended = try await program.shell(
                """
                "$HP" run --desk-home '\(home)' --format ndjson --log '\(program.state)/log' > '\(program.state)/out' & pid=$!
                until grep -q 'risk.decision.latency","kind":"check.started\\|smoke.risk.denies","kind":"check.started' '\(program.state)/out'; do :; done
                kill -TERM $pid; wait $pid
                """)
            #expect(ended.code == 143)
            let verified = try await program.run(["verify", "\(program.state)/log"])
            #expect(verified.code == 0, "\(verified.output)")
        }
    }
}
