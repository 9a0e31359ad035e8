import FoundationEssentials
import GRDB
import Probes
import Readiness

/// A small ledger as a desk would have it.
enum SampleLedger {
    static let query = CriticalQuery(
        name: "orders-with-fills",
        sql: "SELECT o.id, f.id FROM orders AS o LEFT JOIN fills AS f ON f.order_id = o.id WHERE o.account = ?1",
        parameters: ["MM-1"])
    static let endless = CriticalQuery(
        name: "endless",
        sql: "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", parameters: [])

    /// Makes one with 200 orders and 600 fills.
    @discardableResult static func make(_ path: String, wal: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = wal ? .wal : .default
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE orders (id INTEGER PRIMARY KEY, account TEXT NOT NULL);
                    CREATE INDEX orders_by_account ON orders (account);
                    CREATE TABLE fills (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, price_e4 INTEGER NOT NULL);
                    CREATE INDEX fills_by_order ON fills (order_id);
                    CREATE TABLE "a strange ""name" (x);
                    CREATE TABLE schema_revision (revision TEXT PRIMARY KEY, applied_at TEXT);
                    INSERT INTO schema_revision VALUES ('0002', 'b'), ('0001', 'a');
                    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200)
                    INSERT INTO orders SELECT x, CASE x % 2 WHEN 0 THEN 'MM-1' ELSE 'MM-2' END FROM n;
                    INSERT INTO fills (order_id, price_e4) SELECT id, 1 FROM orders UNION ALL SELECT id, 2 FROM orders
                    UNION ALL SELECT id, 3 FROM orders;
                    """)
        }
        return queue
    }

    static func description(_ path: String, engine: String = "sqlite") -> LedgerDescription {
        LedgerDescription(
            engine: engine, path: path, criticalQueries: [query], expectedHead: "0002", revisionTable: "schema_revision"
        )
    }

    /// A connection for as long as the work takes.
    static func connected<Value>(
        _ home: DeskHome, limit: Duration = .seconds(30), _ work: (any LedgerConnection) async throws -> Value
    ) async throws -> Value {
        try home.write(address: "http://127.0.0.1:1")
        let probe = SQLiteLedger(source: RecordSource(try home.record()), limit: limit)
        let connection = try await probe.connect(description(home.ledgerPath))
        do {
            let value = try await work(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    static func sideFiles(_ path: String) -> [String] {
        ["-wal", "-shm", "-journal"].filter { FileManager.default.fileExists(atPath: path + $0) }
    }
}
