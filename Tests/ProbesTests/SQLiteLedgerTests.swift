import FoundationEssentials
import GRDB
import Glibc
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SQLiteLedgerTests {
    @Test(arguments: [true, false])
    func `a healthy ledger is read and nothing is left beside it`(_ wal: Bool) async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: wal).close()
        let before = try Data(contentsOf: URL(filePath: home.ledgerPath))
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
        try await SampleLedger.connected(home) { connection in
            let facts = try await connection.facts()
            #expect(facts.value.isReadOnly)
            #expect(facts.value.tables == 4)
            #expect(facts.value.version.hasPrefix("3."))
            #expect(facts.transcript.contains("immutable") == wal)
            let rows = try await connection.run(SampleLedger.query)
            #expect(rows.value == 300)
            #expect(rows.elapsed > .zero)
            #expect(rows.transcript.contains("300 rows in "))
            let revisions = try await connection.appliedRevisions(in: "schema_revision").value
            #expect(revisions == ["0001", "0002"])
            #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
        }
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
        #expect(try Data(contentsOf: URL(filePath: home.ledgerPath)) == before)
    }

    @Test func `rows that a live writer adds are seen`() async throws {
        let home = try DeskHome()
        let writer = try SampleLedger.make(home.ledgerPath, wal: true)
        #expect(SampleLedger.sideFiles(home.ledgerPath).contains("-wal"))
        try await SampleLedger.connected(home) { connection in
            let seen1 = try await connection.facts().transcript.contains("immutable")
            #expect(!seen1)
            let before = try await connection.run(SampleLedger.query).value
            try await writer.write { try $0.execute(sql: "INSERT INTO fills (order_id, price_e4) VALUES (2, 9)") }
            let after = try await connection.run(SampleLedger.query).value
            #expect(after == before + 1)
        }
        try writer.close()
    }

    @Test func `a writer that comes after an immutable opening is noticed`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home) { connection in
            let seen2 = try await connection.facts().transcript.contains("immutable")
            #expect(seen2)
            let writer = try DatabaseQueue(path: home.ledgerPath)
            try await writer.write { try $0.execute(sql: "INSERT INTO fills (order_id, price_e4) VALUES (2, 9)") }
            let seen3 = try await connection.run(SampleLedger.query).value
            #expect(seen3 == 301)
            let seen4 = try await connection.facts().transcript.contains("immutable")
            #expect(!seen4)
            try writer.close()
        }
    }

    @Test func `a ledger that another process holds open is not taken for immutable`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        // A process that has the file open and does nothing: not even a lock tells of it.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 9, home.ledgerPath, O_RDONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var pid: pid_t = 0
        let arguments = [strdup("sleep"), strdup("600"), nil]
        defer { for argument in arguments { free(argument) } }
        try #require(posix_spawn(&pid, "/bin/sleep", &actions, nil, arguments, environ) == 0)
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        try await SampleLedger.connected(home) { connection in
            let seen5 = try await connection.facts().transcript.contains("immutable")
            #expect(!seen5)
            let seen6 = try await connection.run(SampleLedger.query).value
            #expect(seen6 == 300)
        }
    }

    @Test func `trap 5: a missing ledger is unreachable and stays missing`() async throws {
        let home = try DeskHome()
        for path in [home.ledgerPath, home.path + "/no/such/folder/ledger.sqlite"] {
            let error = await connecting(home, path)
            #expect(error?.meeting == .unreachable)
            #expect(error?.endpoint == .ledger)
            #expect(error?.outcome(whereReachabilityIsSubject: true) == .fail(.unreachable))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `what is not a database is nonsense`() async throws {
        let home = try DeskHome()
        #expect(await connecting(home, home.path)?.meeting == .nonsense)
        let garbage = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0xA5, count: 8176)
        for bytes in [[], Array("not a database".utf8), [UInt8](repeating: 7, count: 5000), garbage] {
            try Data(bytes).write(to: URL(filePath: home.ledgerPath))
            #expect(await connecting(home, home.ledgerPath)?.meeting == .nonsense)
            #expect(try Data(contentsOf: URL(filePath: home.ledgerPath)) == Data(bytes))
        }
        let pipe = home.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(await connecting(home, pipe)?.meeting == .nonsense)
        #expect(await connecting(home, "file:x?mode=rwc")?.meeting == .nonsense)
        #expect(await connecting(home, ":memory:")?.meeting == .nonsense)
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `another engine is not offered`() async throws {
        let home = try DeskHome()
        #expect(await connecting(home, home.ledgerPath, engine: "postgresql")?.meeting == .notOffered)
    }

    private func connecting(_ home: DeskHome, _ path: String, engine: String = "sqlite") async -> ProbeError? {
        do {
            try home.write(address: "http://127.0.0.1:1")
            let probe = SQLiteLedger(source: RecordSource(try home.record()))
            return await trouble { () throws(ProbeError) in
                try await probe.connect(SampleLedger.description(path, engine: engine))
            }
        } catch {
            Issue.record(error)
            return nil
        }
    }

    @Test func `a file that is replaced or removed is not read on`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: false).close()
        try await SampleLedger.connected(home) { connection in
            _ = try await connection.facts()
            try FileManager.default.removeItem(atPath: home.ledgerPath)
            let error = await trouble { () throws(ProbeError) in try await connection.run(SampleLedger.query) }
            #expect(error?.meeting == .unreachable)
            #expect(!FileManager.default.fileExists(atPath: home.ledgerPath))
        }
    }

    @Test func `a query is stopped when its task is cancelled`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home, limit: .seconds(3600)) { connection in
            let task = Task {
                await trouble { () throws(ProbeError) in try await connection.run(SampleLedger.endless) }
            }
            // At whatever point this reaches it, before or while it runs, it has to end.
            await Task.yield()
            task.cancel()
            #expect(await task.value?.meeting == .cancelled)
            let rows = try await connection.run(SampleLedger.query).value
            #expect(rows == 300)
        }
    }

    @Test func `a query that goes on and on is silence`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home, limit: .seconds(1)) { connection in
            let error = await trouble { () throws(ProbeError) in try await connection.run(SampleLedger.endless) }
            #expect(error == ProbeError(.unreachable, at: .ledger, "no whole answer within 1.00 s"))
            let rows = try await connection.run(SampleLedger.query).value
            #expect(rows == 300)
        }
    }

    @Test func `a slow query holds up nobody else`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home, limit: .seconds(3600)) { slow in
            try await SampleLedger.connected(home) { quick in
                let endless = (0..<8).map { _ in
                    Task { await trouble { () throws(ProbeError) in try await slow.run(SampleLedger.endless) } }
                }
                let rows = try await quick.run(SampleLedger.query).value
                #expect(rows == 300)
                for task in endless { task.cancel() }
                for task in endless { #expect(await task.value?.meeting == .cancelled) }
            }
        }
    }

    @Test(arguments: [
        "DELETE FROM fills", "SELECT 1; DELETE FROM fills", "PRAGMA user_version = 7", "ATTACH '/tmp/x' AS y", "",
        "WITH a AS (SELECT 1) DELETE FROM fills", "SELECT no_such_column FROM fills", "SELECT ?, ?", "-- nothing",
        #"SELECT "text" FROM fills"#,
    ])
    func `a critical query that is not one good SELECT is nonsense`(_ sql: String) async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home) { connection in
            let query = CriticalQuery(name: "bad", sql: sql, parameters: ["one"])
            let ran = await trouble { () throws(ProbeError) in try await connection.run(query) }
            #expect(ran?.meeting == .nonsense, "\(ran?.detail ?? "it ran")")
            let planned = await trouble { () throws(ProbeError) in try await connection.plan(of: query) }
            #expect(planned?.meeting == .nonsense, "\(planned?.detail ?? "it was planned")")
            let rows = try await connection.run(SampleLedger.query).value
            #expect(rows == 300)
        }
    }

    @Test(arguments: [
        "", "a b", "x;DROP TABLE fills", "a\"b", "sqlite_master WHERE 1--", "9lives", "no_such_table", "fills",
    ])
    func `a revision table that is none is nonsense`(_ name: String) async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: false).close()
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in try await connection.appliedRevisions(in: name) }
            #expect(error?.meeting == .nonsense, "\(error?.detail ?? "an answer")")
        }
    }

    @Test func `a revision that is not text is nonsense`() async throws {
        let home = try DeskHome()
        let queue = try SampleLedger.make(home.ledgerPath, wal: false)
        try await queue.write { try $0.execute(sql: "CREATE TABLE r (revision); INSERT INTO r VALUES (3)") }
        try queue.close()
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in try await connection.appliedRevisions(in: "r") }
            #expect(error?.meeting == .nonsense)
        }
    }

    @Test func `a closed connection is an error of our side`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home) { connection in
            await connection.close()
            let error = await trouble { () throws(ProbeError) in try await connection.facts() }
            #expect(error?.meeting == .ourSide)
        }
    }

    @Test func `the record is read again for each description`() async throws {
        let home = try DeskHome()
        try home.write(address: "http://127.0.0.1:1", queries: [SampleLedger.query])
        let probe = SQLiteLedger(source: RecordSource(try home.record()))
        let first = try await probe.describe()
        #expect(first.value.path == home.ledgerPath)
        #expect(first.value.criticalQueries == [SampleLedger.query])
        #expect(!first.transcript.contains(DeskHome.token))
        try home.write(address: "http://127.0.0.1:1", ledger: "/nowhere/ledger.sqlite")
        let second = try await probe.describe().value
        #expect(second.path == "/nowhere/ledger.sqlite")
        try FileManager.default.removeItem(atPath: home.recordPath)
        let error = await trouble { () throws(ProbeError) in try await probe.describe() }
        #expect(error?.meeting == .unreachable)
        #expect(error?.endpoint == .ledger)
    }
}
