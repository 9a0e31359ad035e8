import FoundationEssentials
import Testing

/// A profile's own checks, run by the real program against a real desk.
@Suite(.serialized)
struct OwnCheckTests {
    /// One check of each kind that is green, one that is red, and one whose probe cannot look.
    private static func profile(_ program: Program, port: Int, closed: Int) -> String {
        """
        version: 1
        id: desk-own
        environment: practice
        surface: {record: desk}
        ledger: {engine: desk}
        checks:
          - id: own.http.green
            title: the surface is ready
            severity: high
            sets: [health]
            requires: [smoke.health.ready]
            remediation: {summary: start it, steps: [{text: Start it., command: start it}]}
            http: {path: /readyz, values: [{path: $.ready, equals: true}], latency: {percentile: p50, below_ms: 60000}}
          - id: own.http.red
            title: the surface is not ready
            severity: high
            remediation: stop it
            http: {path: /readyz, values: [{path: $.ready, equals: false}]}
          - id: own.http.unseen
            title: nobody answers there
            severity: high
            remediation: start it
            http: {url: "http://127.0.0.1:\(closed)/"}
          - id: own.command.green
            title: the backup verifies
            severity: high
            grade: E3
            remediation: make one
            command: {run: [sh, -c, echo verified], contains: verified, lacks: FAILED}
          - id: own.command.red
            title: the backup verifies as it says
            severity: high
            remediation: make one
            command: {run: [sh, -c, echo FAILED], contains: verified, lacks: FAILED}
          - id: own.command.unseen
            title: the backup verifies in time
            severity: high
            remediation: make one
            command: {run: [sleep, "600"], contains: verified, timeout_ms: 100}
          - id: own.sql.green
            title: there are orders or none
            severity: high
            remediation: mend them
            sql: {statement: "SELECT count(*) FROM orders", at_least: 0}
          - id: own.sql.red
            title: there are fewer than none
            severity: high
            remediation: mend them
            sql: {statement: "SELECT count(*) FROM orders", below: 0}
          - id: own.sql.unseen
            title: nowhere there are orders
            severity: high
            remediation: mend them
            sql: {statement: "SELECT count(*) FROM nowhere", below: 1}
          - id: own.file.green
            title: the key is this user's alone
            severity: high
            remediation: chmod it
            file: {path: key, mode: 0600, contains: BEGIN}
          - id: own.file.red
            title: the key is for everybody
            severity: high
            remediation: chmod it
            file: {path: key, mode: 0644}
          - id: own.file.unseen
            title: the file is at its own end
            severity: high
            remediation: unlink it
            file: {path: loop}
          - id: own.port.green
            title: it listens
            severity: high
            remediation: start it
            port: {host: 127.0.0.1, port: \(port)}
          - id: own.port.red
            title: it does not listen
            severity: high
            remediation: stop it
            port: {host: 127.0.0.1, port: \(port), open: false}
          - id: own.port.unseen
            title: it listens nowhere
            severity: high
            remediation: start it
            port: {host: 255.255.255.255, port: \(port)}
          - id: own.certificate.green
            title: the certificate is good for a month
            severity: high
            remediation: renew it
            certificate: {file: desk.pem, name: desk.example, roots: root.pem, min_days: 30}
          - id: own.certificate.red
            title: the certificate is another's
            severity: high
            remediation: renew it
            certificate: {file: desk.pem, name: other.example, roots: root.pem, min_days: 30}
          - id: own.certificate.unseen
            title: the key is a certificate
            severity: high
            remediation: renew it
            certificate: {file: key, roots: root.pem, min_days: 30}
          - id: own.report.green
            title: the tests are green
            severity: high
            remediation: mend them
            report: {format: tap, file: good.tap, max_age_s: 86400}
          - id: own.report.red
            title: the other tests are green
            severity: high
            remediation: mend them
            report: {format: tap, file: bad.tap, max_age_s: 86400}
          - id: own.report.unseen
            title: no tests are green
            severity: high
            remediation: mend them
            report: {format: tap, file: key, max_age_s: 86400}
        validators:
          - name: children
            command: [python3, child.py]
            parameters: {folder: \(program.state)}
            secrets: {MARKER: "file:secret"}
            criteria: {child.number.small: {number: {below: 10}}, child.number.large: {number: {above: 10}}}
          - name: plugin
            format: nagios
            command: [sh, -c, echo 'LOAD OK | load=1;5;9']
            check: {id: host.load.low, title: the load is low, severity: medium, remediation: wait}
        """
    }

