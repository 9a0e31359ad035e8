import Foundation
import GRDB
import PracticeDesk
import Testing

/// Values in the ledger that are none of the desk's: it says where they stand, and never ends by them.
struct LedgerValueTests {
    /// A home whose hunter has an order, a fill and a position, with whatever else is done to its ledger.
    private func withHome(_ change: String, _ body: (DeskHome) async throws -> Void) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let queue = try DatabaseQueue(path: home.path + "/ledger.sqlite")
        try await queue.write { database in
            try database.execute(
                sql: """
                    PRAGMA ignore_check_constraints = ON;
                    INSERT INTO orders VALUES
                        ('O-1', 'hp-1', 'READY-HUNTER', 'SOL-USD', 'buy', 100, 1290000, 'working', 100, 1, 1);
                    INSERT INTO fills VALUES
                        (9000001, 'O-1', 'READY-HUNTER', 'SOL-USD', 'buy', 100, 1290000, 100, 'taker', 1);
                    INSERT INTO positions (rowid, account, symbol, quantity_lots)
                        VALUES (9000002, 'READY-HUNTER', 'SOL-USD', 100);
                    UPDATE cash SET rowid = 9000003 WHERE account = 'READY-HUNTER';
                    \(change);
                    """)
        }
        try queue.close()
        try await body(home)
    }

    private func working(_ home: DeskHome) throws -> Int? {
        let queue = try DatabaseQueue(path: home.path + "/ledger.sqlite")
        defer { try? queue.close() }
        return try queue.read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM orders WHERE account = 'READY-HUNTER' AND status = 'working'")
        }
    }

    @Test(arguments: [
        ("cash", "balance_e6", "'a lot'", 9_000_003, "the text 'a lot'"),
        ("cash", "balance_e6", "'1e6x'", 9_000_003, "the text '1e6x'"),
        ("cash", "balance_e6", "0.5", 9_000_003, "the floating-point number 0.5"),
        ("cash", "balance_e6", "x'00ff'", 9_000_003, "2 bytes"),
        ("cash", "balance_e6", "9223372036854775807", 9_000_003, "9223372036854775807"),
        ("positions", "quantity_lots", "'many'", 9_000_002, "the text 'many'"),
        ("positions", "quantity_lots", "-9223372036854775808", 9_000_002, "-9223372036854775808"),
        ("positions", "symbol", "x'41'", 9_000_002, "1 bytes"),
        ("fills", "quantity_lots", "'ten'", 9_000_001, "the text 'ten'"),
        ("fills", "quantity_lots", "0", 9_000_001, "0"),
        ("fills", "price_e4", "1.25", 9_000_001, "the floating-point number 1.25"),
        ("fills", "price_e4", "1152921504606846976", 9_000_001, "100"),
        ("fills", "fee_e6", "''", 9_000_001, "the text ''"),
        ("fills", "side", "'BUY'", 9_000_001, "the text 'BUY'"),
    ])
    func `a value that cannot stand there is named, and the ledger is left as it was`(
        table: String, column: String, value: String, row: Int64, found: String
    ) async throws {
        let change = "UPDATE \(table) SET \(column) = \(value) WHERE rowid = \(row)"
        try await withHome(change) { home async throws in
            let error = try #require(
                await #expect(throws: HomeError.self) { _ = try await DeskServer.start(home: home) })
            guard case .value(home.path + "/ledger.sqlite", table, let named, row, let message) = error else {
                return #expect(Bool(false), "\(error)")
            }
            // A price that is possible only with another quantity is told of that.
            #expect(named == (value == "1152921504606846976" ? "quantity_lots" : column))
            #expect(message.hasPrefix("is \(found); accepted is "))
            #expect("\(error)".contains("ledger.sqlite: \(table).\(named) of row id \(row) is \(found)"))
            #expect(error.code == "ledger_value_invalid")
            #expect(error.report.contains("SELECT * FROM \(table) WHERE rowid = \(row)"))
            #expect(try working(home) == 1, "no order was cancelled")
            #expect(!FileManager.default.fileExists(atPath: home.path + "/desk.json"))
        }
    }

    @Test func `fills that are possible one by one and not together are refused`() async throws {
        let most = "1073741824"
        let change = """
            UPDATE fills SET quantity_lots = \(most), price_e4 = \(most) WHERE fill_id = 9000001;
            INSERT INTO fills VALUES
                (9000002, 'O-1', 'READY-HUNTER', 'SOL-USD', 'sell', \(most), \(most), 0, 'taker', 1)
            """
        try await withHome(change) { home async throws in
            let error = try #require(
                await #expect(throws: HomeError.self) { _ = try await DeskServer.start(home: home) })
            #expect("\(error)".contains("the sum of all fills"))
        }
    }

    @Test func `a value of an account that the desk does not trade on is none of its business`() async throws {
        try await withHome("UPDATE cash SET balance_e6 = 'old' WHERE account = 'MM-3'") { home async throws in
            try await serving(home) { desk async throws in
                #expect(try await desk.position("READY-HUNTER", "SOL-USD") == "1.00")
            }
            #expect(try working(home) == 0, "what was left working is cancelled once the ledger is believed")
        }
    }

    @Test func `a revision that is no text makes the desk's models unreadable and ends nothing`() async throws {
        try await withDesk { desk async throws in
            func state() async throws -> String? {
                try await desk.get("/readyz/components").body["components"].items
                    .first { $0["name"].text == "database_models" }?["state"].text
            }
            #expect(try await eventually { try await state() == "running" })
            let queue = try DatabaseQueue(path: desk.home.path + "/ledger.sqlite")
            try await queue.write { try $0.execute(sql: "INSERT INTO schema_revision VALUES (x'ff00', 'now')") }
            #expect(try await eventually { try await state() == "unreadable" })
            try await queue.write { try $0.execute(sql: "DELETE FROM schema_revision WHERE revision = x'ff00'") }
            try queue.close()
            #expect(try await eventually { try await state() == "running" })
        }
    }
}
