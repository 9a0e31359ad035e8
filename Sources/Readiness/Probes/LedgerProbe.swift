/// Finds and opens the target's database. Read-only by contract: a probe that can write is a bug in the probe.
package protocol LedgerProbe: Sendable {
    /// Where the target says its ledger is, and which queries it calls critical.
    func describe() async throws(ProbeError) -> Answer<LedgerDescription>
    /// Opens a connection of its own. A missing file stays missing.
    func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection
}

/// What a target says of its ledger.
package struct LedgerDescription: Sendable, Codable, Equatable {
    /// `sqlite` or `postgresql`.
    package var engine: String
    /// The file; of a server the words by which people know it, `host:port/database`.
    package var path: String
    /// The server that holds it; nil for a file.
    package var server: LedgerServer?
    /// The queries that the target calls critical.
    package var criticalQueries: [CriticalQuery]
    /// The revision that the target says its migrations lead to; empty where it was asked and says none. Nil where nobody
    /// is asked, as of a profile that names none: then the migration files alone tell.
    package var expectedHead: String?
    /// The table that holds the applied revision, in a column `revision`.
    package var revisionTable: String
    /// How its books are read; nil where the target does not say.
    package var books: LedgerBooks?

    /// States where the ledger is.
    package init(
        engine: String, path: String, server: LedgerServer? = nil, criticalQueries: [CriticalQuery],
        expectedHead: String?, revisionTable: String, books: LedgerBooks? = nil
    ) {
        self.engine = engine
        self.path = path
        self.server = server
        self.criticalQueries = criticalQueries
        self.expectedHead = expectedHead
        self.revisionTable = revisionTable
        self.books = books
    }
}

/// A statement that is called critical, with the parameters that it is measured with.
package struct CriticalQuery: Sendable, Codable, Equatable {
    /// Unique in its ledger.
    package var name: String
    /// One SELECT, with `?` for parameters; on PostgreSQL `$1`, `$2`, because `?` is an operator there.
    package var sql: String
    /// In the order of the question marks, or of the numbers.
    package var parameters: [String]

    /// Describes a query.
    package init(name: String, sql: String, parameters: [String]) {
        self.name = name
        self.sql = sql
        self.parameters = parameters
    }
}

/// One connection to a ledger. All its work is done on a thread of its own.
package protocol LedgerConnection: Sendable {
    /// What the connection is.
    func facts() async throws(ProbeError) -> Answer<LedgerFacts>
    /// Runs a query once. The answer's value is its row count, `elapsed` from request to last row.
    func run(_ query: CriticalQuery) async throws(ProbeError) -> Answer<Int>
    /// How the database would run a query.
    func plan(of query: CriticalQuery) async throws(ProbeError) -> Answer<QueryPlan>
    /// The revisions that have been applied, oldest first.
    func appliedRevisions(in table: String) async throws(ProbeError) -> Answer<[String]>
    /// Tables, columns, indexes and references, with each column's values counted by kind.
    ///
    /// - Parameter wanted: whether the texts of a column of that name are looked into as well. It is dear: every text is
    ///   read, where for all else a value's header will do.
    func schema(textsOf wanted: @escaping @Sendable (String) -> Bool) async throws(ProbeError) -> Answer<LedgerSchema>
    /// What the tables are made of, without a look at their rows: quick, however large the ledger is.
    ///
    /// - Parameter revisionTable: where there are several schemas, the one that this table is in is meant.
    func shape(beside revisionTable: String) async throws(ProbeError) -> Answer<SchemaShape>
    /// Whatever the engine's own check of the file's structure complains of; none when it is sound.
    ///
    /// - Parameter isFull: with indexes compared to their tables; otherwise the quick form.
    func structuralDamage(isFull: Bool) async throws(ProbeError) -> Answer<[String]>
    /// Rows whose foreign key refers to nothing, at most `limit` of them.
    func orphans(limit: Int) async throws(ProbeError) -> Answer<[OrphanRow]>
    /// How worn the database is: what it has to clean up, what it is held up by, what it runs out of.
    func health() async throws(ProbeError) -> Answer<DatabaseHealth>
    /// How many sessions the server holds, and who waits for one at the pooler that the description names; nil for an
    /// engine without sessions.
    func sessions() async throws(ProbeError) -> Answer<ServerSessions>?
    /// The rows of a read-only statement of the target, streamed in order on the connection's own thread.
    ///
    /// - Parameters:
    ///   - columns: how many there must be; another number makes no sense.
    ///   - fold: takes one row; throws when the row makes no sense.
    func fold<Value: Sendable>(
        _ statement: String, parameters: [String], columns: Int, into start: Value,
        _ fold: @escaping @Sendable (inout Value, [LedgerValue]) throws(ProbeError) -> Void
    ) async throws(ProbeError) -> Answer<Value>
    /// Closes the connection. Later calls throw.
    func close() async
}

/// What a connection is.
package struct LedgerFacts: Sendable, Codable, Equatable {
    /// The engine's version.
    package var version: String
    /// Whether a write through this connection was refused by the engine.
    package var isReadOnly: Bool
    /// How many tables there are.
    package var tables: Int
    /// What a server says beside; nil for a file.
    package var server: LedgerServerFacts?

    /// States the facts.
    package init(version: String, isReadOnly: Bool, tables: Int, server: LedgerServerFacts? = nil) {
        self.version = version
        self.isReadOnly = isReadOnly
        self.tables = tables
        self.server = server
    }
}

/// How a database would run a query.
package struct QueryPlan: Sendable, Codable, Equatable {
    /// A step that reads a table from end to end, or builds an index to avoid that.
    package struct Scan: Sendable, Codable, Equatable {
        /// The table.
        package var table: String
        /// Rows in it, now.
        package var rows: Int
        /// The engine's own words.
        package var step: String

        /// States a scan.
        package init(table: String, rows: Int, step: String) {
            self.table = table
            self.rows = rows
            self.step = step
        }
    }

    /// Every step, in the engine's own words.
    package var steps: [String]
    /// Those that read a whole table.
    package var scans: [Scan]

    /// States a plan.
    package init(steps: [String], scans: [Scan]) {
        self.steps = steps
        self.scans = scans
    }
}