    /// Three checks: two of one number, and one that changes something and waits to be killed.
    private static let child = """
        import sys, json, os, hashlib
        def say(kind, **fields): print(json.dumps({"v": 1, "kind": kind, **fields}), flush=True)
        hello = json.loads(sys.stdin.readline())
        checks = [{"id": f"child.number.{name}", "question": "Is it?", "severity": "high"} for name in ("small", "large")]
        checks.append({"id": "child.mark.set", "question": "Is it?", "severity": "high", "effects": "write_paper", "hard_limit_ms": 60000})
        say("describe", name="children", version="1", checks=checks)
        run = json.loads(sys.stdin.readline())
        if run["kind"] != "run": sys.exit(0)
        folder = run["params"]["folder"]
        assert os.environ["MARKER"] == "marker-5170"
        if run["id"] == "child.mark.set":
            say("effect", id=run["id"], effect_id="m", description="the mark", undo={"command": ["rm", "-f", folder + "/mark"]}, **{"class": "write_paper"})
            ack = json.loads(sys.stdin.readline())
            if ack.get("registered"):
                open(folder + "/mark", "w").close()
                sys.stdin.readline()
            sys.exit(0)
        data = b"the secret is " + os.environ["MARKER"].encode()
        open(os.path.join(hello["evidence_dir"], "e"), "wb").write(data)
        say("evidence", id=run["id"], evidence_id="e", path="e", sha256=hashlib.sha256(data).hexdigest(), provenance="live")
        say("measurement", id=run["id"], name="number", value="7", unit="1")
        say("result", id=run["id"], outcome="pass", grade="E3", evidence=["e"])

        """

