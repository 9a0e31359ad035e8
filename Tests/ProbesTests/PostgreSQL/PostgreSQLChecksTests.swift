import Probes
import Readiness
import TestSupport
import Testing
import Validators

/// The checks of a ledger against a real server: green on a sound one, red where it is broken.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLChecksTests {
    private let target = FakeTarget()

    private func probes(_ ledger: LedgerDescription) -> TargetProbes {
        var probes = target.probes
        probes.ledger = ServerLedger.probe(ledger)
        return probes
    }

    /// The revisions as Alembic's files, whose table holds the heads alone.
    private func holdAlembicFiles() {
        let files = [("0001", "None"), ("0002", "'0001'"), ("0003", "'0002'")].map { id, parent in
            MigrationFile(
                name: "\(id)_step.py", path: "/m/\(id)_step.py", text: "revision = '\(id)'\ndown_revision = \(parent)\n"
            )
        }
        target.migrations.hold(files)
    }

    private func ledger(_ name: String, _ sql: String = "") async throws -> LedgerDescription {
        let server = try await PostgreSQLServer.shared
        return ServerLedger.description(server, try await Customer.database(server, name, filling: sql))
    }

    @Test func `every check of the ledger that needs no books is green on a sound server`() async throws {
        holdAlembicFiles()
        let probes = probes(try await ledger("sound"))
        let trials = [
            await target.run(ConnectionReady(probes)), await target.run(QueryPlans(probes)),
            await target.run(MigrationApplied(probes)), await target.run(IndexSound(probes)),
            await target.run(MoneyExact(probes)), await target.run(HealthSound(probes)),
        ]
        for trial in trials { #expect(trial.outcome.word == .pass, "\(trial.sentence)") }
        #expect(!target.evidence.all.contains { $0.text.contains(PostgreSQLServer.password) })
        #expect(target.evidence.all.contains { $0.text.contains("PostgreSQL 15.") })
    }

    @Test func `a superuser's role is red`() async throws {
        let server = try await PostgreSQLServer.shared
        let probes = probes(
            ServerLedger.description(server, try await Customer.database(server, "red1"), as: "postgres"))
        #expect(await target.run(ConnectionReady(probes)).kinds == ["role-superuser"])
    }

    @Test func `an index that was left invalid is red`() async throws {
        let ledger = try await ledger("red2")
        let desk = try await Customer(PostgreSQLServer.shared, as: "desk", to: "red2")
        await #expect(throws: PostgreSQLServer.Trouble.self) {
            try await desk.run("CREATE UNIQUE INDEX CONCURRENTLY fills_once ON fills (order_id)")
        }
        let trial = await target.run(IndexSound(probes(ledger)))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["invalid-index"])
    }

    @Test func `a second index over the same columns, and a reference without one, are red`() async throws {
        let ledger = try await ledger(
            "red3", "CREATE INDEX again ON orders (account); DROP INDEX fills_by_order")
        let kinds = await target.run(IndexSound(probes(ledger))).kinds
        #expect(Set(kinds) == ["duplicate-index", "foreign-key-unindexed"])
    }

    @Test func `a session that is idle in its transaction for too long is red`() async throws {
        let ledger = try await ledger("red4")
        let customer = try await Customer(PostgreSQLServer.shared, as: "desk", to: "red4")
        try await customer.run("SET application_name = 'forgetful'; BEGIN; SELECT 1")
        var criteria = CriteriaBuilder()
        // A minute is the shipped limit; no test waits for one.
        criteria.thresholds["database.max_idle_in_transaction_s"] = "0.001"
        var trial = await target.run(HealthSound(probes(ledger)), criteria: criteria.criteria)
        while !trial.kinds.contains("idle-in-transaction"), trial.outcome.word == .pass {
            trial = await target.run(HealthSound(probes(ledger)), criteria: criteria.criteria)
        }
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.judgement.findings.contains { $0.fingerprint == "idle-in-transaction/desk.forgetful" })
    }

    @Test func `a sequence of which 95 of 100 numbers are gone is red`() async throws {
        let ledger = try await ledger("red5", "SELECT setval('fills_id_seq', 2040109465)")
        let trial = await target.run(HealthSound(probes(ledger)))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["sequence-exhausted"])
    }

    @Test func `a plan that reads a large table whole is red`() async throws {
        let trial = await target.run(QueryPlans(probes(try await ledger("red6", "DROP INDEX fills_by_order"))))
        #expect(trial.outcome == .fail(.criterion))
        #expect(trial.kinds == ["table-scan"])
    }

    @Test func `a pending migration, and money in floating point, are red`() async throws {
        holdAlembicFiles()
        let ledger = try await ledger(
            "red7",
            "UPDATE alembic_version SET version_num = '0002'; ALTER TABLE fills ALTER price TYPE double precision")
        #expect(await target.run(MigrationApplied(probes(ledger))).kinds == ["migration-pending"])
        let money = await target.run(MoneyExact(probes(ledger)))
        #expect(money.kinds == ["float-money"])
        #expect(money.sentence.contains("20000 values"))
    }

    @Test func `a wrong password is red where the connection is the subject, and unverified elsewhere`() async throws {
        let ledger = try await ledger("red8")
        var probes = target.probes
        probes.ledger = ServerLedger.probe(ledger, password: "not-the-one-8822")
        #expect(await target.run(ConnectionReady(probes)).outcome == .fail(.badAnswer))
        #expect(await target.run(IndexSound(probes)).outcome == .unverified(.credentialMissing))
    }

    @Test func `what a role may not see makes health unverified`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "red9"), as: "blind")
        let customer = try await Customer(server, as: "desk", to: "red9")
        try await customer.run("SELECT 1")
        #expect(await target.run(HealthSound(probes(ledger))).outcome == .unverified(.gradeBelowRequired))
    }

    @Test func `the queries of a sound server are timed over one connection`() async throws {
        let trial = await target.run(QueryLatency(probes(try await ledger("timed"))))
        // How quick it is depends on the host; that it was measured does not.
        #expect(trial.measurement("query_time.orders-with-fills").map { $0.n >= 5 } == true)
        #expect(trial.measurement("rows.orders-with-fills")?.value == "100")
    }
}
