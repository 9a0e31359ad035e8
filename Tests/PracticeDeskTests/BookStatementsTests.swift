import Foundation
import GRDB
import PracticeDesk
import Testing

/// The books as somebody reads them who has nothing but the statements of the desk's record.
struct BookStatementsTests {
    /// What the statements say: signed quantity by account and symbol from the fills and from the positions, the ids of
    /// contradictory orders, and how many fills there are.
    struct Reading: Equatable, Sendable {
        var byFills: [String: Int64] = [:]
        var byPositions: [String: Int64] = [:]
        var contradictions: [String] = []
        /// Orders whose status says otherwise than their quantities.
        var oddOrders: [String] = []
        var fills = 0
        var withoutOrder = 0
        var differentCash: [String] = []

        /// Where fills and positions differ; a flat position may be there or not.
        var differences: [String] {
            Set(byFills.keys).union(byPositions.keys).filter { byFills[$0] ?? 0 != byPositions[$0] ?? 0 }.sorted()
        }
    }

    static func read(_ books: BookStatements, _ database: Database) throws -> Reading {
        var reading = Reading()
        let fills = try Row.fetchCursor(database, sql: books.fills)
        while let row = try fills.next() {
            // By place, as the contract has it: account, symbol, side, quantity, price, fee, client order id, order id.
            let side: String = row[2]
            let quantity: Int64 = row[3]
            reading.byFills["\(row[0] as String) \(row[1] as String)", default: 0] +=
                side == "buy" ? quantity : -quantity
            let (price, fee, client): (Int64, Int64, String) = (row[4], row[5], row[6])
            #expect(row.count == 8 && price > 0 && fee >= 0 && ["buy", "sell"].contains(side))
            reading.fills += 1
            if client.isEmpty { reading.withoutOrder += 1 }
        }
        for row in try Row.fetchAll(database, sql: books.positions) {
            #expect(row.count == 3)
            reading.byPositions["\(row[0] as String) \(row[1] as String)"] = row[2]
        }
        for row in try Row.fetchAll(database, sql: books.orders) {
            #expect(row.count == 7)
            let (status, quantity, filled): (String, Int64, Int64) = (row[4], row[5], row[6])
            if (status == "filled") != (filled == quantity) { reading.oddOrders.append(row[0]) }
            #expect(filled <= quantity && ["working", "filled", "cancelled", "rejected"].contains(status), "\(row)")
        }
        // Exact whole numbers: a lot is a hundredth and a price a ten-thousandth, so their product is a millionth.
        var moved: [String: Int64] = [:]
        for row in try Row.fetchAll(database, sql: books.fills) {
            let (lots, price, fee): (Int64, Int64, Int64) = (row[3], row[4], row[5])
            moved[row[0], default: 0] += (row[2] == "buy" ? -lots : lots) * price - fee
        }
        for row in try Row.fetchAll(database, sql: books.cash) {
            let (account, opening, balance): (String, Int64, Int64) = (row[0], row[1], row[2])
            if opening + moved[account, default: 0] != balance { reading.differentCash.append(account) }
        }
        for row in try Row.fetchAll(database, sql: books.contradictions) {
            #expect(row.count == 4)
            let numbers: (Int64, Int64, Int64) = (row[1], row[2], row[3])
            reading.contradictions.append("\(row[0] as String) \(numbers)")
        }
        return reading
    }

    private func read(_ desk: TestDesk) async throws -> Reading {
        let books = try DeskRecord.read(home: desk.home).ledger.books
        return try await desk.readLedger { try Self.read(books, $0) }
    }

    @Test func `the sum of all fills is every account's position, in the seeded history and while trading`()
        async throws
    {
        try await withDesk { desk async throws in
            let seeded = try await read(desk)
            #expect(seeded.fills >= 200_000)
            #expect(seeded.differences.isEmpty && seeded.contradictions.isEmpty && seeded.withoutOrder == 0)
            #expect(seeded.differentCash.isEmpty && seeded.oddOrders.isEmpty)
            #expect(Set(seeded.byPositions.keys.map { $0.prefix(5) }).isSuperset(of: (1...8).map { "MM-\($0) " }))
            for number in 0..<20 {
                _ = try await desk.submit(
                    TestOrder(
                        id: "hp-\(number)", account: "READY-STRATEGIST", side: number % 3 == 0 ? "sell" : "buy",
                        quantity: "\(number + 1).25", price: number % 3 == 0 ? "127.00" : "131.00"))
            }
            // Each look is one transaction of the reader's, in the middle of whatever the desk writes.
            let traded = try await eventually {
                let now = try await read(desk)
                #expect(now.differences.isEmpty, "\(now.differences)")
                #expect(now.contradictions.isEmpty, "\(now.contradictions)")
                #expect(now.oddOrders.isEmpty, "\(now.oddOrders)")
                #expect(now.differentCash.isEmpty, "\(now.differentCash)")
                return now.fills > seeded.fills + 10 && now.byFills.keys.contains("READY-STRATEGIST SOL-USD")
            }
            #expect(traded)
        }
    }

