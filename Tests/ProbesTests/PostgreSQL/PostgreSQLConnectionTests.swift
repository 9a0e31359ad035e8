import FoundationEssentials
import Probes
import Readiness
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLConnectionTests {
    private func met(_ work: () async throws -> Void) async -> ProbeError? {
        do {
            try await work()
            return nil
        } catch { return error as? ProbeError }
    }

    @Test func `a connection tells what it is, and a write through it is refused`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "facts"))
        let facts = try await ServerLedger.connected(ledger) { try await $0.facts() }
        #expect(facts.value.version.hasPrefix("15."))
        #expect(facts.value.isReadOnly)
        #expect(facts.value.tables == 3)
        let told = try #require(facts.value.server)
        #expect(told.majorVersion == 15)
        #expect(told.role == "holdpoint")
        #expect(!told.isSuperuser)
        #expect(!told.isInRecovery)
        #expect(!facts.transcript.contains(PostgreSQLServer.password))
    }

    @Test func `a superuser is told as one, and cannot write through us either`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "superuser"), as: "postgres")
        let facts = try await ServerLedger.connected(ledger) { try await $0.facts() }
        #expect(facts.value.server?.isSuperuser == true)
        #expect(facts.value.isReadOnly)
    }

    @Test func `a wrong password is a matter of credentials, and is in no word of the trouble`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, "postgres")
        let error = await met {
            _ = try await ServerLedger.probe(ledger, password: "not-the-one-8822").connect(ledger)
        }
        #expect(error?.meeting == .unauthorised)
        #expect(error?.endpoint == .ledger)
        #expect(error?.detail.contains("8822") == false)
    }

    @Test func `a wrong password at the pooler is a matter of credentials as well`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, "postgres") {
            $0.isPooled = true
            $0.port = server.poolerPort
        }
        let error = await met {
            _ = try await ServerLedger.probe(ledger, password: "not-the-one-8822").connect(ledger)
        }
        #expect(error?.meeting == .unauthorised, "\(error?.detail ?? "connected")")
    }

    @Test func `a port that refuses, and a database that is not there, are unreachable`() async throws {
        let server = try await PostgreSQLServer.shared
        let closed = try ClosedPort()
        let port = try #require(closed.address.split(separator: ":").last.flatMap { Int($0) })
        let refused = ServerLedger.description(server, "postgres") { $0.port = port }
        for ledger in [refused, ServerLedger.description(server, "nowhere")] {
            let error = await met { _ = try await ServerLedger.probe(ledger).connect(ledger) }
            #expect(error?.meeting == .unreachable)
        }
    }

    @Test func `a server that takes the connection and says nothing is unreachable when our limit is over`()
        async throws
    {
        let mute = try MuteServer()
        let ledger = ServerLedger.description(try await PostgreSQLServer.shared, "postgres") { $0.port = mute.port }
        let error = await met {
            _ = try await ServerLedger.probe(ledger, limit: .milliseconds(300)).connect(ledger)
        }
        #expect(error?.meeting == .unreachable)
        #expect(error?.detail.contains("no whole answer within 300 ms") == true)
    }

    @Test func `a statement that takes too long is stopped by our own limit, and the connection lives on`() async throws
    {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "slow"))
        let slow = CriticalQuery(name: "slow", sql: "SELECT pg_sleep(60)", parameters: [])
        try await ServerLedger.connected(ledger, limit: .seconds(3)) { connection in
            let error = await met { _ = try await connection.run(slow) }
            #expect(error?.meeting == .unreachable)
            #expect(error?.detail == "no whole answer within 3.00 s")
            let answer4 = try await connection.run(ServerLedger.orders)
            #expect(answer4.value == 100)
        }
    }

    @Test func `a cancelled task stops its statement on the server`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "cancelled"))
        let admin = try await Customer(server)
        try await ServerLedger.connected(ledger) { connection in
            let task = Task {
                await met {
                    _ = try await connection.run(.init(name: "s", sql: "SELECT pg_sleep(61)", parameters: []))
                }
            }
            let seen = "SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)' AND state = 'active'"
            while try await admin.run(seen).isEmpty { await Task.yield() }
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(try await admin.run(seen).isEmpty)
            let answer5 = try await connection.run(ServerLedger.orders)
            #expect(answer5.value == 100)
        }
    }

    @Test(arguments: [
        "DELETE FROM fills", "SELECT 1; SELECT 2", "WITH d AS (DELETE FROM fills RETURNING 1) SELECT * FROM d",
        "SELECT nextval('fills_id_seq')", "COPY fills TO STDOUT", "SELECT * FROM nowhere", "SELEC 1", "SELECT 1\0",
    ])
    func `what is no reading statement makes no sense, and changes nothing`(sql: String) async throws {
        let server = try await PostgreSQLServer.shared
        // As the owner, who may: it is the session that must not.
        let ledger = ServerLedger.description(server, try await Customer.database(server, "writes"), as: "desk")
        try await ServerLedger.connected(ledger) { connection in
            let error = await met { _ = try await connection.run(.init(name: "q", sql: sql, parameters: [])) }
            #expect(error?.meeting == .nonsense, "\(String(describing: error))")
            let answer6 = try await connection.run(ServerLedger.orders)
            #expect(answer6.value == 100)
        }
    }

    @Test func `a table that our role may not read is a matter of credentials`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "unread"), as: "blind")
        try await ServerLedger.connected(ledger) { connection in
            let error = await met { _ = try await connection.run(ServerLedger.orders) }
            #expect(error?.meeting == .unauthorised)
        }
    }

    @Test func `the applied revision is read from a table of Alembic, and from one of the desk's`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(
            server, "revisions",
            filling: """
                CREATE TABLE schema_revision (revision text PRIMARY KEY);
                INSERT INTO schema_revision VALUES ('0002'), ('0001'); CREATE TABLE other (x int);
                """)
        try await ServerLedger.connected(ServerLedger.description(server, database)) { connection in
            let answer7 = try await connection.appliedRevisions(in: "alembic_version")
            #expect(answer7.value == ["0003"])
            let answer8 = try await connection.appliedRevisions(in: "public.alembic_version")
            #expect(answer8.value == ["0003"])
            let answer9 = try await connection.appliedRevisions(in: "schema_revision")
            #expect(answer9.value == ["0001", "0002"])
            for table in ["other", "absent", "x; DROP TABLE fills", "a.b.c", ""] {
                let error = await met { _ = try await connection.appliedRevisions(in: table) }
                #expect(error?.meeting == .nonsense)
            }
        }
    }

    @Test func `a plan names the table that is read whole, with its rows, and none where an index serves`() async throws
    {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "plans")
        let ledger = ServerLedger.description(server, database)
        try await ServerLedger.connected(ledger) { connection in
            let plan = try await connection.plan(of: ServerLedger.orders)
            #expect(plan.value.scans.isEmpty, "\(plan.value.steps)")
            try await Customer(server, as: "desk", to: database).run("DROP INDEX fills_by_order")
            let scans = try await connection.plan(of: ServerLedger.orders).value.scans
            #expect(scans.map(\.table) == ["fills"])
            #expect(scans.first?.rows == 20_000)
            #expect(scans.first?.step.contains("Seq Scan on public.fills f") == true)
        }
    }

    @Test func `TLS is checked against the certificates that were named, and told`() async throws {
        let server = try await PostgreSQLServer.shared
        let known = ServerLedger.description(server, "postgres") {
            $0.host = "localhost"
            $0.transport = .verified
            $0.rootCertificates = server.certificate
        }
        let facts = try await ServerLedger.connected(known) { try await $0.facts() }
        #expect(facts.value.server?.encryption?.hasPrefix("TLSv1.") == true)
        // The same server by an address that its certificate does not hold.
        var elsewhere = known
        elsewhere.server?.host = "127.0.0.1"
        let error = await met { _ = try await ServerLedger.probe(elsewhere).connect(elsewhere) }
        #expect(error?.meeting == .unreachable)
        var plain = known
        plain.server?.transport = .plain
        let bare = try await ServerLedger.connected(plain) { try await $0.facts() }
        #expect(bare.value.server?.encryption == nil)
    }

    @Test func `every host but loopback has to prove its name`() {
        for (host, isLocal) in [
            ("127.0.0.1", true), ("localhost", true), ("::1", true), ("/run/postgresql", true),
            ("127.example.org", false),
            ("db.example.org", false), ("10.0.0.1", false), ("127.0.0.1.example.org", false),
        ] {
            let server = LedgerServer(host: host, port: 5432, database: "d", user: "u")
            #expect(server.chosenTransport == (isLocal ? .preferred : .verified), "\(host)")
        }
    }

    @Test func `a closed connection answers nothing more`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, "postgres")
        let connection = try await ServerLedger.probe(ledger).connect(ledger)
        await connection.close()
        let error = await met { _ = try await connection.facts() }
        #expect(error?.meeting == .ourSide)
    }
}