    /// A profile in the program's folder with everything beside it that its checks look at.
    private static func prepare(_ program: Program, port: Int, closed: Int) async throws -> String {
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(program.state)/\(name)"))
        }
        try write(profile(program, port: port, closed: closed), "own.yaml")
        try write(child, "child.py")
        try write("marker-5170\n", "secret")
        try write("BEGIN KEY\n", "key")
        try write("TAP version 14\n1..1\nok 1 - it holds\n", "good.tap")
        try write("TAP version 14\n1..1\nnot ok 1 - it holds\n", "bad.tap")
        let made = try await program.shell(
            """
            cd '\(program.state)' && chmod 600 key secret && ln -s loop loop &&
            key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes' &&
            openssl req -x509 $key -keyout root.key -out root.pem -days 3650 -subj '/CN=Test Root' \
                -addext keyUsage=critical,keyCertSign &&
            openssl req $key -keyout desk.key -out desk.csr -subj /CN=desk.example &&
            printf 'subjectAltName=DNS:desk.example\\nbasicConstraints=critical,CA:FALSE\\n' >desk.ext &&
            openssl x509 -req -in desk.csr -CA root.pem -CAkey root.key -CAcreateserial -days 365 \
                -extfile desk.ext -out desk.pem
            """)
        try #require(made.code == 0, "\(made.errors)")
        return "\(program.state)/own.yaml"
    }

    @Test func `a check of each kind is green, red, or unverified where its probe cannot look`() async throws {
        let program = try Program()
        let ports = try Ports()
        let profile = try await Self.prepare(program, port: ports.open, closed: ports.closed)
        let (code, result) = try await program.runJSON([
            "--target", profile, "--check", "own.*", "--check", "child.number.*", "--check", "host.load.low",
        ])
        #expect(code == 2)
        let kinds = ["http", "command", "sql", "file", "port", "certificate", "report"]
        for kind in kinds {
            let green = try #require(result["own.\(kind).green"])
            // What a report says is what somebody says.
            #expect(green.outcome == "pass", "\(green)")
            #expect(!green.evidence.isEmpty && !green.measurements.isEmpty)
            #expect(result["own.\(kind).red"]?.outcome == "fail", "\(kind)")
            let unseen = try #require(result["own.\(kind).unseen"])
            #expect(unseen.outcome == "unverified", "\(unseen)")
        }
        #expect(result["own.http.unseen"]?.reason == "target_unreachable")
        #expect(result["own.command.red"]?.findings.map(\.kind) == ["text_exit_mismatch"])
        // Pulled in, run and counted.
        #expect(result["smoke.health.ready"]?.outcome == "pass")
        #expect(result["child.number.small"]?.outcome == "pass")
        #expect(result["child.number.large"]?.outcome == "fail")
        #expect(result["host.load.low"]?.outcome == "pass")
        let bound = result["child.number.small"]?.measurements.first { $0.name == "number" }
        #expect(bound?.criterion?.source.hasPrefix("\(profile):") == true)
        let verified = try await program.run(["verify", result.log.path])
        #expect(verified.code == 0, "\(verified.output)")
        let leak = try await program.shell("grep -rl marker-5170 '\(program.state)/holdpoint' || echo none")
        #expect(leak.output == "none\n")

        // Another number for the same observation, without looking again.
        try Data("thresholds:\n  checks:\n    child.number.large: {number: 5}\n".utf8)
            .write(to: URL(filePath: "\(program.state)/criteria.yaml"))
        let judged = try await program.run([
            "replay", result.log.path, "--target", profile, "--criteria", "\(program.state)/criteria.yaml",
        ])
        #expect(
            judged.output.contains("child.number.large: fail(criterion) becomes pass"),
            "\(judged.output)\(judged.errors)")
    }

    @Test func `roots that are not there are told with the check's place, and nothing is run`() async throws {
        let program = try Program()
        let profile = "\(program.state)/own.yaml"
        try Data(
            """
            version: 1
            id: desk-own
            environment: practice
            surface: {record: desk}
            ledger: {engine: desk}
            checks:
              - id: own.vault.open
                title: the vault is open
                severity: high
                remediation: open it
                http: {url: "https://vault.example/", roots: internal.pem}
            """.utf8
        ).write(to: URL(filePath: profile))
        let listed = try await program.run(["list", "checks", "--target", profile])
        #expect(listed.code == 0, "\(listed.errors)")
        let refused = try await program.run(["run", "--ui", "plain", "--target", profile])
        #expect(refused.code == 78, "\(refused.output)")
        let words = "\(profile):7: own.vault.open: http.roots: \(program.state)/internal.pem cannot be read"
        #expect(refused.errors.contains(words), "\(refused.errors)")
    }

    @Test func `own checks are listed, explained and selected like any other`() async throws {
        let program = try Program()
        let ports = try Ports()
        let profile = try await Self.prepare(program, port: ports.open, closed: ports.closed)
        let checks = try await program.run(["list", "checks", "--target", profile])
        #expect(checks.code == 0, "\(checks.errors)")
        for id in ["own.http.green", "child.mark.set", "host.load.low", "risk.limit.enforced"] {
            #expect(checks.output.contains(id))
        }
        let sets = try await program.run(["list", "sets", "--target", profile])
        #expect(sets.output.contains("own.http.green"))
        let explained = try await program.run(["explain", "child.number.small", "--target", profile])
        #expect(explained.output.contains("child.number.small.number = 10  (\(profile):"), "\(explained.output)")
        let unknown = try await program.run(["run", "--target", profile, "--check", "own.http.gren"])
        #expect(unknown.code == 64)
        #expect(unknown.errors.contains("own.http.green"))
        let spoilt = try await program.shell("sed -i 's/child.number.small: /child.number.smal: /' '\(profile)'")
        #expect(spoilt.code == 0)
        let refused = try await program.run(["list", "checks", "--target", profile])
        #expect(refused.code == 78)
        #expect(refused.errors.contains("did you mean 'child.number.small'?"), "\(refused.errors)")
        let silent = try await program.shell("echo 'raise SystemExit(3)' >'\(program.state)/child.py'")
        #expect(silent.code == 0)
        let dead = try await program.run(["run", "--target", profile])
        #expect(dead.code == 69)
        #expect(dead.errors.contains("the validator children does not say which checks it has"), "\(dead.errors)")
    }

    @Test func `what a child changed is taken back after kill -9, and it changes nothing in production`() async throws {
        let program = try Program()
        let ports = try Ports()
        let profile = try await Self.prepare(program, port: ports.open, closed: ports.closed)
        let mark = "\(program.state)/mark"
        let killed = try await program.shell(
            """
            "$HP" run --target '\(profile)' --check child.mark.set --format json >/dev/null 2>&1 & pid=$!
            while ! test -e '\(mark)'; do kill -0 $pid || exit 9; sleep 0.05; done
            kill -9 $pid; wait $pid; test -e '\(mark)'
            """)
        try #require(killed.code == 0, "\(killed.errors)")
        let recovered = try await program.run(["recover"])
        #expect(recovered.code == 0, "\(recovered.output)\(recovered.errors)")
        #expect(recovered.output.contains("done: run rm -f"), "\(recovered.output)")
        #expect(!FileManager.default.fileExists(atPath: mark))
        let again = try await program.run(["recover"])
        #expect(again.output.contains("nothing is left"), "\(again.output)")

        let renamed = try await program.shell("sed -i 's/environment: practice/environment: production/' '\(profile)'")
        #expect(renamed.code == 0)
        let (_, result) = try await program.runJSON(["--target", profile, "--check", "child.mark.set"])
        #expect(result["child.mark.set"]?.outcome == "unverified")
        #expect(result["child.mark.set"]?.reason == "not_permitted")
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test func `a check that is not permitted says how paper comes to be proven`() async throws {
        let program = try Program()
        let ports = try Ports()
        _ = try await Self.prepare(program, port: ports.open, closed: ports.closed)
        let profile = "\(program.state)/service.yaml"
        try Data(
            """
            version: 1
            id: night-desk
            environment: staging
            surface: {address: "http://127.0.0.1:\(ports.closed)"}
            validators:
              - name: children
                command: [python3, child.py]
                parameters: {folder: \(program.state)}
                secrets: {MARKER: "file:secret"}
                criteria: {child.number.small: {number: {below: 10}}, child.number.large: {number: {above: 10}}}
            """.utf8
        ).write(to: URL(filePath: profile))
        let ended = try await program.run(["run", "--ui", "plain", "--target", profile, "--check", "child.mark.set"])
        #expect(ended.output.contains("UNVER child.mark.set (not_permitted)"), "\(ended.output) \(ended.errors)")
        let line = ended.output.split(separator: "\n").last { $0.hasPrefix("log: ") }
        let path = try #require(line?.dropFirst("log: ".count))
        let log = String(
            decoding: try #require(FileManager.default.contents(atPath: String(path))), as: UTF8.self)
        #expect(log.contains("Declare in the profile that it trades on paper"))
        #expect(log.contains("--dry-run"))
    }
}
