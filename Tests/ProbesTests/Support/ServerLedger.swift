import Probes
import Readiness

/// Ledgers that the tests' own PostgreSQL holds.
enum ServerLedger {
    static let orders = CriticalQuery(
        name: "orders-with-fills",
        sql: "SELECT o.id, f.id FROM orders o LEFT JOIN fills f ON f.order_id = o.id WHERE o.id = $1", parameters: ["7"]
    )

    /// One as a target would describe it.
    static func description(
        _ server: PostgreSQLServer, _ database: String, as user: String = "holdpoint",
        _ change: (inout LedgerServer) -> Void = { _ in }
    ) -> LedgerDescription {
        var place = LedgerServer(
            host: "127.0.0.1", port: server.port, database: database, user: user, passwordName: "env:LEDGER")
        change(&place)
        return LedgerDescription(
            engine: "postgresql", path: place.place, server: place, criticalQueries: [orders], expectedHead: "0003",
            revisionTable: "alembic_version")
    }

    /// A probe that opens the password by its name.
    static func probe(
        _ ledger: LedgerDescription, password: String = PostgreSQLServer.password, limit: Duration = .seconds(30)
    ) -> PostgreSQLLedger {
        PostgreSQLLedger(
            limit: limit,
            secrets: { name throws(ProbeError) in
                guard name == "env:LEDGER" else { throw ProbeError(ourSide: "no secret \(name)") }
                return Secret(password)
            },
            description: { () throws(ProbeError) in Answer(ledger, transcript: ledger.path, elapsed: .zero) })
    }

    /// A connection for as long as the work takes.
    static func connected<Value>(
        _ ledger: LedgerDescription, limit: Duration = .seconds(30),
        _ work: (any LedgerConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await probe(ledger, limit: limit).connect(ledger)
        do {
            let value = try await work(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
