import FoundationEssentials
import GRDB
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct LedgerIntegrityTests {
    @Test(arguments: [true, false])
    func `a sound ledger has no damage and no orphans`(_ isFull: Bool) async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try await SampleLedger.connected(home) { connection in
            let damage = try await connection.structuralDamage(isFull: isFull)
            #expect(damage.value.isEmpty)
            #expect(damage.transcript.contains(isFull ? "PRAGMA integrity_check" : "PRAGMA quick_check"))
            let orphans = try await connection.orphans(limit: 10).value
            #expect(orphans.isEmpty)
        }
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `an index that does not fit its table is seen by the full form only`() async throws {
        let home = try DeskHome()
        // The index is told to be on other values than it holds.
        try HostileLedger.make(
            home.ledgerPath,
            """
            CREATE TABLE t (a, b); CREATE INDEX t_by_a ON t (a);
            INSERT INTO t VALUES (1, 2), (3, 4), (5, 6);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = 'CREATE INDEX t_by_a ON t (b)' WHERE name = 't_by_a';
            """)
        try await SampleLedger.connected(home) { connection in
            let quick = try await connection.structuralDamage(isFull: false).value
            #expect(quick.isEmpty)
            let full = try await connection.structuralDamage(isFull: true).value
            #expect(full.contains { $0.contains("t_by_a") }, "\(full)")
        }
    }

    @Test(arguments: [true, false])
    func `pages of garbage are damage, and reading them is nonsense`(_ isFull: Bool) async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try HostileLedger.overwrite(home.ledgerPath, from: 4096, with: 0xA5)
        try await SampleLedger.connected(home) { connection in
            let damage = try await connection.structuralDamage(isFull: isFull).value
            #expect(!damage.isEmpty && damage.count <= 100)
            #expect(damage.allSatisfy { $0.count <= 200 })
            let schema = await trouble { () throws(ProbeError) in try await connection.schema { _ in true } }
            #expect(schema?.meeting == .nonsense && schema?.endpoint == .ledger)
            let folded = await trouble { () throws(ProbeError) in
                try await connection.fold(
                    "SELECT id, order_id, price_e4 FROM fills", parameters: [], columns: 3, into: 0
                ) { count, _ throws(ProbeError) in count += 1 }
            }
            #expect(folded?.meeting == .nonsense)
        }
    }

    @Test func `a ledger that was cut off is not even opened`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        let data = try Data(contentsOf: URL(filePath: home.ledgerPath))
        try data.prefix(data.count - 4096).write(to: URL(filePath: home.ledgerPath))
        try home.write(address: "http://127.0.0.1:1")
        let probe = SQLiteLedger(source: RecordSource(try home.record()))
        let error = await trouble { () throws(ProbeError) in
            try await probe.connect(SampleLedger.description(home.ledgerPath))
        }
        #expect(error?.meeting == .nonsense && error?.detail.contains("malformed") == true)
    }

    @Test func `a ledger whose catalogue is garbage is not even opened`() async throws {
        let home = try DeskHome()
        try SampleLedger.make(home.ledgerPath, wal: true).close()
        try HostileLedger.overwrite(home.ledgerPath, from: 100, with: 0xFF)
        try home.write(address: "http://127.0.0.1:1")
        let probe = SQLiteLedger(source: RecordSource(try home.record()))
        let error = await trouble { () throws(ProbeError) in
            try await probe.connect(SampleLedger.description(home.ledgerPath))
        }
        #expect(error?.meeting == .nonsense && error?.detail.contains("malformed") == true)
    }

    @Test func `rows without a parent are found, as many as are wanted`() async throws {
        let home = try DeskHome()
        try HostileLedger.make(
            home.ledgerPath,
            """
            CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
            CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents);
            CREATE TABLE named (key TEXT PRIMARY KEY, name TEXT REFERENCES parents (name)) WITHOUT ROWID;
            INSERT INTO parents VALUES (1, 'one');
            INSERT INTO children VALUES (10, 1), (11, 2), (12, NULL), (13, 3);
            INSERT INTO named VALUES ('a', 'one'), ('b', 'two');
            """)
        try await SampleLedger.connected(home) { connection in
            let orphans = try await connection.orphans(limit: 10)
            #expect(
                Set(orphans.value.map { "\($0.table) \($0.row ?? -1) \($0.parent)" })
                    == ["children 11 parents", "children 13 parents", "named -1 parents"])
            #expect(orphans.transcript.contains("3 rows"))
            for limit in [1, 2] {
                let some = try await connection.orphans(limit: limit).value
                #expect(some.count == limit)
            }
        }
    }

    @Test func `a reference to what cannot be referred to is nonsense`() async throws {
        let home = try DeskHome()
        try HostileLedger.make(
            home.ledgerPath,
            """
            CREATE TABLE parents (id, name); INSERT INTO parents VALUES (1, 'one');
            CREATE TABLE children (parent REFERENCES parents (name)); INSERT INTO children VALUES ('one');
            """)
        try await SampleLedger.connected(home) { connection in
            let error = await trouble { () throws(ProbeError) in try await connection.orphans(limit: 10) }
            #expect(error?.meeting == .nonsense)
        }
    }
}
