import CLibpq
import Glibc
import NIOPosix

/// Somebody else who uses the server: the desk, or whoever looks after it. By libpq alone, so that nothing of ours is
/// in between. Its calls block, and making a database takes seconds on a busy machine: they wait on threads of their own,
/// so that the tests beside them go on.
///
/// `@unchecked Sendable`: each test uses its own, one call at a time.
final class Customer: @unchecked Sendable {
    /// As many as may wait at once: a statement can wait for what another customer has locked.
    static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 8)
        threads.start()
        return threads
    }()

    private let connection: OpaquePointer?

    /// Connects to the server, to its pooler or to its standby.
    init(
        _ server: PostgreSQLServer, as user: String = "postgres", to database: String = "postgres",
        throughPooler: Bool = false, atStandby: Bool = false
    ) async throws {
        let port = throughPooler ? server.poolerPort : atStandby ? server.standbyPort : server.port
        let words =
            "host=127.0.0.1 port=\(port) dbname=\(database) user=\(user) password=\(PostgreSQLServer.password) "
            + "sslmode=disable application_name=customer"
        // A pointer is not Sendable; this one goes to the one that asked for it.
        let address = try await Self.threads.runIfActive { UInt(bitPattern: PQconnectdb(words)) }
        connection = OpaquePointer(bitPattern: address)
        guard PQstatus(connection) == CONNECTION_OK else {
            throw PostgreSQLServer.Trouble(String(cString: PQerrorMessage(connection)))
        }
    }

    deinit { PQfinish(connection) }

    /// Runs statements, and gives the first column of the last one's rows.
    @discardableResult
    func run(_ sql: String) async throws -> [String] {
        try await Self.threads.runIfActive { try self.execute(sql) }
    }

    private func execute(_ sql: String) throws -> [String] {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_TUPLES_OK, PGRES_COMMAND_OK].contains(PQresultStatus(result)) else {
            throw PostgreSQLServer.Trouble(String(cString: PQresultErrorMessage(result)))
        }
        return (0..<PQntuples(result)).map { String(cString: PQgetvalue(result, $0, 0)) }
    }

    /// Makes a database for one test, filled as a desk would, and gives its name.
    static func database(_ server: PostgreSQLServer, _ name: String, filling sql: String = "") async throws -> String {
        let admin = try await Customer(server)
        try await admin.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try await admin.run("CREATE DATABASE \(name) OWNER desk")
        let desk = try await Customer(server, as: "desk", to: name)
        try await desk.run(ledger)
        if !sql.isEmpty { try await desk.run(sql) }
        return name
    }

    private static let ledger = """
        CREATE TABLE orders (id bigint PRIMARY KEY, account text NOT NULL, quantity numeric(18, 2) NOT NULL);
        CREATE INDEX orders_by_account ON orders (account);
        CREATE TABLE fills (
            id serial PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, price numeric(18, 4) NOT NULL,
            lots integer NOT NULL);
        CREATE INDEX fills_by_order ON fills (order_id);
        CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
        INSERT INTO alembic_version VALUES ('0003');
        INSERT INTO orders SELECT n, CASE n % 2 WHEN 0 THEN 'MM-1' ELSE 'MM-2' END, n FROM generate_series(1, 200) n;
        INSERT INTO fills (order_id, price, lots) SELECT o.id, 1.5, n FROM orders o, generate_series(1, 100) n;
        """
}
