import FoundationEssentials
import GRDB
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct LedgerSchemaTests {
    /// The schema of a ledger that a script makes.
    private func schema(_ script: String, wal: Bool = true) async throws -> Answer<LedgerSchema> {
        let home = try DeskHome()
        try HostileLedger.make(home.ledgerPath, script, wal: wal)
        let answer = try await SampleLedger.connected(home) { try await $0.schema { _ in true } }
        #expect(SampleLedger.sideFiles(home.ledgerPath).isEmpty)
        return answer
    }

    @Test func `tables, keys, indexes and references are as they were declared`() async throws {
        let tables = try await schema(
            """
            CREATE TABLE accounts (name TEXT PRIMARY KEY, tier TEXT NOT NULL);
            CREATE TABLE orders (
                order_id INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, client TEXT UNIQUE,
                quantity_lots INTEGER NOT NULL, twice INTEGER AS (quantity_lots * 2) STORED, odd);
            CREATE INDEX orders_by_account ON orders (account, quantity_lots DESC);
            CREATE INDEX orders_large ON orders (quantity_lots) WHERE quantity_lots > 100;
            CREATE UNIQUE INDEX orders_by_name ON orders (lower(client), account);
            CREATE TABLE legs (
                order_id INTEGER, leg INTEGER, other_order INTEGER, other_leg INTEGER,
                PRIMARY KEY (leg, order_id), FOREIGN KEY (order_id) REFERENCES orders (order_id),
                FOREIGN KEY (other_order, other_leg) REFERENCES legs (order_id, leg)) WITHOUT ROWID;
            CREATE VIEW open_orders AS SELECT * FROM orders;
            INSERT INTO accounts VALUES ('A', 'hunter'), ('B', 'scout');
            INSERT INTO orders (account, quantity_lots) VALUES ('A', 1), ('A', 2), ('B', 3);
            ANALYZE;
            """
        ).value.tables
        #expect(tables.map(\.name) == ["accounts", "legs", "orders"])
        #expect(tables.map(\.rows) == [2, 0, 3])
        #expect(tables.map(\.primaryKey) == [["name"], ["leg", "order_id"], ["order_id"]])
        #expect(
            tables[2].columns.map(\.name) == ["order_id", "account", "client", "quantity_lots", "twice", "odd"])
        #expect(tables[2].columns.map(\.declaredType) == ["INTEGER", "TEXT", "TEXT", "INTEGER", "INTEGER", ""])
        #expect(
            tables[2].indexes == [
                .init(
                    name: "orders_by_account", columns: ["account", "quantity_lots"], isUnique: false,
                    isPartial: false, collations: ["BINARY", "BINARY"]),
                .init(
                    name: "orders_by_name", columns: ["", "account"], isUnique: true, isPartial: false,
                    collations: ["BINARY", "BINARY"]),
                .init(
                    name: "orders_large", columns: ["quantity_lots"], isUnique: false, isPartial: true,
                    collations: ["BINARY"]),
                .init(
                    name: "sqlite_autoindex_orders_1", columns: ["client"], isUnique: true, isPartial: false,
                    collations: ["BINARY"]),
            ])
        #expect(tables[0].indexes.isEmpty && tables[1].indexes.isEmpty, "an index of the key is not beside it")
        #expect(
            tables[2].foreignKeys == [.init(columns: ["account"], parent: "accounts", parentCollations: ["BINARY"])])
        #expect(
            tables[1].foreignKeys == [
                .init(columns: ["order_id"], parent: "orders", parentCollations: ["BINARY"]),
                .init(
                    columns: ["other_order", "other_leg"], parent: "legs", parentCollations: ["BINARY", "BINARY"]),
            ])
    }

    @Test func `floating-point values are counted whatever was declared`() async throws {
        let answer = try await schema(
            """
            CREATE TABLE money (whole INTEGER, binary REAL, loose NUMERIC, bare, word TEXT, "a ""b" DECIMAL(10,2));
            INSERT INTO money VALUES (1, 1, 1, 1, 1.5, 1), (1.5, 2, 0.1, 0.1, 'x', 2.50), (NULL, NULL, '0.25', '0.25',
            NULL, x'00'), ('x', 'x', 'x', 9e99, 2.5, 3);
            """)
        let columns = try #require(answer.value.tables.first).columns
        #expect(columns.map(\.name) == ["whole", "binary", "loose", "bare", "word", "a \"b"])
        #expect(columns.map(\.floatValues) == [1, 2, 2, 2, 0, 1])
        #expect(answer.transcript.contains("binary REAL (2 floating-point values)"))
    }

    @Test func `texts are counted by what they look like`() async throws {
        let decimals = ["0", "1", "+1", "-0.50", "12345678901234567890.000000001", "00.1"]
        let odd = [
            "1e-3", "1E5", ".5", "-.5", "1.", "1,000.50", "1.2.3", " 1", "1 ", "$5", "(5)", "--5", "5-3", "12 USD",
            "0x1F",
        ]
        let others = ["", " ", "USD", "NaN", "inf", "-", "e5", "½"]
        let values = (decimals + odd + others).map { "('\($0)')" } + ["(NULL)", "(7)", "(1.5)", "(x'31')"]
        let nul = "(CAST(x'310032' AS TEXT))"
        let answer = try await schema(
            "CREATE TABLE t (a); INSERT INTO t VALUES \((values + [nul]).joined(separator: ", "));")
        let column = try #require(answer.value.tables.first?.columns.first)
        #expect(
            column.texts
                == .init(decimals: decimals.count, oddNumbers: odd.count + 1, others: others.count))
        #expect(column.floatValues == 1)
    }

    @Test func `collations of columns, indexes, keys and parents are told`() async throws {
        let tables = try await schema(
            """
            CREATE TABLE p (id TEXT COLLATE NOCASE PRIMARY KEY, b TEXT UNIQUE);
            CREATE TABLE t (x TEXT COLLATE RTRIM REFERENCES p, y TEXT REFERENCES p (b), z TEXT REFERENCES gone (a),
                n INTEGER PRIMARY KEY);
            CREATE INDEX i ON t (x COLLATE NOCASE, y);
            """
        ).value.tables
        #expect(tables[0].columns.map(\.collation) == ["NOCASE", "BINARY"])
        #expect(tables[0].primaryKeyCollations == ["NOCASE"])
        #expect(tables[1].columns.map(\.collation) == ["RTRIM", "BINARY", "BINARY", "BINARY"])
        #expect(tables[1].primaryKeyCollations == nil)
        #expect(tables[1].indexes.map(\.collations) == [["NOCASE", "BINARY"]])
        let references = tables[1].foreignKeys.sorted { $0.columns[0] < $1.columns[0] }
        #expect(references.map(\.parentCollations) == [["NOCASE"], ["BINARY"], nil])
    }

    @Test func `names that are statements are only names`() async throws {
        let tables = try await schema(
            """
            CREATE TABLE "x""; DROP TABLE y; --" ("' OR 1=1" INTEGER PRIMARY KEY);
            CREATE TABLE y (a UNIQUE); INSERT INTO y VALUES (1.5);
            """
        ).value.tables
        #expect(tables.map(\.name) == ["x\"; DROP TABLE y; --", "y"])
        #expect(tables[0].primaryKey == ["' OR 1=1"] && tables[1].columns[0].floatValues == 1)
    }

    @Test func `a table of 1,500 columns is counted`() async throws {
        let names = (0..<1500).map { "c\($0)" }.joined(separator: ", ")
        let tables = try await schema(
            "CREATE TABLE wide (\(names)); INSERT INTO wide (c0, c999, c1000, c1499) VALUES (0.5, 0.5, 0.5, 0.5)"
        ).value.tables
        #expect(tables[0].rows == 1)
        #expect(tables[0].columns.enumerated().filter { $1.floatValues > 0 }.map(\.offset) == [0, 999, 1000, 1499])
    }

    @Test func `an empty ledger has no tables`() async throws {
        #expect(try await schema("CREATE TABLE t (x); DROP TABLE t").value.tables.isEmpty)
    }
}
