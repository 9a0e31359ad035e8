import Synchronization

/// A ledger in the PostgreSQL server that the desk has started for itself.
final class PostgreSQLLedger: Ledger {
    let engine = LedgerEngine.postgresql
    private let server: LedgerServer
    private let client: PostgreSQLClient
    private let handover = Mutex(Handover())

    private var place: String { server.place.text }

    /// What is known of the entries that are handed over again and again until they are written.
    private struct Handover {
        /// How many of the first are in the ledger.
        var written = 0
        /// A transaction whose COMMIT was sent and not answered, and how many are in the ledger if it was carried out.
        var asked: (transaction: String, entries: Int)?
    }

    /// Connects to a server that answers.
    init(_ server: LedgerServer) throws(HomeError) {
        self.server = server
        do throws(PostgreSQLClient.Failure) {
            client = try PostgreSQLClient(server.place, as: LedgerServerPlace.writer, server.writer)
        } catch {
            throw .ledger(path: server.place.text, message: "connecting: \(error)", trouble: .server)
        }
    }

    /// Starts a server and fills it from the home's file; or takes over the one that an earlier life of this process has
    /// started, as it is. Says which columns of the file were left out.
    static func open(
        in home: DeskHome, _ options: DeskOptions
    ) throws(HomeError) -> (ledger: PostgreSQLLedger, server: LedgerServer, leftOut: [String]) {
        if options.isRestarted {
            guard let handle = options.ledgerServer.flatMap(LedgerServer.Handle.init) else {
                throw .ledger(path: home.path, message: "no word of the ledger's server came along", trouble: .server)
            }
            let server = try LedgerServer.adopt(handle, in: home)
            return (try PostgreSQLLedger(server), server, [])
        }
        try home.renewMigrations(.postgresql)
        let server = try LedgerServer.start(in: home)
        do throws(HomeError) {
            let ledger = try PostgreSQLLedger(server)
            let leftOut = try ledger.fill(from: LedgerSource(path: home.ledger))
            return (ledger, server, leftOut)
        } catch {
            server.end()
            throw error
        }
    }

