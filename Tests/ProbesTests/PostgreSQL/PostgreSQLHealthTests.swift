import Probes
import Readiness
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLHealthTests {
    private func health(
        _ database: String, as user: String = "holdpoint", of other: PostgreSQLServer? = nil
    ) async throws -> DatabaseHealth {
        let server = if let other { other } else { try await PostgreSQLServer.shared }
        return try await ServerLedger.connected(ServerLedger.description(server, database, as: user)) {
            try await $0.health().value
        }
    }

    @Test func `a young server tells of a little wear`() async throws {
        let health = try await health(try await Customer.database(PostgreSQLServer.shared, "health1"))
        #expect(health.transactionAge.map { (0..<200_000_000).contains($0) } == true)
        #expect(health.cleansItself == true)
        #expect(health.tables.contains { $0.name == "fills" })
        #expect(health.hiddenSequences == 0)
        #expect(health.sequences.map(\.name) == ["fills_id_seq"])
        #expect(health.logBytes == nil)
    }

    @Test func `a session that is idle in its transaction is told with how long it has been so`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "health2")
        let customer = try await Customer(server, as: "desk", to: database)
        try await customer.run("SET application_name = 'sleeper'; BEGIN; SELECT 1")
        let session = try #require(try await health(database).sessions.first { $0.application == "sleeper" })
        #expect(session.isIdle)
        #expect(session.user == "desk")
        try await customer.run("COMMIT")
        #expect(try await health(database).sessions.contains { $0.application == "sleeper" } == false)
    }

    @Test func `a prepared transaction counts as a session that nobody sits at`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "health3")
        let customer = try await Customer(server, as: "desk", to: database)
        try await customer.run("BEGIN; INSERT INTO orders VALUES (9003, 'x', 1); PREPARE TRANSACTION 'left'")
        let session = try await health(database).sessions.first { $0.application == "prepared transaction left" }
        #expect(session?.isIdle == true)
        try await customer.run("ROLLBACK PREPARED 'left'")
    }

    @Test func `what a role may not see is counted as hidden, not as absent`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "health4")
        let customer = try await Customer(server, as: "desk", to: database)
        try await customer.run("BEGIN; SELECT 1")
        let health = try await health(database, as: "blind")
        #expect(health.hiddenSessions >= 1)
        #expect(health.hiddenSequences == 1)
        #expect(health.sequences.isEmpty)
    }

    @Test func `a sequence is as full as the type of the column that it fills`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(
            server, "health5",
            filling: """
                CREATE TABLE narrow (id smallint PRIMARY KEY);
                CREATE SEQUENCE wide; ALTER SEQUENCE wide OWNED BY narrow.id; SELECT setval('wide', 31129);
                SELECT setval('fills_id_seq', 2040109465);
                CREATE SEQUENCE round MAXVALUE 10 CYCLE; SELECT setval('round', 10);
                CREATE SEQUENCE down INCREMENT -1 MINVALUE -100 MAXVALUE -1; SELECT setval('down', -50);
                """)
        let sequences = try await health(database).sequences
        #expect(sequences.map(\.name) == ["fills_id_seq", "wide", "down"])
        #expect(sequences.map(\.usedBasisPoints) == [9_500, 9_500, 5_000])
    }

    @Test func `an unused slot is told with the log that it keeps`() async throws {
        let server = try await PostgreSQLServer.shared
        let admin = try await Customer(server)
        try await admin.run("SELECT pg_create_physical_replication_slot('forgotten', true)")
        let slots = try await health("postgres").unusedSlots
        try await admin.run("SELECT pg_drop_replication_slot('forgotten')")
        #expect(slots.contains { $0.name == "forgotten" && $0.retainedBytes >= 0 })
    }

    @Test func `rows that are gone are counted until they are cleaned up`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "health6")
        let desk = try await Customer(server, as: "desk", to: database)
        try await desk.run("UPDATE fills SET lots = lots + 1")
        // The server writes its counts down when it is asked to, and otherwise when it is idle.
        try await desk.run("SELECT pg_stat_force_next_flush()")
        let worn = try #require(try await health(database).tables.first { $0.name == "fills" })
        #expect(worn.dead == 20_000)
        #expect(worn.isDue)
        try await desk.run("VACUUM fills")
        try await desk.run("SELECT pg_stat_force_next_flush()")
        let clean = try #require(try await health(database).tables.first { $0.name == "fills" })
        #expect(clean.dead == 0)
        #expect(!clean.isDue)
    }

    @Test func `a standby is told with its lag, by both; and the slot that it leaves with the log that is kept`()
        async throws
    {
        let server = try await PostgreSQLServer.followed
        let database = try await Customer.database(server, "health7")
        server.startStandby()
        let standby = try await retried { try await Customer(server, atStandby: true) }
        let desk = try await Customer(server, as: "desk", to: database)
        // The leader, by the name that the standby gives itself; caught up sooner or later.
        var seen = try await health(database, of: server).replicas
        while seen.first?.lagMilliseconds != 0 { seen = try await health(database, of: server).replicas }
        #expect(seen.map(\.name) == ["walreceiver"])
        // The standby of itself: not behind, until it stops replaying what has come.
        let following = ServerLedger.description(server, database) {
            $0.port = server.standbyPort
            $0.isStandby = true
        }
        func own() async throws -> DatabaseHealth.Replica? {
            try await ServerLedger.connected(following) { try await $0.health().value.replicas.first }
        }
        #expect(try await ServerLedger.connected(following) { try await $0.facts().value.server?.isInRecovery } == true)
        #expect(try await own()?.name == "this server")
        while try await own()?.lagMilliseconds != 0 {}
        try await standby.run("SELECT pg_wal_replay_pause()")
        try await desk.run("INSERT INTO fills (order_id, price, lots) SELECT 1, 1, n FROM generate_series(1, 1000) n")
        while try await own()?.lagMilliseconds == 0 {}
        // Its leader knows it as well, with a time or with none.
        let paused = try #require(try await health(database, of: server).replicas.first)
        #expect(paused.lagMilliseconds != 0)
        try await standby.run("SELECT pg_wal_replay_resume()")
        server.stopStandby()
        var slots = try await health(database, of: server).unusedSlots
        while slots.isEmpty { slots = try await health(database, of: server).unusedSlots }
        #expect(slots.map(\.name) == ["follower"])
        try await desk.run("INSERT INTO fills (order_id, price, lots) SELECT 1, 1, n FROM generate_series(1, 1000) n")
        let kept = try #require(try await health(database, of: server).unusedSlots.first)
        #expect(kept.retainedBytes > 0)
        let admin = try await Customer(server)
        try await admin.run("SELECT pg_drop_replication_slot('follower')")
        #expect(try await health(database, of: server).replicas.isEmpty)
    }

    /// Tries until it works; for half a minute.
    private func retried<Value>(_ work: () async throws -> Value) async throws -> Value {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do { return try await work() } catch {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
