import GRDB
package import Readiness
import Synchronization

/// A read-only connection to a SQLite ledger, with a thread of its own on which all its work is done, one piece at a
/// time.
///
/// What lies under the path is looked at before and after each piece: a file that was replaced is not read on as if
/// nothing had happened, and an immutable connection is opened again when somebody begins to write.
package final class SQLiteConnection: LedgerConnection {
    private let path: String
    private let limit: Duration
    private let busy: Duration
    private let thread = BlockingWork()
    private let current = Mutex<LedgerOpening?>(nil)

    private init(_ path: String, limit: Duration, busy: Duration) {
        self.path = path
        self.limit = limit
        self.busy = busy
    }

    /// Opens the ledger. See `LedgerOpening` for how.
    static func open(_ path: String, limit: Duration, busy: Duration) async throws(ProbeError) -> SQLiteConnection {
        let connection = SQLiteConnection(path, limit: limit, busy: busy)
        do {
            try await connection.thread.run { try connection.reopen() }
        } catch {
            let error = SQLiteTrouble.probeError(error, doing: "opening the ledger")
            await connection.close()
            throw Task.isCancelled ? .cancelled : error
        }
        return connection
    }

    /// What the connection is. `isReadOnly` is tried, not believed: a DELETE that matches no row has to be refused. It
    /// needs the right to write before it looks for rows, and would change nothing if it had it.
    package func facts() async throws(ProbeError) -> Answer<LedgerFacts> {
        try await perform("reading what the ledger is") { database, way, _ in
            let started = ContinuousClock.now
            let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
            let tables = try Int.fetchOne(
                database,
                sql:
                    #"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"#
            )
            let isReadOnly = try Self.isWriteRefused(database)
            let facts = LedgerFacts(version: version, isReadOnly: isReadOnly, tables: tables ?? 0)
            let text =
                "SQLite \(version), opened \(way)\na write was \(isReadOnly ? "refused" : "NOT refused")\n"
                + "\(facts.tables) tables"
            return Answer(facts, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }

    /// Runs a query once and reads every row. `elapsed` is taken on the connection's thread, around binding and
    /// stepping; the statement is prepared once for the connection, outside of it.
    package func run(_ query: CriticalQuery) async throws(ProbeError) -> Answer<Int> {
        try Self.check(query)
        return try await perform("running \(query.name)") { database, _, job in
            let statement = try database.cachedStatement(sql: query.sql)
            try Self.check(statement, of: query)
            var count = 0
            let started = ContinuousClock.now
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(query.parameters))
            while try rows.next() != nil {
                count += 1
                if count & 0xFF == 0 { try job.checkpoint() }
            }
            let elapsed = ContinuousClock.now - started
            let text = Self.text(of: query) + "\n\(count) rows in \(DurationText.short(elapsed))"
            return Answer(count, transcript: text, elapsed: elapsed)
        }
    }

    /// How the database would run a query, asked anew each time. See `PlanStep` for what counts as a scan; rows are
    /// counted up to 1,000,000.
    package func plan(of query: CriticalQuery) async throws(ProbeError) -> Answer<QueryPlan> {
        try Self.check(query)
        return try await perform("planning \(query.name)") { database, _, job in
            try Self.check(database.makeStatement(sql: query.sql), of: query)
            let started = ContinuousClock.now
            let reader = PlanReader(database: database, checkpoint: { () throws(ProbeError) in try job.checkpoint() })
            let plan = try reader.plan(of: query)
            var text = Self.text(of: query) + "\n" + plan.steps.joined(separator: "\n")
            for scan in plan.scans { text += "\nreads all of \(scan.table): \(scan.rows) rows (\(scan.step))" }
            return Answer(plan, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }

    /// The applied revisions, least first, from a table's column `revision`. At most 10,000, each of them text.
    package func appliedRevisions(in table: String) async throws(ProbeError) -> Answer<[String]> {
        guard Self.isIdentifier(table) else {
            throw ProbeError(.nonsense, at: .ledger, "the revision table's name is not an identifier")
        }
        return try await perform("reading the applied revisions") { database, _, _ in
            let started = ContinuousClock.now
            let sql = "SELECT revision FROM \(SQLTokens.quoted(table)) ORDER BY revision LIMIT 10001"
            let revisions = try DatabaseValue.fetchAll(database, sql: sql).map { value in
                guard case .string(let revision) = value.storage else {
                    throw ProbeError(.nonsense, at: .ledger, "a revision in \(table) is not text")
                }
                return revision
            }
            guard revisions.count <= 10_000 else {
                throw ProbeError(.nonsense, at: .ledger, "more than 10,000 revisions in \(table)")
            }
            return Answer(
                revisions, transcript: sql + "\n" + Self.capped(revisions.joined(separator: "\n")),
                elapsed: ContinuousClock.now - started)
        }
    }

    /// Closes the connection and ends its thread. What runs is let to its end, which its limit sets. Later calls throw.
    package func close() async {
        await thread.finish { [self] in
            let opening = current.withLock { $0.take() }
            // Nothing is lost by a read-only connection that will not close, and nobody can do anything about it.
            try? opening?.close()
        }
    }

    /// Does a piece of work on the thread, within the limit, stopped when the task is cancelled.
    func perform<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Database, String, LedgerJob) throws -> Value
    ) async throws(ProbeError) -> Value {
        let job = LedgerJob(limit: limit)
        defer { job.end() }
        do {
            return try await withTaskCancellationHandler {
                try await thread.run { [self] in try attempt(job, body) }
            } onCancel: {
                job.stop(.cancelled)
            }
        } catch is CancellationError where !Task.isCancelled {
            // A thread that has ended turns work away in these words.
            throw ProbeError(ourSide: "the connection to the ledger has been closed")
        } catch {
            throw job.explained(error, doing: what)
        }
    }

    /// On the thread: reads with a connection that is current, and again with a new one if it was not to the end.
    private func attempt<Value>(
        _ job: LedgerJob, _ body: (Database, String, LedgerJob) throws -> Value
    ) throws -> Value {
        try job.begin()
        for _ in 0..<3 {
            guard let opening = current.withLock({ $0 }) else {
                throw ProbeError(ourSide: "the connection to the ledger has been closed")
            }
            guard opening.file.isInPlace else {
                throw ProbeError(.unreachable, at: .ledger, "\(path) was replaced or removed after it had been opened")
            }
            guard try opening.isCurrent else {
                try reopen()
                continue
            }
            job.use(opening.queue)
            let result = Result { try opening.queue.unsafeRead { try body($0, opening.wayText, job) } }
            if try opening.isCurrent { return try result.get() }
            try job.checkpoint()
        }
        throw ProbeError(.unreachable, at: .ledger, "\(path) kept changing hands while it was read")
    }

    /// On the thread: opens, in place of what was open.
    private func reopen() throws {
        try current.withLock { $0.take() }?.close()
        let opening = try LedgerOpening.open(path, busy: busy)
        current.withLock { $0 = opening }
    }

    private static func isWriteRefused(_ database: Database) throws -> Bool {
        let table = try String.fetchOne(
            database,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' \
                ESCAPE '\\' ORDER BY name LIMIT 1
                """)
        guard let table else {
            throw ProbeError(.nonsense, at: .ledger, "the ledger has no table")
        }
        do {
            try database.execute(sql: "DELETE FROM \(SQLTokens.quoted(table)) WHERE 0")
            return false
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            return true
        }
    }

    private static func check(_ query: CriticalQuery) throws(ProbeError) {
        guard query.sql.utf8.count <= 65_536, SQLTokens(query.sql).isQuery else {
            throw ProbeError(.nonsense, at: .ledger, "the critical query \(query.name) is not a SELECT")
        }
    }

    private static func check(_ statement: Statement, of query: CriticalQuery) throws {
        guard statement.isReadonly else {
            throw ProbeError(.nonsense, at: .ledger, "the critical query \(query.name) writes")
        }
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    static func text(of query: CriticalQuery) -> String {
        capped(query.sql) + (query.parameters.isEmpty ? "" : "\nparameters: \(capped("\(query.parameters)"))")
    }

    static func capped(_ text: String) -> String {
        text.utf8.count <= Redactor.bodyCap ? text : String(text.prefix(Redactor.bodyCap)) + " …"
    }
}
