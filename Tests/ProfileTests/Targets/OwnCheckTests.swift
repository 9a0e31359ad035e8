import Profile
import Readiness
import Testing

/// `checks` and `validators` of a profile.
struct OwnCheckTests {
    private static let head = """
        version: 1
        id: desk
        environment: staging
        repository: ../desk
        surface: {address: "http://127.0.0.1:8090"}
        ledger: {engine: sqlite, path: desk.db}

        """

    private static let whole =
        head
            + """
            checks:
              - id: desk.api.healthy
                title: the API answers and is ready
                question: does the API answer?
                severity: high
                sets: [health]
                requires: [smoke.health.ready]
                remediation:
                  summary: restart the API
                  steps:
                    - {text: Restart it., command: systemctl restart desk}
                http:
                  url: "https://api.desk.example/healthz?deep=1"
                  headers: {x-asks: holdpoint}
                  secret_headers: {X-Token: "env:API_TOKEN"}
                  status: [200, 204]
                  values:
                    - {path: $.status, equals: ok}
                    - {path: $.ready, equals: true}
                    - {path: $.version, equals: "7"}
                    - {path: $.workers, equals: 4}
                    - {path: $.lag_ms, below: 50, warn: 40, unit: ms}
                    - {path: $.build, present: true}
                  latency: {percentile: p95, below_ms: 30}
                  roots: web-ca.pem
                  timeout_ms: 1500
              - id: desk.api.quick
                title: the surface says hello
                severity: low
                remediation: look at it
                http: {path: /hello, method: HEAD}
              - id: desk.backup.whole
                title: the backup verifies
                severity: critical
                grade: E3
                remediation: make a backup
                command:
                  run: [tools/backup, --verify]
                  exit: 3
                  contains: verified
                  lacks: [FAILED, ERROR]
                  matches: '^\\d+ rows$'
                  folder: ops
                  environment: {LANG: C}
                  secrets: {PGPASSWORD: "file:secrets/db"}
                  timeout_ms: 2000
              - id: desk.books.balanced
                title: no fill is without its order
                severity: high
                requires: [desk.api.healthy]
                remediation: call the back office
                sql: {statement: "SELECT count(*) FROM orphans", at_most: 0}
              - id: desk.key.private
                title: the key is this user's alone
                severity: high
                remediation: chmod 600 it
                file: {path: keys/desk.key, mode: 0600, max_age_s: 3600, contains: BEGIN, sha256: DIGEST}
              - id: desk.lock.absent
                title: no lock is left
                severity: low
                remediation: remove it
                file: {path: /run/desk.lock, exists: false}
              - id: desk.debug.closed
                title: the debugger listens to nobody
                severity: medium
                remediation: stop it
                port: {host: 127.0.0.1, port: 5005, open: false}
              - id: desk.tls.valid
                title: the certificate is good for 30 days
                severity: high
                remediation: renew it
                certificate: {host: api.desk.example, min_days: 30, roots: ca.pem}
              - id: desk.tests.green
                title: the tests of the release are green
                severity: medium
                remediation: look at them
                report: {format: junit, file: build/junit.xml, max_age_s: 86400, min_results: 100}
            validators:
              - name: market
                command: [python3, tools/market.py]
                timeout_ms: 20000
                parameters: {symbols: BTC-USD}
                secrets: {TOKEN: "env:MARKET_TOKEN"}
                criteria:
                  market.feed.latency:
                    connect: {below: 50, warn: 40}
              - name: disk
                format: nagios
                command: [/usr/lib/nagios/plugins/check_disk, -w, 10%]
                check:
                  id: host.disk.free
                  title: the disk has room
                  severity: medium
                  remediation: make room
              - name: scan
                format: sarif
                file: build/scan.sarif
                max_age_s: 86400
                check: {id: code.scan.clean, title: the scan found nothing, severity: high, remediation: mend it}
            thresholds:
              smoke: {max_ready_ms: 70}
            """.replacing("DIGEST", with: String(repeating: "AB", count: 32))

