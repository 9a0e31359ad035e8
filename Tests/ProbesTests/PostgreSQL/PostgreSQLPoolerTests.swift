import Probes
import Readiness
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLPoolerTests {
    private func pooled(_ server: PostgreSQLServer, _ database: String, as user: String) -> LedgerDescription {
        ServerLedger.description(server, database, as: user) {
            $0.port = server.poolerPort
            $0.isPooled = true
        }
    }

    @Test func `after all our work through a pooler a customer writes through the same session of the server`()
        async throws
    {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "pooled")
        let customer = try await Customer(server, as: "desk", to: database, throughPooler: true)
        let session = try await customer.run("SELECT pg_backend_pid()")
        // As the customer's own role, so that the pool of one session is the customer's.
        try await ServerLedger.connected(pooled(server, database, as: "desk")) { connection in
            let answer1 = try await connection.facts()
            #expect(answer1.value.isReadOnly)
            let answer2 = try await connection.run(ServerLedger.orders)
            #expect(answer2.value == 100)
            _ = try await connection.plan(of: ServerLedger.orders)
            _ = try await connection.schema { _ in true }
            _ = try await connection.orphans(limit: 5)
            _ = try await connection.structuralDamage(isFull: true)
            _ = try await connection.health()
            _ = try await connection.appliedRevisions(in: "alembic_version")
            await #expect(throws: ProbeError.self) {
                try await connection.run(.init(name: "wrong", sql: "SELECT 1/0", parameters: []))
            }
            #expect(try await customer.run("SELECT pg_backend_pid()") == session)
            #expect(try await customer.run("INSERT INTO orders VALUES (9001, 'MM-1', 1) RETURNING id") == ["9001"])
            #expect(try await customer.run("SHOW default_transaction_read_only") == ["off"])
            #expect(try await customer.run("SHOW statement_timeout") == ["0"])
            #expect(try await customer.run("SHOW lock_timeout") == ["0"])
        }
        #expect(try await customer.run("SELECT pg_backend_pid()") == session)
        #expect(try await customer.run("UPDATE orders SET quantity = 2 WHERE id = 9001 RETURNING 1") == ["1"])
    }

    @Test func `a statement that is stopped in the middle leaves the pooler's session free, and able to write`()
        async throws
    {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "pooledstop")
        _ = try await ServerLedger.connected(pooled(server, database, as: "desk"), limit: .seconds(3)) {
            connection in
            await #expect(throws: ProbeError.self) {
                try await connection.run(.init(name: "slow", sql: "SELECT pg_sleep(60)", parameters: []))
            }
        }
        let customer = try await Customer(server, as: "desk", to: database, throughPooler: true)
        #expect(try await customer.run("INSERT INTO orders VALUES (9002, 'MM-1', 1) RETURNING id") == ["9002"])
    }

    @Test(arguments: [false, true])
    func `an answer that is broken off half-way stops nothing that comes after it`(isPooled: Bool) async throws {
        let server = try await PostgreSQLServer.shared
        let name = isPooled ? "brokenoff1" : "brokenoff2"
        let database = try await Customer.database(server, name)
        let ledger =
            isPooled
            ? pooled(server, database, as: "desk") : ServerLedger.description(server, database, as: "desk")
        let customer = try await Customer(server, as: "desk", to: database, throughPooler: true)
        _ = try await ServerLedger.connected(ledger) { connection in
            for round in 0..<20 {
                // A set in the list of columns is made as it is read: it has no end for us, so that the request to stop it is what ends it.
                let endless = "SELECT repeat('x', 1000), generate_series(1, 100000000)"
                await #expect(throws: ProbeError(.nonsense, at: .ledger, "enough")) {
                    try await connection.fold(endless, parameters: [], columns: 2, into: 0) {
                        _, _ throws(ProbeError) in throw ProbeError(.nonsense, at: .ledger, "enough")
                    }
                }
                let written = try await customer.run("UPDATE orders SET quantity = \(round) WHERE id = 1 RETURNING 1")
                #expect(written == ["1"])
                let answer = try await connection.run(ServerLedger.orders)
                #expect(answer.value == 100)
            }
        }
    }

    @Test func `sessions are counted, and the pooler's queues are told`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "queues")
        let customer = try await Customer(server, as: "desk", to: database, throughPooler: true)
        try await customer.run("SELECT 1")
        let ledger = ServerLedger.description(server, database) {
            $0.pooler = LedgerServer.Pooler(
                host: "127.0.0.1", port: server.poolerPort, user: "holdpoint", passwordName: "env:LEDGER")
        }
        let answer = try await ServerLedger.connected(ledger) { try await $0.sessions() }
        let sessions = try #require(answer)
        #expect(sessions.value.most == 37)
        #expect((1...37).contains(sessions.value.inUse))
        let queue = try #require(sessions.value.queues?.first { $0.database == database })
        #expect(queue.user == "desk")
        #expect(queue.active + queue.waiting >= 1)
        #expect(sessions.value.queues?.contains { $0.database == "pgbouncer" } == false)
    }

    @Test func `without a pooler there are no queues, which is not the same as empty ones`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, "postgres")
        let answer = try await ServerLedger.connected(ledger) { try await $0.sessions() }
        #expect(try #require(answer).value.queues == nil)
    }
}
