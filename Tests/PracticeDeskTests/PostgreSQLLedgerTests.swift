import Foundation
import GRDB
import PracticeDesk
import Testing

/// The desk with its ledger in a PostgreSQL of its own: the same books, the same faults.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLLedgerTests {
    /// One for all tests but that of its end: starting one takes seconds. It ends with this process.
    private static let shared = Task { () async throws -> TestDesk in
        let home = try await TestFolder.home()
        var options = DeskOptions(seed: 7)
        options.ledger = .postgresql
        return TestDesk(server: try await DeskServer.start(home: home, options: options), home: home)
    }

    private func withServer(_ body: (TestDesk, LedgerClient) async throws -> Void) async throws {
        let desk = try await Self.shared.value
        try await body(desk, try LedgerClient(desk))
    }

    @Test func `the record names engine and server, and where the reader's password is, which shows nowhere`()
        async throws
    {
        try await withServer { desk, client async throws in
            let ledger = desk.record.ledger
            #expect(ledger.engine == "postgresql")
            #expect(ledger.path == "127.0.0.1:\(client.server.port)/desk")
            #expect(client.server.user == "holdpoint")
            for name in ["ledger.password", "ledger-reader.password"] {
                let path = "\(desk.home.path)/\(name)"
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                let secret = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines)
                #expect(secret.count == 64)
                for file in try FileManager.default.contentsOfDirectory(atPath: desk.home.path) where file != name {
                    guard let data = FileManager.default.contents(atPath: "\(desk.home.path)/\(file)") else { continue }
                    #expect(data.range(of: Data(secret.utf8)) == nil, "the password is in \(file)")
                }
                #expect(!desk.record.startLine.contains(secret))
            }
        }
    }

    @Test func `it holds what the file in the home holds, and the schema of its migrations`() async throws {
        try await withServer { desk, client async throws in
            for table in ["orders", "fills", "positions", "cash"] {
                let rows = "SELECT count(*) FROM \(table) WHERE account LIKE 'MM-%'"
                let there = try await desk.readLedger { try Int.fetchOne($0, sql: rows) }
                #expect(try await client.rows(rows) == ["\(there ?? -1)"])
            }
            #expect(
                try await client.rows("SELECT revision FROM schema_revision ORDER BY 1") == ["0001", "0002", "0003"])
            // The desk's own strategy trades meanwhile.
            let market = "FROM fills WHERE account LIKE 'MM-%'"
            let sums = try await client.rows("SELECT sum(quantity_lots), sum(fee_e6) \(market)")
            let expected = try await desk.readLedger {
                try String.fetchOne($0, sql: "SELECT sum(quantity_lots) || '|' || sum(fee_e6) \(market)")
            }
            #expect(sums == [expected ?? ""])
            // A new fill gets a number that none has.
            let next = "SELECT last_value >= (SELECT max(fill_id) FROM fills) FROM fills_fill_id_seq"
            #expect(try await client.rows(next) == ["t"])
        }
    }

    @Test func `the role for others reads and cannot write, and nobody comes in as superuser`() async throws {
        try await withServer { _, client async throws in
            await #expect(throws: LedgerClient.Complaint.self) {
                try await client.rows("DELETE FROM fills WHERE false")
            }
            let supers = try await client.rows("SELECT rolname FROM pg_roles WHERE rolsuper", as: .writer)
            #expect(supers == ["postgres"])
            for role in [LedgerClient.Role.reader, .writer] {
                #expect(try await client.rows("SELECT 1", as: role) == ["1"])
            }
            await #expect(throws: LedgerClient.Complaint.self) { try await client.rows("SELECT 1", as: .superuser) }
        }
    }

    @Test func `a fill reaches order, position, cash and its own row`() async throws {
        try await withServer { desk, client async throws in
            #expect(try await desk.submit(TestOrder(price: "131.00"))["status"] == .text("filled"))
            let cash = try await desk.get("/readyz/positions?account=READY-HUNTER").body["cash"].text
            let booked = try await eventually {
                let stored = try await client.rows("SELECT balance_e6 FROM cash WHERE account = 'READY-HUNTER'")
                return stored.first.flatMap { Int64($0) }.map { FixedPoint.text($0, scale: 6) } == cash
            }
            #expect(booked)
            let fills = try await client.rows("SELECT side FROM fills WHERE account = 'READY-HUNTER'")
            #expect(!fills.isEmpty && fills.allSatisfy { $0 == "buy" })
            let pool = try await desk.get("/readyz/pool").body
            #expect(pool["size"].integer == 8)
        }
    }

    /// What a fault changes: a statement with its answers on a sound ledger and on a broken one.
    @Test(arguments: [
        ("index-dropped", "SELECT count(*) FROM pg_indexes WHERE indexname = 'fills_by_order'", "1", "0"),
        ("duplicate-index", "SELECT count(*) FROM pg_indexes WHERE indexname = 'orders_by_account'", "0", "1"),
        (
            "float-money",
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'cash' AND data_type = 'double precision'",
            "0", "1"
        ),
        ("orphan-fill", "SELECT count(*) FROM fills WHERE order_id NOT IN (SELECT order_id FROM orders)", "0", "1"),
        ("migration-pending", "SELECT count(*) FROM schema_revision", "3", "2"),
    ])
    func `each fault of the ledger breaks it as it does the file, twice if asked, and is taken back`(
        _ fault: String, _ sql: String, _ sound: String, _ broken: String
    ) async throws {
        try await withServer { desk, client async throws in
            for _ in 1...2 {
                _ = try await desk.faults.set(fault)
                #expect(try await client.rows(sql) == [broken])
            }
            _ = try await desk.faults.clear(fault)
            #expect(try await client.rows(sql) == [sound])
        }
    }

    @Test func `database-missing names a database that is not there, on a server that is`() async throws {
        try await withServer { desk, _ async throws in
            _ = try await desk.faults.set("database-missing")
            let client = try LedgerClient(desk)
            #expect(client.server.database == "data")
            let error = await #expect(throws: LedgerClient.Complaint.self) { try await client.rows("SELECT 1") }
            #expect(error?.text.contains("does not exist") == true)
            _ = try await desk.faults.clear("database-missing")
            #expect(try await LedgerClient(desk).rows("SELECT 1") == ["1"])
        }
    }

    @Test(arguments: ["two-heads", "dangling-parent"])
    func `a stray migration lies among those of the engine`(_ fault: String) async throws {
        try await withServer { desk, _ async throws in
            _ = try await desk.faults.set(fault)
            let folder = desk.record.ledger.migrations
            #expect(folder == desk.home.path + "/migrations-postgresql")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
            let books = try String(contentsOfFile: folder + "/0001_books.sql", encoding: .utf8)
            #expect(books.contains("fill_id       BIGSERIAL PRIMARY KEY") && !books.contains("INTEGER"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: desk.home.path + "/migrations").count == 3)
            _ = try await desk.faults.clear(fault)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
        }
    }

    @Test func `a home that was killed under float-money is served, without that fault's column`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let path = home.path + "/ledger.sqlite"
        try await blocking {
            let queue = try DatabaseQueue(path: path)
            try queue.write {
                try $0.execute(sql: "ALTER TABLE cash ADD COLUMN interest_amount REAL NOT NULL DEFAULT 0.1")
            }
            try queue.close()
        }
        try await serving(home, ledger: .postgresql) { desk async throws in
            let client = try LedgerClient(desk)
            let columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'cash' ORDER BY 1"
            #expect(try await client.rows(columns) == ["account", "balance_e6"])
            let rows = "SELECT count(*) FROM cash"
            let there = try await desk.readLedger { try Int.fetchOne($0, sql: rows) }
            #expect(try await client.rows(rows) == ["\(there ?? -1)"])
            let isLogged = try await eventually {
                try String(contentsOfFile: home.path + "/desk.log", encoding: .utf8).split(separator: "\n").contains {
                    $0.contains("ledger.columns_left_out") && $0.contains("cash.interest_amount")
                }
            }
            #expect(isLogged)
        }
    }

    @Test func `what was committed without an answer is not written again`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        try await serving(home, ledger: .postgresql) { desk async throws in
            let client = try LedgerClient(desk)
            let folder = try #require(try await client.rows("SHOW data_directory").first)
            func setStandby(_ name: String) async throws {
                let settings = try #require(FileHandle(forWritingAtPath: folder + "/postgresql.auto.conf"))
                try settings.seekToEnd()
                try settings.write(contentsOf: Data("synchronous_standby_names = '\(name)'\n".utf8))
                try settings.close()
                let lock = try String(contentsOfFile: folder + "/postmaster.pid", encoding: .utf8)
                let server = try #require(lock.split(separator: "\n").first.flatMap { Int32($0) })
                try #require(kill(server, SIGHUP) == 0)
            }
            let desks = "FROM pg_stat_activity WHERE application_name = 'practice-desk'"
            // A COMMIT waits for a standby when it has been carried out, and is answered after that. On the connections
            // that the desk has it does not: the desk has to make new ones.
            _ = try await client.rows("ALTER ROLE desk SET synchronous_commit = on", as: .writer)
            try await setStandby("nobody")
            #expect(try await eventually { try await client.rows("SHOW synchronous_standby_names") == ["nobody"] })
            _ = try await client.rows("SELECT pg_terminate_backend(pid) \(desks)", as: .writer)
            // Twice: the first fill may come too late for the batch that waits first.
            for number in 1...2 {
                let order = TestOrder(id: "hp-\(number)", price: "131.00")
                #expect(try await desk.submit(order)["status"] == .text("filled"))
                var waiting: [String] = []
                let isWaiting = try await eventually {
                    waiting = try await client.rows("SELECT pid \(desks) AND wait_event = 'SyncRep'", as: .writer)
                    return !waiting.isEmpty
                }
                try #require(isWaiting)
                let pid = waiting[0]
                _ = try await client.rows("SELECT pg_terminate_backend(\(pid))", as: .writer)
                let isGone = try await eventually {
                    try await client.rows("SELECT pid \(desks) AND pid = \(pid)").isEmpty
                }
                #expect(isGone)
            }
            try await setStandby("")
            let isBooked = try await eventually {
                let cash = try await desk.get("/readyz/positions?account=READY-HUNTER").body["cash"].text
                let stored = try await client.rows("SELECT balance_e6 FROM cash WHERE account = 'READY-HUNTER'")
                return stored.first.flatMap { Int64($0) }.map { FixedPoint.text($0, scale: 6) } == cash
            }
            #expect(isBooked)
            #expect(try await client.rows(desk.record.ledger.books.contradictions).isEmpty)
        }
    }

    @Test func `the server ends with the desk, and leaves nothing behind`() async throws {
        let home = try await TestFolder.home()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        var folder = ""
        var port = 0
        try await serving(home, ledger: .postgresql) { desk async throws in
            let client = try LedgerClient(desk)
            port = client.server.port
            folder = try #require(try await client.rows("SHOW data_directory").first)
            #expect(FileManager.default.fileExists(atPath: folder))
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(!FileManager.default.fileExists(atPath: String(folder.dropLast("/data".count))))
        #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
    }
}
