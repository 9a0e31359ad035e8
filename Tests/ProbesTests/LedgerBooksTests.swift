import FoundationEssentials
import GRDB
import Probes
import Readiness
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct LedgerBooksTests {
    private static let fills = 3000

    /// A ledger with fills as a desk keeps them.
    private func made(_ home: DeskHome, wal: Bool = true, more: String = "") throws {
        try HostileLedger.make(
            home.ledgerPath,
            """
            CREATE TABLE fills (
                id INTEGER PRIMARY KEY, account TEXT, symbol TEXT, side TEXT, lots INTEGER, price INTEGER, fee INTEGER,
                client TEXT);
            WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < \(Self.fills))
            INSERT INTO fills SELECT x, 'A' || (x % 3), 'SOL-USD', CASE x % 2 WHEN 0 THEN 'buy' ELSE 'sell' END, x, 7,
            NULL, 'a-client-order-id-of-some-length-' || x FROM n; \(more)
            """, wal: wal)
    }

    private static let select = "SELECT account, symbol, side, lots, price, fee, client FROM fills"

    @Test func `a statement that cannot be run is said to be one, whatever it asks about`() async throws {
        let home = try DeskHome()
        try made(home)
        let error = try await SampleLedger.connected(home) { connection in
            await trouble { () async throws(ProbeError) in
                try await connection.fold("SELECT n FROM nowhere", parameters: [], columns: 1, into: 0) {
                    count, _ throws(ProbeError) in count += 1
                }
            }
        }
        #expect(error?.detail.contains("running the statement: ") == true, "\(error?.detail ?? "none")")
        #expect(error?.detail.contains("books") == false)
    }

    @Test(arguments: [true, false])
    func `rows are folded in order, each value as it is stored`(_ wal: Bool) async throws {
        let home = try DeskHome()
        try made(home, wal: wal)
        try await SampleLedger.connected(home) { connection in
            let answer = try await connection.fold(
                Self.select + " ORDER BY id", parameters: [], columns: 7, into: [[LedgerValue]]()
            ) { rows, row throws(ProbeError) in rows.append(row) }
            #expect(answer.value.count == Self.fills)
            #expect(
                answer.value[0] == [
                    .text("A1"), .text("SOL-USD"), .text("sell"), .integer(1), .integer(7), .null,
                    .text("a-client-order-id-of-some-length-1"),
                ])
            #expect(answer.value[2999][3] == .integer(3000))
            #expect(answer.elapsed > .zero && answer.transcript.contains("3000 rows in "))
        }
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `parameters are bound, not pasted`() async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home) { connection in
            for (name, count) in [("A1", 1000), ("' OR 1=1 --", 0)] {
                let counted = try await connection.fold(
                    "WITH f AS (SELECT * FROM fills) SELECT lots FROM f WHERE account = ?", parameters: [name],
                    columns: 1, into: 0
                ) { count, _ throws(ProbeError) in count += 1 }
                #expect(counted.value == count)
                #expect(counted.transcript.contains(name))
            }
        }
    }

    @Test(arguments: [
        "DELETE FROM fills", "DELETE FROM fills RETURNING id", "UPDATE fills SET lots = 1 RETURNING id",
        "INSERT INTO fills (id) VALUES (99999) RETURNING id", "WITH a AS (SELECT 1) DELETE FROM fills RETURNING id",
        "SELECT 1; SELECT 2", "SELECT 1; DELETE FROM fills", "PRAGMA user_version", "PRAGMA journal_mode = DELETE",
        "ATTACH '/tmp/hp-never' AS x", "VACUUM INTO '/tmp/hp-never'", "BEGIN", "EXPLAIN SELECT 1", "VALUES (1)", "",
        "-- SELECT 1", ";", "SELECT", "SELECT 1, 2", "SELECT no_such FROM fills", "SELECT 1 WHERE ?",
        "SELECT load_extension('/nowhere.so')", "SELECT 1 /* \0",
    ])
    func `what is not one SELECT of the right width is nonsense`(_ sql: String) async throws {
        let home = try DeskHome()
        try made(home)
        let before = try Data(contentsOf: URL(filePath: home.ledgerPath))
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in
                try await connection.fold(sql, parameters: [], columns: 1, into: 0) { count, _ throws(ProbeError) in
                    count += 1
                }
            }
            #expect(error?.meeting == .nonsense && error?.endpoint == .ledger, "\(error?.detail ?? "it was folded")")
        }
        #expect(try Data(contentsOf: URL(filePath: home.ledgerPath)) == before)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/hp-never"))
    }

    @Test(arguments: [
        ("x'00ff'", "a blob"), ("zeroblob(1000)", "a blob"), ("CAST(x'ff41' AS TEXT)", "a text that is not UTF-8"),
        ("printf('%.*c', 65537, 'x')", "a text of 65537 bytes"),
    ])
    func `values that no book holds are handed on as such, and do not end the reading`(
        _ value: String, _ says: String
    ) async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home) { connection in
            let rows = try await connection.fold(
                "SELECT 1 UNION ALL SELECT \(value) UNION ALL SELECT 'text in a number''s place' UNION ALL SELECT 2",
                parameters: [], columns: 1, into: [LedgerValue]()
            ) { kept, row throws(ProbeError) in kept += row }.value
            #expect(
                rows == [.integer(1), .unreadable(says), .text("text in a number's place"), .integer(2)])
        }
    }

    @Test func `a text that would fill the memory is never made`() async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in
                try await connection.fold(
                    "SELECT hex(zeroblob(40000000))", parameters: [], columns: 1, into: 0
                ) { count, _ throws(ProbeError) in count += 1 }
            }
            #expect(error?.meeting == .nonsense && error?.detail.contains("too big") == true)
        }
    }

    @Test func `numbers, NULs and long texts come through unharmed`() async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home) { connection in
            let sql = """
                SELECT 9223372036854775807, -9223372036854775808, 0.1, 9e999, '', CAST(x'410042' AS TEXT), 'ä€😀',
                printf('%.*c', 65536, 'x')
                """
            let row = try await connection.fold(sql, parameters: [], columns: 8, into: [LedgerValue]()) {
                kept, row throws(ProbeError) in kept = row
            }.value
            #expect(
                row == [
                    .integer(.max), .integer(.min), .real(0.1), .real(.infinity), .text(""), .text("A\0B"),
                    .text("ä€😀"), .text(String(repeating: "x", count: 65_536)),
                ])
        }
    }

    @Test func `an error of the fold comes out as it is, and ends the reading`() async throws {
        let home = try DeskHome()
        try made(home)
        let complaint = ProbeError(.nonsense, at: .ledger, "row 5 makes no sense")
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in
                try await connection.fold(Self.select, parameters: [], columns: 7, into: 0) {
                    count, _ throws(ProbeError) in
                    count += 1
                    if count == 5 { throw complaint }
                    if count > 5 { throw ProbeError(ourSide: "it went on") }
                }
            }
            #expect(error == complaint)
            let rows = try await connection.fold(Self.select, parameters: [], columns: 7, into: 0) {
                count, _ throws(ProbeError) in count += 1
            }.value
            #expect(rows == Self.fills)
        }
    }

    private static let endless = """
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c
        """

    @Test(arguments: [endless, endless + " WHERE x < 0"])
    func `rows without end are stopped by the limit`(_ sql: String) async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home, limit: .seconds(1)) { connection in
            let error = await trouble { () throws(ProbeError) in
                try await connection.fold(sql, parameters: [], columns: 1, into: 0) { count, _ throws(ProbeError) in
                    count += 1
                }
            }
            #expect(error == ProbeError(.unreachable, at: .ledger, "no whole answer within 1.00 s"))
        }
    }

    @Test func `rows without end are stopped by cancelling`() async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home, limit: .seconds(3600)) { connection in
            let (started, starting) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                await trouble { () throws(ProbeError) in
                    try await connection.fold(Self.endless, parameters: [], columns: 1, into: 0) {
                        count, _ throws(ProbeError) in
                        count += 1
                        if count == 1000 { starting.finish() }
                    }
                }
            }
            for await _ in started {}
            task.cancel()
            #expect(await task.value?.meeting == .cancelled)
        }
    }

    @Test func `a writer that comes meanwhile makes the fold begin again from its start`() async throws {
        let home = try DeskHome()
        try made(home)
        try await SampleLedger.connected(home) { connection in
            let path = home.ledgerPath
            let hasWritten = Atomic(false)
            let rows = try await connection.fold(Self.select, parameters: [], columns: 7, into: 0) {
                count, _ throws(ProbeError) in
                count += 1
                guard count == 10, !hasWritten.exchange(true, ordering: .relaxed) else { return }
                do {
                    let writer = try DatabaseQueue(path: path)
                    try writer.write { try $0.execute(sql: "INSERT INTO fills (lots) VALUES (1), (2)") }
                    try writer.close()
                } catch { throw ProbeError(ourSide: "\(error)") }
            }.value
            #expect(rows == Self.fills + 2)
        }
    }
}
