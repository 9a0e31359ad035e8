import Foundation
import GRDB
import PracticeDesk
import Testing

/// What the schema and the migrations look like from outside, healthy and broken.
struct LedgerFaultTests {
    private struct Schema: Equatable, Sendable {
        /// `table.column type`, and how many values of it are stored as floating point.
        var floats: [String] = []
        /// `table (columns)` of every index, primary keys among them.
        var indexes: [String] = []
        /// `table (columns)` of every foreign key.
        var foreignKeys: [String] = []

        var duplicates: [String] {
            Dictionary(grouping: indexes, by: \.self).filter { $0.value.count > 1 }.keys.sorted()
        }
        var unindexedForeignKeys: [String] {
            foreignKeys.filter { key in !indexes.contains { $0.hasPrefix(key.dropLast()) } }
        }
    }

    private func schema(_ desk: TestDesk) async throws -> Schema {
        try await desk.readLedger { database in
            var schema = Schema()
            for table in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'") {
                for column in try database.columns(in: table) {
                    let stored =
                        try Int.fetchOne(
                            database, sql: "SELECT count(*) FROM \"\(table)\" WHERE typeof(\"\(column.name)\") = 'real'"
                        ) ?? 0
                    if stored > 0 || !["INTEGER", "TEXT"].contains(column.type) {
                        schema.floats.append("\(table).\(column.name) \(column.type) \(stored > 0)")
                    }
                }
                for index in try database.indexes(on: table) {
                    schema.indexes.append("\(table) (\(index.columns.joined(separator: ", ")))")
                }
                for key in try database.foreignKeys(on: table) {
                    schema.foreignKeys.append("\(table) (\(key.originColumns.joined(separator: ", ")))")
                }
            }
            return schema
        }
    }

    @Test func `the healthy schema has no float, no second index over one set of columns, and every reference indexed`()
        async throws
    {
        try await withDesk { desk async throws in
            let schema = try await schema(desk)
            #expect(schema.floats.isEmpty)
            #expect(schema.duplicates.isEmpty)
            #expect(schema.foreignKeys == ["fills (order_id)"])
            #expect(schema.unindexedForeignKeys.isEmpty)
        }
    }

    @Test func `duplicate-index adds one over the same columns and takes it away again`() async throws {
        try await withDesk { desk async throws in
            let healthy = try await schema(desk)
            _ = try await desk.faults.set("duplicate-index")
            let broken = try await schema(desk)
            #expect(broken.duplicates == ["orders (account, created_at_us)"])
            #expect(broken.unindexedForeignKeys.isEmpty && broken.floats.isEmpty)
            _ = try await desk.faults.clear("duplicate-index")
            #expect(try await schema(desk) == healthy)
        }
    }

    @Test func `float-money stores money as a binary number in a column that the books do not read`() async throws {
        try await withDesk { desk async throws in
            let healthy = try await schema(desk)
            let books = desk.record.ledger.books
            _ = try await desk.faults.set("float-money")
            let broken = try await schema(desk)
            #expect(broken.floats == ["cash.interest_amount REAL true"])
            #expect(broken.indexes == healthy.indexes)
            for statement in [books.fills, books.fillsOfOrder, books.positions, books.contradictions] {
                #expect(!statement.contains("interest_amount") && !statement.contains("cash"))
            }
            #expect(try await desk.readLedger { try Row.fetchAll($0, sql: books.positions).count } >= 48)
            // Fills are booked as before, in the table that has grown.
            #expect(try await desk.submit(TestOrder(price: "131.00"))["status"] == .text("filled"))
            let cash = try await desk.get("/readyz/positions?account=READY-HUNTER").body["cash"].text
            let booked = try await eventually {
                let stored = try await desk.readLedger {
                    try Int64.fetchOne($0, sql: "SELECT balance_e6 FROM cash WHERE account = 'READY-HUNTER'") ?? 0
                }
                return FixedPoint.text(stored, scale: 6) == cash
            }
            #expect(booked)
            _ = try await desk.faults.clear("float-money")
            #expect(try await schema(desk) == healthy)
        }
    }

    @Test func `index-dropped leaves the reference without an index`() async throws {
        try await withDesk(faults: ["index-dropped"]) { desk async throws in
            #expect(try await schema(desk).unindexedForeignKeys == ["fills (order_id)"])
        }
    }

    /// Revision to parent, as the headers of the files in the folder say.
    private func graph(_ desk: TestDesk) throws -> [String: String] {
        let folder = desk.record.ledger.migrations
        var graph: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
            #expect(lines[0].hasPrefix("-- revision: ") && lines[1].hasPrefix("-- revises: "))
            let revision = String(lines[0].dropFirst("-- revision: ".count))
            #expect(name.hasPrefix("\(revision)_") && name.hasSuffix(".sql"))
            graph[revision] = String(lines[1].dropFirst("-- revises: ".count))
        }
        return graph
    }

    @Test func `the files of the migrations say what follows what`() async throws {
        try await withDesk { desk async throws in
            #expect(try graph(desk) == ["0001": "none", "0002": "0001", "0003": "0002"])
        }
    }

    @Test(arguments: [("two-heads", "0004", "0002"), ("dangling-parent", "0005", "0009")])
    func `a migration that nobody applies appears in the folder, and goes`(
        fault: String, revision: String, parent: String
    )
        async throws
    {
        try await withDesk { desk async throws in
            let healthy = try graph(desk)
            func applied() async throws -> [String] {
                try await desk.readLedger {
                    try String.fetchAll($0, sql: "SELECT revision FROM schema_revision ORDER BY 1")
                }
            }
            let before = try await applied()
            _ = try await desk.faults.set(fault)
            var broken = healthy
            broken[revision] = parent
            #expect(try graph(desk) == broken)
            #expect(try await applied() == before)
            #expect(try DeskRecord.read(home: desk.home).ledger.expectedHead == "0003")
            // It may have been taken away by hand, and is cleared all the same.
            let folder = desk.record.ledger.migrations
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix(revision) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            _ = try await desk.faults.clear(fault)
            #expect(try graph(desk) == healthy)
        }
    }

    @Test(arguments: ["two-heads", "dangling-parent", "duplicate-index", "float-money", "orphan-fill", "index-dropped"])
    func `what a killed desk left broken can be broken again, and a clean stop mends it`(fault: String) async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        // A restart that never comes leaves the effects behind, as a kill does.
        let first = try await DeskServer.start(
            home: home, options: DeskOptions(faults: [try Fault.parse(fault)], canRestart: true))
        let token = first.record.token
        _ = try await TestDesk(server: first, home: home).post("/readyz/control/restart", "{}", token: token)
        await first.waitUntilStopping()
        _ = try await first.end()
        try await serving(home, faults: [fault]) { desk async throws in
            #expect(try await desk.faults.list().filter(\.active).map(\.name) == [fault])
        }
        try await serving(home) { desk async throws in
            let schema = try await schema(desk)
            #expect(schema.floats.isEmpty && schema.duplicates.isEmpty && schema.unindexedForeignKeys.isEmpty)
            #expect(try graph(desk).count == 3)
            let orphans = try await desk.readLedger {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM pragma_foreign_key_check")
            }
            #expect(orphans == 0)
        }
    }
}