    @Test func `the fills of one order are found by its client order id`() async throws {
        try await withDesk { desk async throws in
            #expect(try await desk.submit(TestOrder(id: "hp-7", price: "131.00"))["status"] == .text("filled"))
            let books = desk.record.ledger.books
            let found = try await eventually {
                try await desk.readLedger { database in
                    let rows = try Row.fetchAll(database, sql: books.fillsOfOrder, arguments: ["hp-7"])
                    let lots = rows.reduce(Int64(0)) { $0 + ($1[3] as Int64) }
                    #expect(rows.allSatisfy { $0[0] == "READY-HUNTER" && $0[2] == "buy" && $0[6] == "hp-7" })
                    return lots == 100
                }
            }
            #expect(found)
            #expect(
                try await desk.readLedger { try Row.fetchAll($0, sql: books.fillsOfOrder, arguments: ["x"]).count } == 0
            )
            #expect((books.quantityScale, books.priceScale, books.moneyScale) == (2, 4, 6))
        }
    }

    @Test func `the fills of one order are found by indexes alone, and by a scan once the one of fills is dropped`()
        async throws
    {
        try await withDesk { desk async throws in
            let sql = "EXPLAIN QUERY PLAN " + desk.record.ledger.books.fillsOfOrder
            func plan() async throws -> String {
                try await desk.readLedger {
                    try Row.fetchAll($0, sql: sql, arguments: ["MM-1-7"]).map { $0["detail"] as String }
                        .joined(separator: "\n")
                }
            }
            let healthy = try await plan()
            #expect(healthy.contains("orders_by_client_order_id") && healthy.contains("fills_by_order"))
            #expect(!healthy.contains("SCAN") && !healthy.contains("AUTOMATIC"))
            _ = try await desk.faults.set("index-dropped")
            let broken = try await plan()
            #expect(broken.contains("SCAN f") || broken.contains("AUTOMATIC"))
            _ = try await desk.faults.clear("index-dropped")
            #expect(try await plan() == healthy)
        }
    }

    @Test func `an order that has filled more or less than it says is a contradiction`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let queue = try DatabaseQueue(path: home.path + "/ledger.sqlite")
        let (contradictions, expected) = try await queue.write { database in
            let id =
                try String.fetchOne(database, sql: "SELECT order_id FROM orders WHERE filled_lots > 1 LIMIT 1") ?? ""
            try database.execute(
                sql: "UPDATE orders SET filled_lots = filled_lots - 1 WHERE order_id = ?", arguments: [id])
            return (try Self.read(.shipped, database).contradictions, id)
        }
        #expect(contradictions.count == 1)
        #expect(contradictions.first?.hasPrefix(expected) == true)
        try queue.close()
    }

    @Test func `orphan-fill shows in the sums and as a reference to nothing, and in nothing else`() async throws {
        try await withDesk { desk async throws in
            func orphans() async throws -> [String] {
                try await desk.readLedger {
                    try Row.fetchAll($0, sql: "SELECT * FROM pragma_foreign_key_check").map { "\($0[0] as String)" }
                }
            }
            #expect(try await orphans().isEmpty)
            _ = try await desk.faults.set("orphan-fill")
            _ = try await desk.faults.set("orphan-fill")
            #expect(try await orphans() == ["fills"])
            let broken = try await read(desk)
            #expect(broken.withoutOrder == 1)
            #expect(broken.differences.count == 1)
            #expect(broken.differences.first?.hasPrefix("MM-") == true)
            #expect(broken.contradictions.isEmpty)
            // The desk's own references are still enforced, and it still trades.
            #expect(try await desk.submit(TestOrder(id: "hp-8", price: "131.00"))["status"] == .text("filled"))
            _ = try await desk.faults.clear("orphan-fill")
            #expect(try await orphans().isEmpty)
            let healthy = try await read(desk)
            #expect(healthy.differences.isEmpty && healthy.withoutOrder == 0)
        }
    }
}
