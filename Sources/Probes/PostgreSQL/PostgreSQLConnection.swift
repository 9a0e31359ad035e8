package import Readiness
import Synchronization

/// A session with a PostgreSQL server that only reads, with a thread of its own on which all its work is done, one
/// piece at a time.
///
/// Each piece is one transaction that says that it reads, and for how long: `BEGIN READ ONLY; SET LOCAL …; … COMMIT`.
/// On a direct connection the session is set so as well. Through a pooler nothing is: what is set for a session stays
/// with the server's when the pooler hands it on, and breaks the writes of whoever gets it next.
package final class PostgreSQLConnection: LedgerConnection {
    let server: LedgerServer
    let limit: Duration
    let lock: Duration
    /// Opens the console of the pooler; nil where the description names none.
    let console: ServerAccess?
    private let thread = BlockingWork()
    private let current = Mutex<ServerSession?>(nil)

    private init(_ server: LedgerServer, console: ServerAccess?, limit: Duration, lock: Duration) {
        self.server = server
        self.console = console
        self.limit = limit
        self.lock = lock
    }

    /// How much shorter the server's limit is than ours, so that it is the server that stops: its session is then free
    /// for the next piece.
    private static let margin = Duration.milliseconds(250)

    /// The server's own limit of a statement, for a limit of ours.
    static func statementLimit(_ limit: Duration) -> Duration {
        limit > margin * 4 ? limit - margin : limit * 3 / 4
    }

    /// Connects.
    static func open(
        _ access: ServerAccess, to server: LedgerServer, console: ServerAccess?, limit: Duration, lock: Duration
    ) async throws(ProbeError) -> PostgreSQLConnection {
        let connection = PostgreSQLConnection(server, console: console, limit: limit, lock: lock)
        do throws(ProbeError) {
            try await connection.work(limit, "connecting to \(access.place)") { watch throws(ProbeError) in
                let session = try ServerSession(access, watch)
                connection.current.withLock { $0 = session }
            }
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    /// Runs a query once and reads every row. `elapsed` is taken on the connection's thread, from sending the statement
    /// to the end of its last row: parsing and planning are in it, beginning the transaction is not.
    package func run(_ query: CriticalQuery) async throws(ProbeError) -> Answer<Int> {
        try Self.check(query)
        return try await perform("running \(query.name)") { reader throws(ProbeError) in
            var count = 0
            let answer = try reader.ask(query.sql, query.parameters) { _ throws(ProbeError) in count += 1 }
            let text = Self.text(of: query) + "\n\(count) rows in \(DurationText.short(answer.elapsed))"
            return Answer(count, transcript: text, elapsed: answer.elapsed)
        }
    }

    /// The applied revisions, least first, from a table's column `revision`, or from `version_num` as Alembic has it. At
    /// most 10,000. A table of Alembic holds only the newest.
    package func appliedRevisions(in table: String) async throws(ProbeError) -> Answer<[String]> {
        let name = try Self.quoted(revisionTable: table)
        return try await perform("reading the applied revisions") { reader throws(ProbeError) in
            let column = try reader.rows(
                """
                SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) \
                AND attname IN ('revision', 'version_num') AND NOT attisdropped ORDER BY attname LIMIT 1
                """, [name]
            ) { row throws(ProbeError) in try row.text(0) }.first
            guard let column else {
                throw ProbeError(.nonsense, at: .ledger, "there is no table \(table) with a revision in it")
            }
            let sql = "SELECT \(column)::text FROM \(name) ORDER BY 1 LIMIT 10001"
            let revisions = try reader.rows(sql) { row throws(ProbeError) in try row.text(0) }
            guard revisions.count <= 10_000 else {
                throw ProbeError(.nonsense, at: .ledger, "more than 10,000 revisions in \(table)")
            }
            return reader.answer(revisions, sql + "\n" + revisions.joined(separator: "\n"))
        }
    }

    /// The table's name as it is written in a statement, with its schema where that is told.
    static func quoted(revisionTable table: String) throws(ProbeError) -> String {
        let parts = table.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy(SQLiteConnection.isIdentifier) else {
            throw ProbeError(.nonsense, at: .ledger, "the revision table's name is not an identifier")
        }
        return parts.map(SQLTokens.quoted).joined(separator: ".")
    }

    /// Closes the session and ends its thread. What runs is let to its end, which its limit sets. Later calls throw.
    package func close() async {
        await thread.finish { [self] in current.withLock { $0.take() }?.close() }
    }

    /// Does a piece of work in a transaction that only reads.
    ///
    /// - Parameters:
    ///   - limit: for all of the piece; nil for the connection's own.
    ///   - opening: how the transaction is begun.
    ///   - ending: how it is ended.
    func perform<Value: Sendable>(
        _ what: String, limit: Duration? = nil, opening: String = "BEGIN READ ONLY", ending: String = "COMMIT",
        _ body: @escaping @Sendable (ServerReader) throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        let limit = limit ?? self.limit
        return try await work(limit, what) { [self] watch throws(ProbeError) in
            guard let session = current.withLock({ $0 }) else {
                throw ProbeError(ourSide: "the connection to the ledger has been closed")
            }
            guard session.isOpen else {
                throw ProbeError(.unreachable, at: .ledger, "the connection to \(server.place) was lost")
            }
            return try transaction(session, watch, opening: opening, ending: ending, limit, body)
        }
    }

    /// Does a piece of work on the thread, stopped when the task is cancelled.
    func work<Value: Sendable>(
        _ limit: Duration, _ what: String,
        _ body: @escaping @Sendable (ServerWatch) throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        let watch = ServerWatch(limit: limit)
        do {
            return try await withTaskCancellationHandler {
                try await thread.run {
                    watch.begin()
                    return try body(watch)
                }
            } onCancel: {
                watch.cancel()
            }
        } catch let error as ProbeError {
            throw error
        } catch is CancellationError where !Task.isCancelled {
            // A thread that has ended turns work away in these words.
            throw ProbeError(ourSide: "the connection to the ledger has been closed")
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw ProbeError(ourSide: "\(what): \(error)")
        }
    }

    private func transaction<Value>(
        _ session: ServerSession, _ watch: ServerWatch, opening: String, ending: String, _ limit: Duration,
        _ body: (ServerReader) throws(ProbeError) -> Value
    ) throws(ProbeError) -> Value {
        let statement = max(1, Self.statementLimit(limit).milliseconds)
        do throws(ProbeError) {
            try session.say(
                "\(opening); SET LOCAL statement_timeout = \(statement); "
                    + "SET LOCAL lock_timeout = \(max(1, lock.milliseconds))", watch)
            let value = try body(ServerReader(session: session, watch: watch))
            try session.say(ending, watch)
            return value
        } catch {
            // The transaction is ended whatever became of the work, also when that was cancelled: a pooler would hand
            // nothing on before. With a limit of its own, since the work's may be over.
            if session.isOpen, session.isInTransaction {
                let last = ServerWatch(limit: .seconds(2))
                last.begin()
                do throws(ProbeError) { try session.say("ROLLBACK", last) } catch { session.close() }
            }
            throw error
        }
    }

    private static func check(_ query: CriticalQuery) throws(ProbeError) {
        guard isQuery(query.sql) else {
            throw ProbeError(.nonsense, at: .ledger, "the critical query \(query.name) is not a SELECT")
        }
    }

    static func isQuery(_ sql: String) -> Bool {
        sql.utf8.count <= 65_536 && !sql.utf8.contains(0) && SQLTokens(sql).isQuery
    }

    static func text(of query: CriticalQuery) -> String { SQLiteConnection.text(of: query) }
}
