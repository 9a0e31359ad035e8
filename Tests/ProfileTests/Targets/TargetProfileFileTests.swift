import Profile
import Readiness
import Testing

struct TargetProfileFileTests {
    static let whole = """
        version: 1
        id: desk-staging
        environment: staging
        repository: ../desk
        surface:
          address: https://desk.example:8443/ops/
          timeout_ms: 1500
          authority: ca.pem
          authentication:
            bearer: env:DESK_TOKEN
            certificate: {chain: us.pem, key: us.key}
        capabilities:
          identity:
            http: GET /version
            answer:
              build_id: $.build.number
              config_sha256: $['config digest']
              environment: $.environment
              account_id: $.venue.account
              instance: $.host
          risk.limits:
            command: [python3, tools/limits.py, --json]
            timeout_ms: 500
            answer:
              limits:
                each: $.rows
                as: {scope: $.tier, name: $.limit, value: $.max, inclusive: {constant: "true"}, source: $.file}
          positions:
            sql: |
              SELECT symbol, quantity
              FROM positions
            columns: [symbol, quantity]
          order.cancel:
            http: DELETE /v1/orders/{order_id}
        instances:
          - {id: desk-1, address: "https://10.0.0.1:8443"}
          - {id: desk-2, role: standby}
        accounts: {prefix: READY_}
        paper: {venue: binance, address: "https://testnet.binance.vision/api"}
        ledger:
          engine: postgresql
          host: db.example
          database: desk
          user: reader
          password: file:secrets/db
          migrations: alembic/versions
          revision_table: alembic_version
          critical_queries:
            - {name: orders-by-account, sql: "SELECT 1 WHERE $1 = '7'", parameters: ["7"]}
        log: logs/desk.log
        storage: [/var/lib/desk, data]
        control: {restart: [systemctl, restart, desk]}
        criteria: criteria.yaml
        thresholds:
          smoke: {max_ready_ms: 70}
        runbook:
          restart: systemctl restart desk
        """

    private func load(_ text: String, repository: String? = nil) throws -> TargetProfileFile {
        try TargetProfileFile.load(
            ConfigurationText(name: "t.yaml", text: text), folder: "/etc/holdpoint/targets", repository: repository,
            digest: lengthDigest)
    }

    private func messages(_ text: String) throws -> [String] { try problems { _ = try load(text) }.map(\.description) }

