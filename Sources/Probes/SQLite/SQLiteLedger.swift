package import Readiness

/// The SQLite ledger of a target: of a desk, where the desk's record says that it is, or of a profile.
package struct SQLiteLedger: LedgerProbe {
    private let description: @Sendable () throws(ProbeError) -> Answer<LedgerDescription>
    private let limit: Duration
    private let busy: Duration

    /// Reads the record of a home.
    ///
    /// - Parameters:
    ///   - limit: how long a single question may take until the ledger counts as silent. Default 5 s: what a query
    ///     without its index takes is still measured, and a check that asks a few has not reached its hard limit.
    ///   - busy: how long to wait for a lock of somebody else. Default 1 s.
    package init(source: RecordSource, limit: Duration = .seconds(5), busy: Duration = .seconds(1)) {
        // The file is asked, not the process: a stopped desk hides no database.
        self.init(limit: limit, busy: busy) { () throws(ProbeError) in
            let started = ContinuousClock.now
            let ledger = try source.current(for: .ledger).line.ledger
            return ledger.told(by: TargetRecord.path(in: source.home), after: ContinuousClock.now - started)
        }
    }

    /// Looks at the ledger that is described.
    package init(
        limit: Duration = .seconds(5), busy: Duration = .seconds(1),
        description: @escaping @Sendable () throws(ProbeError) -> Answer<LedgerDescription>
    ) {
        self.description = description
        self.limit = limit
        self.busy = busy
    }

    /// Where the ledger is said to be now.
    package func describe() async throws(ProbeError) -> Answer<LedgerDescription> { try description() }

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
