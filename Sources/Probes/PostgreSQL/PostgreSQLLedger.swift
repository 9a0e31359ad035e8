package import Readiness

/// A ledger that a PostgreSQL server holds, as a target describes it.
package struct PostgreSQLLedger: LedgerProbe {
    /// Opens a secret by the name that the profile gives it (`env:NAME`). Asked anew for each connection, and never kept.
    package typealias Secrets = @Sendable (String) async throws(ProbeError) -> Secret

    private let description: @Sendable () async throws(ProbeError) -> Answer<LedgerDescription>
    private let secrets: Secrets
    private let limit: Duration
    private let lock: Duration

    /// Looks at the ledger that is described.
    ///
    /// - Parameters:
    ///   - limit: how long connecting, or a single question, may take until the ledger counts as silent. Default 5 s.
    ///     The server is told a little less, so that it stops by itself.
    ///   - lock: how long the server may wait for a lock of somebody else. Default 1 s.
    ///   - secrets: opens passwords by their names.
    ///   - description: what the target says of its ledger.
    package init(
        limit: Duration = .seconds(5), lock: Duration = .seconds(1), secrets: @escaping Secrets,
        description: @escaping @Sendable () async throws(ProbeError) -> Answer<LedgerDescription>
    ) {
        self.limit = limit
        self.lock = lock
        self.secrets = secrets
        self.description = description
    }

    /// What the target says of its ledger.
    package func describe() async throws(ProbeError) -> Answer<LedgerDescription> { try await description() }

    /// Opens a connection with a thread of its own.
    ///
    /// - Throws: `ProbeError` at the ledger: not offered when the engine is another than PostgreSQL; unauthorised when
    ///   the server does not let us in; unreachable when it cannot be had within the limit, or cannot prove its name
    ///   where it has to.
    package func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection {
        guard ledger.engine == "postgresql", let server = ledger.server else {
            throw ProbeError(
                .notOffered, at: .ledger, "the ledger's engine is \(ledger.engine.prefix(32)), not postgresql")
        }
        let access = try ServerAccess(
            server, password: try await password(server.passwordName),
            limit: PostgreSQLConnection.statementLimit(limit), lock: lock)
        var console: ServerAccess?
        if let pooler = server.pooler {
            console = try ServerAccess(pooler, of: server, password: try await password(pooler.passwordName))
        }
        return try await PostgreSQLConnection.open(access, to: server, console: console, limit: limit, lock: lock)
    }

    private func password(_ name: String?) async throws(ProbeError) -> Secret? {
        guard let name else { return nil }
        return try await secrets(name)
    }
}
