package import Readiness

/// The SQLite ledger of a desk, where the desk's record says that it is.
package struct SQLiteLedger: LedgerProbe {
    private let source: RecordSource
    private let limit: Duration
    private let busy: Duration

    /// Reads the record of a home.
    ///
    /// - Parameters:
    ///   - limit: how long a single question may take until the ledger counts as silent. Default 5 s: what a query
    ///     without its index takes is still measured, and a check that asks a few has not reached its hard limit.
    ///   - busy: how long to wait for a lock of somebody else. Default 1 s.
    package init(source: RecordSource, limit: Duration = .seconds(5), busy: Duration = .seconds(1)) {
        self.source = source
        self.limit = limit
        self.busy = busy
    }

    /// Where the record says now that the ledger is. Asks the file, not the process: a stopped desk hides no database.
    package func describe() async throws(ProbeError) -> Answer<LedgerDescription> {
        let started = ContinuousClock.now
        let ledger = try source.current(for: .ledger).line.ledger
        let elapsed = ContinuousClock.now - started
        let queries = ledger.criticalQueries.map { "critical query \($0.name)" }.joined(separator: "\n")
        let text = """
            \(TargetRecord.path(in: source.home))
            engine \(ledger.engine), path \(ledger.path)
            revision table \(ledger.revisionTable), expected head \(ledger.expectedHead)
            \(queries)
            """
        return Answer(ledger, transcript: text, elapsed: elapsed)
    }

    /// Opens a connection with a thread of its own.
    ///
    /// - Throws: `ProbeError` at the ledger: unreachable when there is no file, which stays so; not offered when the
    ///   engine is another than SQLite; nonsense when the file is not a database.
    package func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection {
        guard ledger.engine == "sqlite" else {
            throw ProbeError(.notOffered, at: .ledger, "the ledger's engine is \(ledger.engine.prefix(32)), not sqlite")
        }
        return try await SQLiteConnection.open(ledger.path, limit: limit, busy: busy)
    }
}
