import Probes
import Readiness
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct PostgreSQLCatalogueTests {
    private func schema(_ name: String, _ sql: String = "") async throws -> LedgerSchema {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, name, filling: sql)
        return try await ServerLedger.connected(ServerLedger.description(server, database)) {
            try await $0.schema { _ in true }.value
        }
    }

    private func table(_ name: String, in schema: LedgerSchema) throws -> LedgerSchema.Table {
        try #require(schema.tables.first { $0.name == name }, "\(schema.tables.map(\.name))")
    }

    @Test func `tables come with columns, types, keys, indexes and references`() async throws {
        let schema = try await schema("schema1")
        #expect(schema.tables.map(\.name) == ["alembic_version", "fills", "orders"])
        let fills = try table("fills", in: schema)
        #expect(fills.columns.map(\.name) == ["id", "order_id", "price", "lots"])
        #expect(fills.columns.map(\.declaredType) == ["integer", "bigint", "numeric(18,4)", "integer"])
        #expect(fills.columns.allSatisfy { $0.floatValues == 0 })
        #expect(fills.primaryKey == ["id"])
        #expect(fills.indexes.map(\.name) == ["fills_by_order"])
        #expect(fills.indexes.first?.columns == ["order_id"])
        #expect(fills.indexes.first?.variant == "")
        #expect(fills.indexes.first?.scans == 0)
        #expect(fills.foreignKeys == [.init(columns: ["order_id"], parent: "orders")])
        #expect(schema.statisticsSeconds.map { $0 < 86_400 } == true)
    }

    @Test func `floating-point columns are told with the values that they hold, below a domain too`() async throws {
        let schema = try await schema(
            "schema2",
            """
            CREATE DOMAIN weight AS real; CREATE TABLE odd (price double precision, w weight, "na""me, x" text);
            INSERT INTO odd VALUES (0.1, 1, 'a'), (NULL, 2, 'b');
            """)
        let odd = try table("odd", in: schema)
        #expect(odd.columns.map(\.declaredType) == ["double precision", "real", "text"])
        #expect(odd.columns.map(\.floatValues) == [1, 2, 0])
        #expect(odd.columns.last?.name == "na\"me, x")
    }

    @Test func `what tells indexes apart is told: rows, expressions, order, method, columns carried along`()
        async throws
    {
        let schema = try await schema(
            "schema3",
            """
            CREATE INDEX i_desc ON orders (account DESC); CREATE INDEX i_hash ON orders USING hash (account);
            CREATE INDEX i_some ON orders (account) WHERE id > 5; CREATE INDEX i_expression ON orders (lower(account));
            CREATE INDEX i_include ON orders (account) INCLUDE (quantity); CREATE INDEX i_same ON orders (account);
            CREATE UNIQUE INDEX i_nulls ON orders (account, id) NULLS NOT DISTINCT;
            CREATE INDEX i_collation ON orders (account COLLATE "POSIX");
            """)
        let indexes = Dictionary(
            uniqueKeysWithValues: try table("orders", in: schema).indexes.map { ($0.name, $0) })
        #expect(indexes["i_same"]?.variant == "")
        #expect(indexes["orders_by_account"]?.variant == "")
        for name in ["i_desc", "i_hash", "i_include", "i_nulls", "i_collation"] {
            #expect(indexes[name]?.variant.isEmpty == false, "\(name)")
        }
        #expect(indexes["i_include"]?.columns == ["account"])
        #expect(indexes["i_some"]?.isPartial == true)
        #expect(indexes["i_expression"]?.columns == [""])
        #expect(indexes["i_nulls"]?.isUnique == true)
        #expect(!indexes.values.contains { !$0.isValid })
    }

    @Test func `an index that was left half built by duplicates is told as invalid`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "schema4")
        let desk = try await Customer(server, as: "desk", to: database)
        await #expect(throws: PostgreSQLServer.Trouble.self) {
            try await desk.run(
                "CREATE UNIQUE INDEX CONCURRENTLY fills_once ON fills (order_id)")
        }
        let schema = try await ServerLedger.connected(ServerLedger.description(server, database)) {
            try await $0.schema { _ in true }.value
        }
        #expect(try table("fills", in: schema).indexes.filter { !$0.isValid }.map(\.name) == ["fills_once"])
    }

    @Test func `rows without their parents are found, with the key where that is a number`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(server, "orphans")
        let admin = try await Customer(server, to: database)
        try await admin.run(
            """
            CREATE TABLE notes (a int, b int, PRIMARY KEY (a, b));
            CREATE TABLE lines (name text PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES notes);
            INSERT INTO lines VALUES ('half', 1, NULL); SET session_replication_role = replica;
            INSERT INTO fills VALUES (90001, 777, 1, 1); INSERT INTO lines VALUES ('whole', 1, 2);
            """)
        let ledger = ServerLedger.description(server, database)
        let all = try await ServerLedger.connected(ledger) { try await $0.orphans(limit: 10).value }
        #expect(
            all == [
                OrphanRow(table: "fills", row: 90_001, parent: "orders"),
                OrphanRow(table: "lines", row: nil, parent: "notes"),
            ])
        let first = try await ServerLedger.connected(ledger) { try await $0.orphans(limit: 1).value }
        #expect(first.count == 1)
    }

    @Test func `rows are folded as they come, each value by its type`() async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, try await Customer.database(server, "fold"))
        try await ServerLedger.connected(ledger) { connection in
            let row = try await connection.fold(
                "SELECT 7::int, 1.50::numeric, 'a', NULL::text, 0.5::float8, true, $1::text", parameters: ["x"],
                columns: 7, into: [LedgerValue]()
            ) { found, row throws(ProbeError) in found = row }
            #expect(
                row.value == [
                    .integer(7), .text("1.50"), .text("a"), .null, .real(0.5), .integer(1), .text("x"),
                ])
            let count = try await connection.fold(
                "SELECT id, lots FROM fills", parameters: [], columns: 2, into: 0
            ) { count, _ throws(ProbeError) in count += 1 }
            #expect(count.value == 20_000)
        }
    }

    @Test(arguments: ["SELECT 1", "SELECT 1, 2, 3", "SELECT 1, 2 WHERE false", "VALUES (1, 2)", "DELETE FROM fills"])
    func `books of another form make no sense`(sql: String) async throws {
        let server = try await PostgreSQLServer.shared
        let ledger = ServerLedger.description(server, "postgres")
        _ = try await ServerLedger.connected(ledger) { connection in
            await #expect(throws: ProbeError.self) {
                try await connection.fold(sql, parameters: [], columns: sql.contains("false") ? 3 : 2, into: 0) {
                    _, _ throws(ProbeError) in
                }
            }
        }
    }

    @Test(arguments: ["SELECT decode('00', 'hex')", "SELECT repeat('x', 70000)"])
    func `a blob, and a text that is too long, make no sense, and the connection lives on`(sql: String) async throws {
        let server = try await PostgreSQLServer.shared
        try await ServerLedger.connected(ServerLedger.description(server, "postgres")) { connection in
            await #expect(throws: ProbeError.self) {
                try await connection.fold(sql, parameters: [], columns: 1, into: 0) { _, _ throws(ProbeError) in }
            }
            let answer3 = try await connection.run(.init(name: "q", sql: "SELECT 1", parameters: []))
            #expect(answer3.value == 1)
        }
    }

    @Test func `a row of a hundred megabytes is not taken in`() async throws {
        let server = try await PostgreSQLServer.shared
        _ = try await ServerLedger.connected(ServerLedger.description(server, "postgres")) { connection in
            let huge = CriticalQuery(name: "huge", sql: "SELECT repeat('x', 100000000)", parameters: [])
            await #expect(throws: ProbeError(.nonsense, at: .ledger, "a row of more than 64 MiB")) {
                try await connection.run(huge)
            }
        }
    }

    @Test func `what a database is made of is told by names, in the words of the other engine`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(
            server, "shape1",
            filling: """
                CREATE TABLE notes (id bigserial PRIMARY KEY, account text, body text, UNIQUE (account, body));
                CREATE UNIQUE INDEX notes_late ON notes (body DESC) WHERE account IS NOT NULL;
                CREATE INDEX notes_lower ON notes (lower(body));
                """)
        let shape = try await ServerLedger.connected(ServerLedger.description(server, database)) {
            try await $0.shape(beside: "alembic_version").value
        }
        func parts(_ kind: SchemaShape.Kind) -> [String] {
            shape.parts.filter { $0.kind == kind }.map { $0.name + ($0.definition.isEmpty ? "" : ": \($0.definition)") }
        }
        #expect(parts(.table) == ["alembic_version", "fills", "notes", "orders"])
        #expect(parts(.column).filter { $0.hasPrefix("notes") } == ["notes.id", "notes.account", "notes.body"])
        #expect(
            Set(parts(.index)) == [
                "fills_by_order: on fills (order_id)", "orders_by_account: on orders (account)",
                "UNIQUE notes (account, body): unique on notes (account, body)",
                "notes_late: unique on notes (body desc) of some rows", "notes_lower: on notes (an expression)",
            ])
        #expect(parts(.reference) == ["fills (order_id) to orders"])
    }

    @Test func `a namesake in another schema stands in for nothing`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(
            server, "shape2",
            filling: """
                CREATE SCHEMA archive;
                CREATE TABLE archive.orders (id bigint PRIMARY KEY);
                CREATE TABLE archive.fills (id bigint PRIMARY KEY, order_id bigint REFERENCES archive.orders, old text);
                CREATE INDEX fills_by_order ON archive.fills (order_id);
                CREATE TABLE archive.alembic_version (version_num text);
                DROP INDEX public.fills_by_order;
                ALTER TABLE public.fills DROP CONSTRAINT fills_order_id_fkey, DROP COLUMN price;
                CREATE SCHEMA tool;
                CREATE TABLE tool.applied (revision text);
                """)
        try await ServerLedger.connected(ServerLedger.description(server, database)) { connection in
            func names(_ kind: SchemaShape.Kind, beside table: String) async throws -> [String] {
                try await connection.shape(beside: table).value.parts.filter { $0.kind == kind }.map(\.name)
            }
            // The last is the only table in its schema: then the one that names lead to first is meant.
            for table in ["alembic_version", "public.alembic_version", "tool.applied"] {
                #expect(try await names(.table, beside: table) == ["alembic_version", "fills", "orders"])
                let columns = try await names(.column, beside: table).filter { $0.hasPrefix("fills") }
                #expect(columns == ["fills.id", "fills.order_id", "fills.lots"])
                #expect(try await names(.index, beside: table) == ["orders_by_account"])
                #expect(try await names(.reference, beside: table).isEmpty)
            }
            let archive = "archive.alembic_version"
            #expect(try await names(.index, beside: archive) == ["fills_by_order"])
            #expect(try await names(.reference, beside: archive) == ["fills (order_id) to orders"])
            await #expect(throws: ProbeError.self) { try await connection.shape(beside: "a.b.c") }
        }
    }

    @Test func `an index that is not valid and a reference that was never looked through say so`() async throws {
        let server = try await PostgreSQLServer.shared
        let database = try await Customer.database(
            server, "shape3",
            filling: """
                ALTER TABLE fills DROP CONSTRAINT fills_order_id_fkey,
                ADD FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
                """)
        let desk = try await Customer(server, as: "desk", to: database)
        await #expect(throws: PostgreSQLServer.Trouble.self) {
            try await desk.run("CREATE UNIQUE INDEX CONCURRENTLY fills_once ON fills (order_id)")
        }
        let parts = try await ServerLedger.connected(ServerLedger.description(server, database)) {
            try await $0.shape(beside: "alembic_version").value.parts
        }
        #expect(parts.first { $0.name == "fills_once" }?.definition == "unique on fills (order_id) INVALID")
        #expect(parts.first { $0.name == "fills_by_order" }?.definition == "on fills (order_id)")
        #expect(parts.first { $0.kind == .reference }?.definition == "NOT VALID")
    }
}