    private static let builtIn: [CheckID] = ["smoke.health.ready", "risk.limit.enforced"]

    private func load(_ text: String) throws -> TargetProfileFile {
        try TargetProfileFile.load(
            ConfigurationText(name: "t.yaml", text: text), folder: "/etc/hp", builtIn: Self.builtIn,
            digest: lengthDigest)
    }

    private func messages(_ text: String) throws -> [String] { try problems { _ = try load(text) }.map(\.description) }

    private static func place(_ word: String) -> Readiness.SourceLocation {
        Readiness.SourceLocation(file: "t.yaml", line: whole.line(of: word))
    }

    private func check(_ id: CheckID) throws -> DeclaredCheck {
        try #require(try load(Self.whole).profile.checks.first { $0.id == id })
    }

    @Test func `an http check is read whole`() throws {
        let check = try check("desk.api.healthy")
        #expect(check.question == "does the API answer?" && check.severity == .high && check.grade == .observed)
        #expect(check.sets == ["health"] && check.fromMode == .quick)
        #expect(check.requires == ["smoke.health.ready"])
        #expect(
            check.mend
                == .init(
                    summary: "restart the API",
                    steps: [Remediation.Step("Restart it.", command: "systemctl restart desk")]))
        #expect(check.source == Self.place("- id: desk.api.healthy"))
        func number(_ op: Criterion.Comparison, _ value: DecimalValue, _ word: String, warn: DecimalValue? = nil)
            -> Criterion
        {
            let place = Self.place(word)
            return Criterion(
                op, Threshold(value, source: place), warn: warn.map { Threshold($0, source: place) })
        }
        let values: [(String, ValueRequirement.Expectation)] = [
            ("$.status", .text("ok")), ("$.ready", .flag(true)), ("$.version", .text("7")),
            ("$.workers", .number(number(.equal, "4", "$.workers"), unit: "1")),
            ("$.lag_ms", .number(number(.less, "50", "$.lag_ms", warn: "40"), unit: "ms")), ("$.build", .present),
        ]
        #expect(
            check.subject
                == .http(
                    HTTPRequirement(
                        .url("https://api.desk.example/healthz?deep=1"), headers: ["x-asks": "holdpoint"],
                        secretHeaders: ["X-Token": "env:API_TOKEN"], statuses: [200, 204],
                        values: try values.map { ValueRequirement(try JSONPath(parsing: $0), $1) },
                        latency: .init(.p95, below: Threshold("30", source: Self.place("below_ms: 30"))),
                        roots: "/etc/hp/web-ca.pem", requestLimit: .milliseconds(1500))))
    }

    @Test func `every other kind is read, with paths of the repository and defaults`() throws {
        #expect(try check("desk.api.quick").subject == .http(HTTPRequirement(.surface(path: "/hello"), method: "HEAD")))
        #expect(try check("desk.api.quick").question == "Is it true that the surface says hello?")
        let pattern = try #require(LinePattern("^\\d+ rows$"))
        #expect(try check("desk.backup.whole").grade == .exercised)
        #expect(
            try check("desk.backup.whole").subject
                == .command(
                    CommandRequirement(
                        ["/etc/desk/tools/backup", "--verify"], in: "/etc/desk/ops", environment: ["LANG": "C"],
                        secretEnvironment: ["PGPASSWORD": "file:/etc/hp/secrets/db"],
                        form: .stated(
                            exitCode: 3,
                            text: TextRequirement(
                                contains: ["verified"], lacks: ["FAILED", "ERROR"], matches: [pattern])),
                        limit: .seconds(2))))
        #expect(
            try check("desk.books.balanced").subject
                == .sql(
                    SQLRequirement(
                        "SELECT count(*) FROM orphans",
                        .number(
                            Criterion(.lessOrEqual, Threshold("0", source: Self.place("at_most: 0"))), unit: "1"))))
        #expect(
            try check("desk.key.private").subject
                == .file(
                    FileRequirement(
                        "/etc/desk/keys/desk.key", mode: 0o600,
                        maximumAge: Threshold("3600", source: Self.place("max_age_s: 3600")),
                        text: TextRequirement(contains: ["BEGIN"]), sha256: String(repeating: "ab", count: 32))))
        #expect(try check("desk.lock.absent").subject == .file(FileRequirement("/run/desk.lock", exists: false)))
        #expect(
            try check("desk.debug.closed").subject
                == .port(PortRequirement(host: "127.0.0.1", port: 5005, isOpen: false)))
        #expect(
            try check("desk.tls.valid").subject
                == .certificate(
                    CertificateRequirement(
                        .server(host: "api.desk.example", port: 443), roots: "/etc/hp/ca.pem",
                        leastDays: Threshold("30", source: Self.place("min_days: 30")))))
        #expect(
            try check("desk.tests.green").subject
                == .report(
                    ReportRequirement(
                        .junit, at: "/etc/desk/build/junit.xml",
                        maximumAge: Threshold("86400", source: Self.place("format: junit")), leastResults: 100)))
        #expect(try check("desk.tests.green").grade == .declared)
    }

    @Test func `a validator is a child of our protocol, or a check of another form`() throws {
        let profile = try load(Self.whole).profile
        #expect(
            profile.validators == [
                ExternalDeclaration(
                    name: "market", arguments: ["python3", "tools/market.py"], folder: "/etc/desk",
                    secretEnvironment: ["TOKEN": "env:MARKET_TOKEN"], parameters: ["symbols": "BTC-USD"],
                    limit: .seconds(20),
                    criteria: [
                        "market.feed.latency": [
                            "connect": Criterion(
                                .less, Threshold("50", source: Self.place("connect:")),
                                warn: Threshold("40", source: Self.place("connect:")))
                        ]
                    ], source: Self.place("- name: market"))
            ])
        #expect(
            try check("host.disk.free").subject
                == .command(
                    CommandRequirement(
                        ["/usr/lib/nagios/plugins/check_disk", "-w", "10%"], in: "/etc/desk", form: .nagios)))
        let scan = try check("code.scan.clean")
        #expect(scan.grade == .declared)
        #expect(
            scan.subject
                == .report(
                    ReportRequirement(
                        .sarif, at: "/etc/desk/build/scan.sarif",
                        maximumAge: Threshold(
                            "86400",
                            source: Readiness.SourceLocation(
                                file: "t.yaml", line: Self.whole.line(of: "scan.sarif") + 1)
                        )
                    )))
        #expect(
            profile.ownSecrets == [
                "env:API_TOKEN", "env:MARKET_TOKEN", "file:/etc/hp/secrets/db",
            ])
    }

    @Test func `a criteria file may give another number for a check of the profile, and names what it cannot`() throws {
        let file = try load(Self.whole)
        let shipped = try shippedCriteria()
        let text = """
            thresholds:
              checks:
                desk.api.healthy: {$.lag_ms: 80}
                market.feed.latency: {connect: 60}
            """
        func criteria(_ text: String) throws -> Criteria {
            try CriteriaFile.load(
                ConfigurationText(name: "c.yaml", text: text), isOurs: false, over: shipped,
                own: file.profile.ownBounds, digest: lengthDigest
            ).criteria
        }
        let read = try criteria(text)
        let lag = try #require(read["desk.api.healthy.$.lag_ms"])
        #expect(lag == Threshold("80", source: Readiness.SourceLocation(file: "c.yaml", line: 3)))
        #expect(read["market.feed.latency.connect"]?.value == "60")
        // The profile's own thresholds stand over the file's; what they do not name stays.
        var over = shipped
        over.criteria = read
        #expect(try file.criteria(over: over).criteria["desk.api.healthy.$.lag_ms"] == lag)
        let wrong = try problems {
            _ = try criteria(text.replacing("$.lag_ms", with: "$.lag").replacing("market.feed.l", with: "market.fed.l"))
        }.map(\.description)
        #expect(wrong.count == 2, "\(wrong)")
        #expect(wrong.contains { $0.contains("$.lag: is not a known key") && $0.contains("response_time") })
        #expect(wrong.contains { $0.hasSuffix("did you mean market.feed.latency?") })
    }

    private static let wrongs: [(String, String, String)] = [
        ("id: desk.api.healthy", "id: API", "checks[0].id: is 'API'; accepted: validator.subject.property"),
        (
            "id: desk.api.healthy", "id: smoke.api.healthy",
            "begins with smoke, the name of a validator of Holdpoint's own"
        ),
        ("id: desk.api.quick", "id: desk.api.healthy", "checks[1].id: 'desk.api.healthy' is given twice"),
        ("severity: critical", "severity: crtical", "did you mean critical?"),
        ("grade: E3", "grade: E4", "checks[2].grade: is 'E4'; accepted: E1, E3, E2"),
        ("sets: [health]", "sets: [helth]", "did you mean health?"),
        ("requires: [desk.api.healthy]", "requires: [desk.api.heathy]", "did you mean desk.api.healthy?"),
        ("requires: [desk.api.healthy]", "requires: [desk.books.balanced]", "checks[3].requires"),
        ("    remediation: make a backup\n", "", "checks[2].remediation: is missing"),
        ("http: {path: /hello, method: HEAD}", "htp: {path: /hello}", "checks[1].htp: is not a known key"),
        ("http: {path: /hello, method: HEAD}", "htp: {path: /hello}", "checks[1]: does not say what is looked at"),
        (
            "port: {host", "file: {path: x}\n    port: {host",
            "checks[6]: looks at 2 things; accepted: one of http, command"
        ),
        ("https://api.desk.example/healthz", "ftp://x", "checks[0].http.url"),
        ("https://api.desk.example/healthz", "https://me:pw@x", "holds a user name or a password"),
        ("https://api.desk.example/healthz", "http://api.desk.example/healthz", "would send a secret over plain HTTP"),
        ("path: /hello", "path: hello", "checks[1].http.path: is 'hello'"),
        (
            "roots: web-ca.pem", "roots: [web-ca.pem]",
            "checks[0].http.roots: is a list; accepted: the path of a file of PEM certificates"
        ),
        ("roots: web-ca.pem", "root: web-ca.pem", "checks[0].http.root: is not a known key"),
        ("https://api.desk.example/healthz", "http://api.desk.example/healthz", "is of no use over plain HTTP"),
        ("path: /hello,", "path: /hello, roots: ca.pem,", "checks[1].http.roots: belongs to a url"),
        ("roots: ca.pem", "roots: {a: b}", "checks[7].certificate.roots: is a map"),
        ("method: HEAD", "method: DELETE", "accepted: GET, HEAD, POST"),
        ("method: HEAD", "body: '{}'", "belongs to the method POST only"),
        ("{x-asks: holdpoint}", "{Content-Length: 1}", "names 'Content-Length'"),
        ("env:API_TOKEN", "hunter2", "does not say where the secret is to be had"),
        ("status: [200, 204]", "status: [200, 20]", "is 20, out of range"),
        ("{path: $.status,", "{path: status,", "checks[0].http.values[0].path"),
        ("equals: ok}", "equals: ok, below: 3}", "is held against 2 things"),
        ("equals: ok}", "}", "does not say what must stand there"),
        ("equals: ok}", "equals: ok, warn: 3}", "belongs to a number's bound only"),
        ("below: 50, warn: 40", "below: 50, warn: 60", "warn: is 60, outside of below 50"),
        ("below: 50", "below: fast", "below: is 'fast'; accepted: a decimal number"),
        ("percentile: p95, below_ms: 30", "percentile: p95, below_ms: 30, samples: 20", "is 20, out of range"),
        ("contains: verified\n", "exits: 0\n", "checks[2].command.exits: is not a known key"),
        ("exit: 3", "exit: 300", "is 300, out of range"),
        ("'^\\d+ rows$'", "'(?=x)'", "'(?=x)' is no pattern; accepted: a regular expression"),
        ("run: [tools/backup, --verify]", "run: tools/backup", "accepted: a list of words"),
        ("{LANG: C}", "{1X: C}", "names '1X'; accepted: names of variables"),
        ("at_most: 0", "at_most: 0, columns: [a]", "checks[3].sql.columns: is not a known key"),
        ("mode: 0600", "mode: rw", "checks[4].file.mode: is 'rw'; accepted: the permission bits in octal"),
        ("exists: false", "exists: false, mode: 0600", "is asked of a file that must not be there"),
        ("ABABAB", "XYABAB", "accepted: SHA-256 in 64 hexadecimal digits"),
        ("port: 5005", "port: 70000", "is 70000, out of range"),
        ("host: 127.0.0.1", "host: me@127.0.0.1", "accepted: a name or an address"),
        ("min_days: 30", "min_days: soon", "checks[7].certificate.min_days"),
        ("min_days: 30,", "file: x.pem, min_days: 30,", "belongs to a server's certificate, not to a file"),
        ("format: junit", "format: xunit", "checks[8].report.format: is 'xunit'; accepted: tap, junit, sarif"),
        ("max_age_s: 86400, min_results", "min_results", "checks[8].report.max_age_s: is missing"),
        ("name: market", "name: Market", "validators[0].name: is 'Market'"),
        ("name: disk", "name: market", "validators[1].name: 'market' is given twice"),
        ("format: nagios", "format: nagio", "did you mean nagios?"),
        ("connect: {below: 50, warn: 40}", "connect: {}", "gives no bound"),
        ("market.feed.latency:", "Market:", "is no id of a check"),
        ("timeout_ms: 20000", "check: {id: a.b.c}", "belongs to the other formats"),
        ("format: sarif\n", "format: sarif\n    parameters: {a: b}\n", "belongs to the format native only"),
        ("    file: build/scan.sarif\n", "", "does not say where the results come from; accepted: command, file"),
        ("file: build/scan.sarif\n", "file: build/scan.sarif\n    command: [scan]\n", "gives a command and a file"),
        (
            "file: build/scan.sarif\n", "file: build/scan.sarif\n    folder: ops\n",
            "belongs to a command, and a file is read"
        ),
        ("ledger: {engine: sqlite, path: desk.db}\n", "", "is asked of a database, and the profile has no ledger"),
    ]

    @Test(arguments: wrongs.indices)
    func `what is wrong is named with its place and what is accepted`(_ index: Int) throws {
        let (good, bad, message) = Self.wrongs[index]
        try #require(Self.whole.contains(good), "\(good)")
        let found = try messages(Self.whole.replacing(good, with: bad, maxReplacements: 1))
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("t.yaml:") }, "\(found)")
        #expect(!found.contains { $0.contains("hunter2") || $0.contains("me:pw") })
    }

    @Test func `a check without a surface to ask says so`() throws {
        let text = Self.whole.replacing("surface: {address: \"http://127.0.0.1:8090\"}\n", with: "")
        #expect(try messages(text).contains { $0.contains("is asked of the surface, and the profile has none") })
    }

    @Test func `a command without a word about its text is refused`() throws {
        let text =
            Self.head + """
                checks:
                  - id: desk.backup.whole
                    title: the backup verifies
                    severity: low
                    remediation: make one
                    command: {run: [tools/backup]}
                """
        let found = try messages(text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("an exit code alone proves nothing; accepted: one or more of contains") == true)
    }
}