    @Test func `a whole profile is read`() throws {
        let profile = try load(Self.whole).profile
        #expect(profile.id == "desk-staging")
        #expect(profile.environment == .staging)
        #expect(profile.repository == "/etc/holdpoint/desk")
        #expect(
            profile.access
                == TargetAccess(
                    place: .address("https://desk.example:8443/ops"),
                    authentication: [
                        .bearer(.environment("DESK_TOKEN")),
                        .certificate(chain: "/etc/holdpoint/targets/us.pem", key: "/etc/holdpoint/targets/us.key"),
                    ], authority: "/etc/holdpoint/targets/ca.pem", limit: .milliseconds(1_500)))
        #expect(
            profile.bindings["order.cancel"]?.source
                == .http(method: "DELETE", target: "/v1/orders/{order_id}", body: nil))
        #expect(profile.bindings["risk.limits"]?.limit == .milliseconds(500))
        #expect(profile.bindings["risk.limits"]?.location.line == Self.whole.line(of: "risk.limits:"))
        #expect(
            profile.bindings["positions"]?.source
                == .sql("SELECT symbol, quantity\nFROM positions\n", columns: ["symbol", "quantity"]))
        #expect(
            profile.instances == [
                TargetProfile.Instance(id: "desk-1", address: "https://10.0.0.1:8443", role: "primary"),
                TargetProfile.Instance(id: "desk-2", address: nil, role: "standby"),
            ])
        #expect(profile.accountPrefix == "READY_")
        #expect(profile.log == "/etc/holdpoint/desk/logs/desk.log")
        #expect(profile.storage == ["/var/lib/desk", "/etc/holdpoint/desk/data"])
        #expect(profile.restart == ["systemctl", "restart", "desk"])
        #expect(profile.criteriaFile == "/etc/holdpoint/targets/criteria.yaml")
        #expect(profile.runbook == ["restart": "systemctl restart desk"])
    }

    @Test func `the ledger of a profile has its password by name and TLS unless it is on this machine`() throws {
        let ledger = try #require(try load(Self.whole).profile.ledger)
        #expect(
            ledger.place
                == .postgresql(
                    LedgerServer(
                        host: "db.example", port: 5_432, database: "desk", user: "reader",
                        passwordName: "file:/etc/holdpoint/targets/secrets/db")))
        #expect(ledger.migrationsFolder == "/etc/holdpoint/desk/alembic/versions")
        #expect(
            ledger.criticalQueries == [
                CriticalQuery(name: "orders-by-account", sql: "SELECT 1 WHERE $1 = '7'", parameters: ["7"])
            ])
    }

    @Test func `a checkout that is given stands instead of the repository that the profile names`() throws {
        let profile = try load(Self.whole, repository: "/srv/checkout").profile
        #expect(profile.repository == "/srv/checkout")
        #expect(profile.log == "/srv/checkout/logs/desk.log")
        #expect(profile.criteriaFile == "/etc/holdpoint/targets/criteria.yaml")
    }

    @Test func `what a profile binds is what is expected of its target, unless it lists other capabilities`() throws {
        let key = "smoke.expected_capabilities"
        let shipped = try shippedCriteria()
        let bound = try load(Self.whole).expectingBoundCapabilities(in: shipped).criteria.names(key)
        #expect(bound?.names == ["identity", "risk.limits", "order.cancel", "positions"])
        #expect(bound?.source.description == "t.yaml:\(Self.whole.line(of: "capabilities:"))")
        // Made of nothing that stands anywhere.
        let none = try load("version: 1\nid: desk\nenvironment: staging\n").expectingBoundCapabilities(in: shipped)
        #expect(none.criteria.names(key) == Criteria.NameList([], source: SourceLocation(file: "t.yaml", line: 0)))
        let listed = Self.whole.replacing(
            "smoke: {max_ready_ms: 70}", with: "smoke: {expected_capabilities: [stops, identity]}")
        let file = try load(listed)
        let own = file.expectingBoundCapabilities(in: try file.criteria(over: shipped)).criteria.names(key)
        #expect(own?.names == ["stops", "identity"])
        let practice = try load("version: 1\nid: practice\nenvironment: practice\nsurface: {record: desk}\n")
        #expect(practice.expectingBoundCapabilities(in: shipped).criteria.names(key) == shipped.criteria.names(key))
    }

    @Test func `thresholds of a profile stand over the criteria, each with its own place`() throws {
        let shipped = try shippedCriteria()
        let criteria = try load(Self.whole).criteria(over: shipped).criteria
        let threshold = try #require(criteria["smoke.max_ready_ms"])
        #expect(threshold.value == "70")
        #expect(threshold.source.description == "t.yaml:\(Self.whole.line(of: "max_ready_ms"))")
        #expect(criteria["performance.max_query_time_ms"] == shipped.criteria["performance.max_query_time_ms"])
        #expect(criteria.names("smoke.expected_symbols") == shipped.criteria.names("smoke.expected_symbols"))
    }

    @Test func `a misspelt threshold of a profile is named with its place`() throws {
        let file = try load(Self.whole.replacing("max_ready_ms: 70", with: "max_redy_ms: 70"))
        let found = try problems { _ = try file.criteria(over: shippedCriteria()) }.map(\.description)
        #expect(found.count == 1)
        #expect(found.first?.contains("thresholds.smoke.max_redy_ms: is not a known key") == true)
        #expect(found.first?.hasSuffix("did you mean max_ready_ms?") == true)
    }

    @Test func `the shipped profile of the practice desk has nothing private`() throws {
        let text = try Checkout.text("config/targets/practice.yaml")
        let profile = try TargetProfileFile.load(text, folder: "/x", digest: lengthDigest).profile
        #expect(profile.environment == .practice)
        #expect(profile.access?.place == .deskRecord)
        #expect(profile.ledger?.place == .deskRecord)
        #expect(profile.bindings.isEmpty)
    }

    @Test func `every problem of a profile is reported at once, with place, accepted values and nearest name`() throws {
        let text = """
            version: 1
            id: Desk
            environment: stagging
            surfce: {}
            capabilities:
              identiti: {http: GET /version}
              identity: {http: GET /version, answer: {buildid: $.x}}
              killswitch: {file: a.json, http: GET /k}
              killswitch.set: {file: a.json}
            """
        let found = try messages(text)
        #expect(found.contains { $0.hasPrefix("t.yaml:2: id: is 'Desk'; accepted: ") })
        #expect(
            found.contains(
                "t.yaml:3: environment: is 'stagging'; accepted: practice, staging, production; did you mean staging?"))
        #expect(
            found.contains {
                $0.hasPrefix("t.yaml:4: surfce: is not a known key;") && $0.hasSuffix("did you mean surface?")
            })
        #expect(
            found.contains {
                $0.hasPrefix("t.yaml:6: capabilities.identiti: is not a known key;")
                    && $0.hasSuffix("did you mean identity?")
            })
        #expect(
            found.contains {
                $0.hasPrefix("t.yaml:7: capabilities.identity.answer.buildid: is not a known key;")
                    && $0.hasSuffix("did you mean build_id?")
            })
        #expect(found.contains { $0.hasPrefix("t.yaml:7: capabilities.identity.answer.config_sha256: is missing;") })
        #expect(
            found.contains {
                $0.hasPrefix("t.yaml:7: capabilities.identity.http: is a path, and the profile has no surface.address")
            })
        #expect(found.contains { $0.hasPrefix("t.yaml:8: capabilities.killswitch: is asked in 2 ways;") })
        #expect(
            found.contains {
                $0.hasPrefix("t.yaml:9: capabilities.killswitch.set.file: cannot do what changes the target;")
            })
    }

    @Test(arguments: [
        ("bearer: hunter2-very-secret", "surface.authentication.bearer"),
        ("basic: {user: u, password: hunter2-very-secret}", "surface.authentication.basic.password"),
        ("header: {name: X-Key, value: hunter2-very-secret}", "surface.authentication.header.value"),
    ])
    func `a secret that stands in the profile itself is refused and not repeated`(line: String, path: String) throws {
        let text = """
            version: 1
            id: d
            environment: staging
            surface:
              address: https://desk.example
              authentication:
                \(line)
            """
        let found = try messages(text)
        #expect(
            found == [
                "t.yaml:7: \(path): does not say where the secret is to be had;"
                    + " accepted: env:NAME, file:PATH (mode 0600), command:WORDS"
            ])
    }

    @Test(arguments: [
        "https://user:hunter2@desk.example", "ftp://desk.example", "https://", "https://desk.example?x=1",
        "https://desk.example:0", "https://desk.example:99999", "https://a b",
    ])
    func `an address that is none is refused, and a password in it is not repeated`(address: String) throws {
        let found = try messages(
            "version: 1\nid: d\nenvironment: staging\nsurface: {address: \"\(address)\"}\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:4: surface.address: ") == true)
        if address.contains("@") { #expect(found.first?.contains("hunter2") == false) }
    }

    @Test(arguments: [
        ("GET https://user:hunter2@desk.example/x", "holds a user name or a password"),
        ("GET https://user:hunter2/@desk.example/x", "holds a user name or a password"),
        ("GET https://desk.example:0/x", "is asked at 'https://desk.example:0/x'"),
        ("GET https://{order_id}.example/x", "is asked at 'https://{order_id}.example/x'"),
        ("GET https://desk.example/x#y", "is asked at 'https://desk.example/x#y'"),
    ])
    func `a capability's URL is read as an address is, and a password in it is not repeated`(
        http: String, words: String
    ) throws {
        let found = try messages(
            "version: 1\nid: d\nenvironment: staging\ncapabilities:\n  order.cancel: {http: \"\(http)\"}\n")
        #expect(
            found == [
                "t.yaml:5: capabilities.order.cancel.http: \(words); accepted: http://HOST:PORT or https://HOST[:PORT],"
                    + " with a path and a query perhaps; no user or fragment"
            ])
    }

    @Test(arguments: [
        "https://user:hunter2@desk.example/x", "LOOK https://user:hunter2@desk.example/x",
        "GET https://user:hunter2@desk.example/" + String(repeating: "x", count: 200),
    ])
    func `a binding that is no request is refused without repeating a password`(http: String) throws {
        let found = try messages(
            "version: 1\nid: d\nenvironment: staging\ncapabilities: {killswitch: {http: \"\(http)\"}}\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:4: capabilities.killswitch.http: is no ") == true, "\(found)")
        #expect(found.first?.contains("hunter2") == false)
    }

    @Test(arguments: [
        "https://desk.example", "https://desk.example?x=1", "http://127.0.0.1:8090/v1/{order_id}?a={order_id}",
    ])
    func `a capability is asked at any whole URL`(url: String) throws {
        let profile = try load(
            "version: 1\nid: d\nenvironment: staging\ncapabilities: {order.cancel: {http: \"POST \(url)\"}}\n"
        ).profile
        #expect(profile.bindings["order.cancel"]?.source == .http(method: "POST", target: url, body: nil))
    }

    private static let secure =
        "version: 1\nid: d\nenvironment: staging\nsurface: {address: \"https://10.0.0.1\", authentication: {bearer: env:T}}\n"

    @Test(arguments: [
        ("{id: a, address: \"http://10.0.0.2\"}", "instances[0].address: is not asked as surface.address is"),
        ("{id: a b}", "instances[0].id: is 'a b'"), ("{address: \"https://10.0.0.2\"}", "instances[0].id: is missing"),
        ("{id: a, role: spare}", "instances[0].role: is 'spare'"),
        ("{id: a, port: 1}", "instances[0].port: is not a known key"),
        ("{id: a, address: \"https://u:hunter2@h\"}", "instances[0].address: holds a user name or a password"),
    ])
    func `an instance that cannot be asked is refused with its place`(instance: String, words: String) throws {
        let found = try messages(Self.secure + "instances:\n  - \(instance)\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:6: \(words)") == true, "\(found)")
        #expect(found.first?.contains("hunter2") == false)
    }

    @Test
    func `instances need names and addresses of their own, a surface to be asked as, and no plain way for a secret`()
        throws
    {
        let twice =
            Self.secure + "instances:\n  - {id: a, address: \"https://h\"}\n  - {id: b, address: \"https://h\"}\n"
        #expect(try messages(twice) == ["t.yaml:7: instances[1]: is at another instance's address"])
        let alone = "version: 1\nid: d\nenvironment: staging\ninstances: [{id: a, address: \"https://h\"}]\n"
        #expect(try messages(alone).first?.contains("is given without a surface.address") == true)
        let plain =
            Self.secure.replacing("https://10.0.0.1", with: "http://127.0.0.1:1")
            + "instances: [{id: a, address: \"http://10.0.0.2:1\"}]\n"
        #expect(try messages(plain).first?.contains("would get a secret over plain HTTP") == true)
    }

    @Test func `a log is a file or what a command prints`() throws {
        let head = "version: 1\nid: d\nenvironment: staging\n"
        let file = try load(head + "log: {file: desk.log, format: json-lines}\n").profile
        #expect(file.log == "/etc/holdpoint/targets/desk.log" && file.logFormat == "json-lines")
        let command = try load(head + "log: {command: [journalctl, -u, desk]}\n").profile
        #expect(
            command.log == nil && command.logCommand == ["journalctl", "-u", "desk"] && command.logFormat == "text")
        for (text, words) in [
            ("{format: text}", "log: does not say where the log is; accepted: file or command"),
            ("{file: a, command: [b]}", "log.command: is given beside a file"),
            ("{file: a, format: xml}", "log.format: is 'xml'; accepted: text, json-lines"),
            ("{path: a}", "log.path: is not a known key"), ("{command: tail}", "log.command: is 'tail'"),
            ("[a]", "log: is"),
        ] {
            let found = try messages(head + "log: \(text)\n")
            #expect(found.first?.hasPrefix("t.yaml:4: \(words)") == true, "\(text): \(found)")
        }
    }

    @Test func `a token is not sent over plain HTTP to another machine`() throws {
        func found(_ host: String) throws -> [String] {
            try messages(
                "version: 1\nid: d\nenvironment: staging\n"
                    + "surface: {address: \"http://\(host):80\", authentication: {bearer: env:T}}\n")
        }
        #expect(try found("127.0.0.1").isEmpty)
        #expect(try found("localhost").count == 1)
        #expect(try found("10.0.0.1").first?.contains("plain HTTP to another machine") == true)
    }

    @Test func `headers that say how a message is read cannot be set`() throws {
        let text = """
            version: 1
            id: d
            environment: staging
            surface:
              address: https://desk.example
              authentication: {header: {name: Transfer-Encoding, value: env:T}}
            """
        #expect(
            try messages(text).first?.hasPrefix(
                "t.yaml:6: surface.authentication.header.name: is 'Transfer-Encoding'") == true)
    }

    @Test func `a placeholder that the request does not carry is named`() throws {
        let text = """
            version: 1
            id: d
            environment: staging
            surface: {address: "https://desk.example"}
            capabilities:
              order.cancel: {http: "DELETE /v1/orders/{orderid}"}
              killswitch: {command: [ks, "{action}"]}
            """
        let found = try messages(text)
        #expect(found.count == 2)
        #expect(found.first?.hasSuffix("holds {orderid}; accepted: {order_id}; did you mean {order_id}?") == true)
        #expect(found.last?.contains("no placeholder: killswitch carries nothing") == true)
    }

    @Test func `a path into the answer that cannot be read is named with the character`() throws {
        let text = Self.whole.replacing("$.build.number", with: "$.build..number")
        let found = try messages(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("is '$.build..number': a name is missing at character 9") == true)
    }

    @Test func `what a check judges, or what proves paper, cannot be stated by the profile`() throws {
        let text = Self.whole.replacing("environment: $.environment", with: "environment: {constant: staging}")
            .replacing("value: $.max", with: "value: {constant: \"500\"}")
        let found = try messages(text)
        #expect(found.count == 2)
        #expect(found.first?.contains("answer.environment: is stated by the profile") == true)
        #expect(found.last?.contains("as.value: is stated by the profile") == true)
    }

    @Test func `a question that changes nothing is not asked with a method that may`() throws {
        let text = Self.whole.replacing("http: GET /version", with: "http: DELETE /version")
        #expect(try messages(text).first?.contains("uses DELETE for a question that changes nothing") == true)
    }

    @Test(arguments: [
        "{venue: binance, address: \"https://api.binance.com\"}",
        "{venue: bybit, address: \"https://api.bybit.com\"}",
        "{venue: alpaca, address: \"https://api.alpaca.markets\"}",
        "{venue: interactive_brokers, address: \"127.0.0.1:7496\", account: DU1}",
        "{venue: interactive_brokers, address: \"127.0.0.1:7497\", account: U1}",
    ])
    func `a profile that declares paper and names the live side is refused before anything is asked`(
        paper: String
    ) throws {
        let found = try messages("version: 1\nid: d\nenvironment: staging\npaper: \(paper)\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:4: paper.address: is not paper: ") == true)
    }

    @Test func `TLS to a database on another machine cannot be switched off`() throws {
        let text = Self.whole.replacing("host: db.example", with: "host: db.example\n  transport: plain")
        #expect(
            try messages(text).first?.contains("ledger.transport: leaves the way to another machine open") == true)
    }

    @Test func `an engine's keys are refused for another engine`() throws {
        let text = "version: 1\nid: d\nenvironment: staging\nledger: {engine: sqlite, path: a.db, host: h}\n"
        #expect(
            try messages(text) == ["t.yaml:4: ledger.host: belongs to the engine postgresql only"])
    }

    @Test(arguments: [
        ("a/./b", "/p/a/b"), ("../a", "/a"), ("/abs/../x", "/x"), ("../../../a", "/a"), ("~/a", "/p/~/a"),
    ])
    func `paths are made absolute without leaving the root`(given: String, resolved: String) throws {
        let text = "version: 1\nid: d\nenvironment: staging\nlog: \"\(given)\"\n"
        let profile = try TargetProfileFile.load(
            ConfigurationText(name: "t", text: text), folder: "/p", digest: lengthDigest
        ).profile
        #expect(profile.log == resolved)
    }
}