    func books() throws(HomeError) -> Books {
        try perform("reading the books") { client in
            // One look at the ledger: a sum of two of its states would be none of its own.
            try client.transaction { client in
                try client.say("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return try Books.read(PostgreSQLReader(client: client, place: place))
            }
        }
    }

    func revision() throws(HomeError) -> String? {
        try perform("reading the revision") { try PostgreSQLReader(client: $0, place: place).revision() }
    }

    /// None ever: the server is younger than the desk's first order, but for a desk that restarts in place.
    func cancelOrphans(atMicroseconds now: Int64) throws(HomeError) -> Int {
        try perform("cancelling orders") { client in
            var count = 0
            let names = Account.all.map { "'\($0.name)'" }.joined(separator: ", ")
            try client.say(
                """
                UPDATE orders SET status = 'cancelled', updated_at_us = \(now)
                WHERE account IN (\(names)) AND status = 'working' RETURNING 1
                """
            ) { _ in count += 1 }
            return count
        }
    }

    func write(_ entries: [LedgerEntry]) throws(HomeError) {
        try perform("writing") { client in
            let written = try settle(client)
            try client.transaction { client in
                for entry in entries.dropFirst(written) { try entry.write { try client.execute($0, $1) } }
                let transaction = try client.currentTransaction()
                handover.withLock { $0.asked = (transaction, entries.count) }
            }
            handover.withLock { $0 = Handover() }
        }
    }

    /// Finds out what became of a COMMIT that was not answered: what it has written must not be written again. Says how
    /// many entries are in the ledger.
    private func settle(_ client: PostgreSQLClient) throws -> Int {
        if let asked = handover.withLock(\.asked) {
            let isCommitted = try client.isCommitted(asked.transaction)
            handover.withLock { handover in
                if isCommitted { handover.written = asked.entries }
                handover.asked = nil
            }
        }
        return handover.withLock(\.written)
    }

    func execute(_ sql: String) throws(HomeError) { try perform("changing it") { try $0.say(sql) } }

    func openSession() throws(HomeError) -> any LedgerSession { try PostgreSQLSession(server) }

    func close() throws(HomeError) { client.close() }

    func setHeadMigration(applied: Bool) throws(HomeError) {
        let head = Migration.head(.postgresql)
        try perform("migrating") { client in
            try client.transaction { client in
                guard try head.isApplied(client) != applied else { return }
                if applied { try head.apply(client) } else { try head.undo(client) }
            }
        }
    }

    func setFloatColumn(present: Bool) throws(HomeError) {
        try execute(
            present
                ? "ALTER TABLE cash ADD COLUMN IF NOT EXISTS interest_amount DOUBLE PRECISION NOT NULL DEFAULT 0.1"
                : "ALTER TABLE cash DROP COLUMN IF EXISTS interest_amount")
    }

    func setOrphanFill(present: Bool) throws(HomeError) {
        try perform("archiving an order") { client in
            try client.transaction { client in
                // The engine would refuse it, as it must: the archive job ran as a replica does, where references are
                // not enforced. For this transaction only: the desk's own writes are held to theirs.
                try client.say("SET LOCAL session_replication_role = replica")
                try client.say(OrphanFill.removal)
                if present { try client.say(OrphanFill.insertion) }
            }
        }
    }

    /// Makes the schema by its migrations, and fills it with what the home's own file holds.
    ///
    /// - Parameter source: the file; it is only read.
    /// - Returns: the columns of the file that the migrations do not make, `table.column`.
    func fill(from source: LedgerSource) throws(HomeError) -> [String] {
        let migrations = Migration.all(.postgresql)
        return try perform("making the schema") { client in
            var leftOut: [String] = []
            try client.transaction { client in
                try client.say(Migration.revisionTableSQL)
                try migrations[0].apply(client)
                // Loading what has been consistent: each row's reference looked up anew would take twice as long.
                try client.say("SET LOCAL session_replication_role = replica")
                for table in LedgerSource.books {
                    leftOut += try source.copy(table, to: client).map { "\(table).\($0)" }
                }
                try client.say("SELECT setval('fills_fill_id_seq', (SELECT max(fill_id) FROM fills))")
                // Rows first and the indexes after them.
                for migration in migrations.dropFirst() { try migration.apply(client) }
            }
            for table in LedgerSource.books { try client.say("VACUUM (ANALYZE) \(table)") }
            return leftOut
        }
    }

    private func perform<Value>(_ doing: String, _ work: (PostgreSQLClient) throws -> Value) throws(HomeError) -> Value
    {
        do { return try work(client) } catch {
            throw error as? HomeError ?? .ledger(path: place, message: "\(doing): \(error)", trouble: .server)
        }
    }
}

/// One reader's connection to the ledger's server. It cannot write.
final class PostgreSQLSession: LedgerSession {
    private let client: PostgreSQLClient
    private let place: String

    init(_ server: LedgerServer) throws(HomeError) {
        place = server.place.text
        do throws(PostgreSQLClient.Failure) {
            client = try PostgreSQLClient(server.place, as: LedgerServerPlace.writer, server.writer, readsOnly: true)
        } catch {
            throw .ledger(path: server.place.text, message: "opening a session: \(error)", trouble: .server)
        }
    }

    func prove() throws(HomeError) {
        do { try client.say("SELECT 1 FROM \(Migration.revisionTable) LIMIT 1") } catch {
            throw .ledger(path: place, message: "a session does not answer: \(error)", trouble: .server)
        }
    }

    func close() throws(HomeError) { client.close() }
}

/// Migrations as they are carried out on a server.
extension Migration {
    func apply(_ client: PostgreSQLClient) throws {
        try client.say(up)
        try client.say("INSERT INTO schema_revision VALUES ('\(revision)', '\(DeskClock.wallText())')")
    }

    func undo(_ client: PostgreSQLClient) throws {
        try client.say(down)
        try client.say("DELETE FROM schema_revision WHERE revision = '\(revision)'")
    }

    func isApplied(_ client: PostgreSQLClient) throws -> Bool {
        var isApplied = false
        try client.say("SELECT 1 FROM schema_revision WHERE revision = '\(revision)'") { _ in isApplied = true }
        return isApplied
    }
}
