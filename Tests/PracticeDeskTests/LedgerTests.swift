import Foundation
import GRDB
import PracticeDesk
import Testing

struct LedgerTests {
    /// What must hold of a ledger whatever happened; empty when it does.
    private static func breaches(_ database: Database) throws -> [String] {
        let checks = [
            "integrity": "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
            "foreign keys": "SELECT count(*) FROM pragma_foreign_key_check",
            "filled above ordered": "SELECT count(*) FROM orders WHERE filled_lots > quantity_lots",
            "filled is not the sum of fills": """
            SELECT count(*) FROM (SELECT o.order_id FROM orders o LEFT JOIN fills f ON f.order_id = o.order_id
            GROUP BY o.order_id HAVING o.filled_lots <> coalesce(sum(f.quantity_lots), 0))
            """,
            "position is not the sum of fills": """
            SELECT count(*) FROM positions p JOIN (SELECT account, symbol,
            sum(CASE side WHEN 'buy' THEN quantity_lots ELSE -quantity_lots END) AS lots FROM fills GROUP BY 1, 2) f
            ON f.account = p.account AND f.symbol = p.symbol WHERE f.lots <> p.quantity_lots
            """,
            "cash is not opening cash less fills": """
            SELECT count(*) FROM cash c JOIN (SELECT account, sum(CASE side WHEN 'buy' THEN -1 ELSE 1 END
            * quantity_lots * price_e4 - fee_e6) AS e6 FROM fills GROUP BY 1) f ON f.account = c.account
            WHERE c.balance_e6 <> 1000000000000 + f.e6
            """,
            "fill of another account, symbol or side": """
            SELECT count(*) FROM fills f JOIN orders o ON o.order_id = f.order_id
            WHERE f.account <> o.account OR f.symbol <> o.symbol OR f.side <> o.side
            """,
        ]
        return try checks.compactMap { name, sql in
            let count = try Int.fetchOne(database, sql: sql) ?? -1
            return count == 0 ? nil : "\(name): \(count)"
        }
    }

    @Test func `a fresh ledger has its volume, its age and lawful books`() async throws {
        try await withDesk { desk async throws in
            let (fills, days, breaches) = try await desk.readLedger { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM fills WHERE account LIKE 'MM-%'") ?? 0,
                    try Int64.fetchOne(
                        database,
                        sql:
                            "SELECT (max(created_at_us) - min(created_at_us)) / 86400000000 FROM orders WHERE account LIKE 'MM-%'"
                    ) ?? 0, try Self.breaches(database)
                )
            }
            #expect(fills >= 200_000)
            #expect((399...400).contains(days))
            #expect(breaches.isEmpty, "\(breaches)")
        }
    }

    @Test func `no money column is a floating number`() async throws {
        try await withDesk { desk async throws in
            let types = try await desk.readLedger { database in
                try String.fetchSet(
                    database,
                    sql:
                        "SELECT DISTINCT c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
                )
            }
            #expect(types == ["TEXT", "INTEGER"])
        }
    }

    @Test func `every order and fill of a session lands in the ledger and the books stay lawful`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home) { desk async throws in
            for number in 0..<40 {
                let order = TestOrder(
                    id: "hp-\(number)", account: "READY-STRATEGIST", side: number % 3 == 0 ? "sell" : "buy",
                    quantity: "\(number + 1).25",
                    price: number % 4 == 0 ? "125.00" : (number % 3 == 0 ? "127.00" : "131.00"))
                let receipt = try await desk.submit(order)
                #expect(["accepted", "filled"].contains(receipt["status"].text))
                if number % 8 == 0, let id = receipt["order_id"].text {
                    _ = try await desk.post("/readyz/orders/\(id)/cancel")
                }
            }
            // The strategy really trades: its fills come without being asked for.
            let traded = try await eventually {
                try await desk.readLedger {
                    try Int.fetchOne($0, sql: "SELECT count(*) FROM fills WHERE account = 'STRAT-MOMENTUM'") ?? 0
                } > 0
            }
            #expect(traded)
            let position = try await desk.get("/readyz/positions?account=READY-STRATEGIST").body["positions"].items
                .first { $0["symbol"].text == "SOL-USD" }?["quantity"].text
            let agrees = try await eventually {
                let lots = try await desk.readLedger {
                    try Int64.fetchOne(
                        $0,
                        sql:
                            "SELECT quantity_lots FROM positions WHERE account = 'READY-STRATEGIST' AND symbol = 'SOL-USD'"
                    )
                }
                return lots.map { FixedPoint.text($0, scale: 2) } == position
            }
            #expect(agrees)
            #expect(try await desk.readLedger(Self.breaches).isEmpty)
        }
        try await serving(home) { desk async throws in
            let (orders, working, breaches) = try await desk.readLedger { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM orders WHERE account = 'READY-STRATEGIST'"),
                    try Int.fetchOne(
                        database,
                        sql: "SELECT count(*) FROM orders WHERE status = 'working' AND account = 'READY-STRATEGIST'"),
                    try Self.breaches(database)
                )
            }
            #expect(orders == 40)
            #expect(working == 0, "a stop leaves nothing working")
            #expect(breaches.isEmpty, "\(breaches)")
            // Positions are there again after a restart.
            let held = try await desk.get("/readyz/positions?account=READY-STRATEGIST").body["positions"].items
            #expect(!held.isEmpty)
        }
    }

    @Test func `critical queries use indexes and give rows; without the index one scans`() async throws {
        try await withDesk { desk async throws in
            func plans() async throws -> [String: String] {
                let queries = desk.record.ledger.criticalQueries
                return try await desk.readLedger { database in
                    var plans: [String: String] = [:]
                    for query in queries {
                        let arguments = StatementArguments(query.parameters)
                        #expect(try !Row.fetchAll(database, sql: query.sql, arguments: arguments).isEmpty)
                        let rows = try Row.fetchAll(
                            database, sql: "EXPLAIN QUERY PLAN " + query.sql, arguments: arguments)
                        plans[query.name] = rows.map { $0["detail"] as String }.joined(separator: "\n")
                    }
                    return plans
                }
            }
            let healthy = try await plans()
            #expect(healthy.count == 3)
            #expect(
                healthy.values.allSatisfy {
                    !$0.contains("SCAN o") && !$0.contains("SCAN f") && !$0.contains("AUTOMATIC")
                })
            _ = try await desk.faults.set("index-dropped")
            let broken = try await plans()
            let plan = try #require(broken["account-orders-with-fills"])
            #expect(plan.contains("SCAN f") || plan.contains("AUTOMATIC"))
            #expect(broken["symbol-recent-fills"] == healthy["symbol-recent-fills"])
            #expect(broken["account-book"] == healthy["account-book"])
        }
    }

    @Test func `the applied revision is the greatest of the revision table, and the files are there`() async throws {
        try await withDesk { desk async throws in
            let ledger = desk.record.ledger
            let applied = try await desk.readLedger {
                try String.fetchAll($0, sql: "SELECT revision FROM \(ledger.revisionTable) ORDER BY revision")
            }
            #expect(applied == ["0001", "0002", "0003"])
            #expect(ledger.expectedHead == "0003")
            let files = try FileManager.default.contentsOfDirectory(atPath: ledger.migrations).sorted()
            #expect(files.map { String($0.prefix(4)) } == applied)
        }
    }
}
