import GRDB
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct QueryPlanTests {
    /// Scans of a query on the sample ledger: table and rows.
    private func scans(_ sql: String, setUp: String = "", parameters: [String] = []) async throws -> [String] {
        let home = try DeskHome()
        let queue = try SampleLedger.make(home.ledgerPath, wal: false)
        try await queue.write { try $0.execute(sql: setUp) }
        try queue.close()
        return try await SampleLedger.connected(home) { connection in
            let plan = try await connection.plan(of: CriticalQuery(name: "q", sql: sql, parameters: parameters)).value
            for scan in plan.scans { #expect(plan.steps.contains(scan.step)) }
            #expect(!plan.steps.isEmpty)
            return plan.scans.map { "\($0.table) \($0.rows)" }
        }
    }

    @Test(arguments: [
        ("SELECT * FROM orders WHERE account = 'MM-1'", []),
        ("SELECT * FROM orders", ["orders 200"]),
        ("SELECT f.id FROM fills f WHERE f.price_e4 = 2", ["fills 600"]),
        ("SELECT count(*) FROM orders", ["orders 200"]),
        ("SELECT * FROM orders ORDER BY account", ["orders 200"]),
        ("SELECT * FROM fills INDEXED BY fills_by_order ORDER BY order_id LIMIT 5", []),
        ("SELECT order_id FROM fills ORDER BY order_id LIMIT 5", ["fills 600"]),
        ("SELECT 1", []), ("VALUES (1), (2)", []),
        ("SELECT * FROM (SELECT * FROM fills WHERE price_e4 = 2 LIMIT 3) AS part", ["fills 600"]),
        ("WITH part AS MATERIALIZED (SELECT * FROM fills WHERE order_id = 3) SELECT * FROM part", []),
        ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT * FROM n", []),
        (#"SELECT "odd one".x FROM "a strange ""name" AS "odd one""#, [#"a strange "name 0"#]),
        ("SELECT * FROM main.fills AS [g] WHERE g.price_e4 /* FROM orders AS g */ = 2 -- FROM orders g", ["fills 600"]),
        ("SELECT (SELECT max(f.price_e4) FROM fills f) FROM orders f WHERE f.account = 'FROM fills f'", ["fills 600"]),
        ("SELECT * FROM orders o, fills AS f WHERE f.order_id = o.id", ["fills 600"]),
    ])
    func `what is read whole is named by its table, whatever it is called`(_ sql: String, _ expected: [String])
        async throws
    {
        let seen = try await scans(sql)
        #expect(seen == expected)
    }

    @Test func `a view's own aliases are understood`() async throws {
        let seen = try await scans(
            "SELECT * FROM dear", setUp: "CREATE VIEW dear AS SELECT y.id FROM fills AS y WHERE y.price_e4 > 1")
        #expect(seen == ["fills 600"])
    }

    @Test func `an automatic index is a scan in disguise`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        let query = CriticalQuery(
            name: "q", sql: "SELECT count(*) FROM fills AS g JOIN fills AS f ON f.price_e4 = g.price_e4", parameters: []
        )
        let plan = try await SampleLedger.connected(home) { try await $0.plan(of: query).value }
        #expect(plan.scans.map(\.table) == ["fills", "fills"])
        #expect(plan.scans.map(\.rows) == [600, 600])
        #expect(plan.scans.contains { $0.step.contains(" USING AUTOMATIC ") }, "\(plan.steps)")
    }

    @Test func `a dropped index is seen, in an open connection and in a new one`() async throws {
        let home = try DeskHome()
        let writer = try SampleLedger.make(home.ledgerPath, wal: true)
        try await SampleLedger.connected(home) { early in
            let before = try await early.plan(of: SampleLedger.query).value
            #expect(before.scans.isEmpty)
            try await writer.write { try $0.execute(sql: "DROP INDEX fills_by_order") }
            let same = try await early.plan(of: SampleLedger.query).value
            #expect(same.scans.map(\.table) == ["fills"])
            let fresh = try await SampleLedger.connected(home) { try await $0.plan(of: SampleLedger.query) }
            #expect(fresh.value.scans.map(\.table) == ["fills"])
            #expect(fresh.value.scans.first?.rows == 600)
            #expect(fresh.transcript.contains("reads all of fills: 600 rows"))
        }
        try writer.close()
    }
}
