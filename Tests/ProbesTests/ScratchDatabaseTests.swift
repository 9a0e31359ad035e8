import FoundationEssentials
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ScratchDatabaseTests {
    private static let script = """
        CREATE TABLE orders (order_id TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, note, twice AS (length(note)));
        CREATE TABLE fills (fill_id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders (order_id), UNIQUE (order_id, fill_id));
        CREATE INDEX fills_by_order ON fills (order_id COLLATE NOCASE, fill_id DESC) WHERE fill_id > 1;
        CREATE VIEW v AS SELECT 1;
        CREATE TRIGGER t AFTER INSERT ON fills BEGIN SELECT 1; END;
        """

    private func rehearse(_ scripts: [String]) async throws -> MigrationRehearsal {
        let home = try DeskHome()
        try home.write(address: "http://127.0.0.1:1")
        let folder = MigrationFolder(source: RecordSource(try home.record()))
        return try await folder.rehearse(
            scripts.enumerated().map { MigrationScript(name: "\($0).sql", sql: $1) }
        ).value
    }

    private func refusal(_ script: String) async throws -> String? {
        guard case .refused(let name, let reason) = try await rehearse(["CREATE TABLE a (b)", script]) else {
            return nil
        }
        #expect(name == "1.sql")
        return reason
    }

    @Test func `what scripts make in memory is what a ledger made by the same has`() async throws {
        let home = try DeskHome()
        try HostileLedger.make(home.ledgerPath, Self.script, wal: true)
        let shape = try await SampleLedger.connected(home) { try await $0.shape(beside: "schema_revision").value }
        #expect(try await rehearse([Self.script]) == .made(shape))
        let parts = Dictionary(shape.parts.map { ("\($0.kind) \($0.name)", $0.definition) }) { first, _ in first }
        #expect(parts["column orders.order_id"] == "TEXT NOT NULL PRIMARY KEY column 1 COLLATE NOCASE")
        #expect(parts["column orders.twice"] == "GENERATED")
        #expect(parts["index fills_by_order"] == "on fills (order_id collate nocase, fill_id desc) of some rows")
        #expect(parts["index UNIQUE fills (order_id, fill_id)"] == "unique on fills (order_id, fill_id)")
        #expect(parts["reference fills (order_id) to orders (order_id)"]?.isEmpty == true)
        #expect(parts["view v"] != nil && parts["trigger t"]?.contains("AFTER INSERT") == true)
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
    }

    @Test func `scripts build on each other, in their own transactions and with their pragmas`() async throws {
        let made = try await rehearse([
            "PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE a (b); COMMIT; PRAGMA journal_mode = WAL;",
            "INSERT INTO a VALUES (\"a text\"); ALTER TABLE a ADD COLUMN c TEXT;",
        ])
        guard case .made(let shape) = made else {
            Issue.record("\(made)")
            return
        }
        #expect(shape.parts.map(\.name) == ["a", "a.b", "a.c"])
    }

    @Test func `a script that fails is named, with the engine's words`() async throws {
        #expect(try await refusal("CREATE TABLE a (c)")?.contains("already exists") == true)
        #expect(try await refusal("CREATE TABLE x (y); nonsense") != nil)
    }

    @Test func `no script reaches a file`() async throws {
        let home = try DeskHome()
        let file = home.path + "/made.sqlite"
        for script in [
            "ATTACH DATABASE '\(file)' AS f; CREATE TABLE f.t (a)", "VACUUM INTO '\(file)'",
            "SELECT load_extension('\(file)')",
        ] {
            #expect(try await refusal(script) != nil, "\(script)")
        }
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `no script takes more room or time than it may have`() async throws {
        let rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
        #expect(
            try await refusal("INSERT INTO a \(rows) LIMIT 200000) SELECT zeroblob(1000) FROM n")?.contains("full")
                == true)
        #expect(
            try await refusal("INSERT INTO a \(rows)) SELECT 1 FROM n WHERE x < 0")?.contains("does not come to an end")
                == true)
    }
}
