package import Readiness

/// A ledger of either engine: what the target says of it decides which.
package struct LedgerByEngine: LedgerProbe {
    private let sqlite: SQLiteLedger
    private let postgresql: PostgreSQLLedger

    /// Asks the first what the target says, and connects with the one that speaks the engine.
    package init(sqlite: SQLiteLedger, postgresql: PostgreSQLLedger) {
        self.sqlite = sqlite
        self.postgresql = postgresql
    }

    /// What the target says of its ledger.
    package func describe() async throws(ProbeError) -> Answer<LedgerDescription> { try await sqlite.describe() }

    /// Opens a connection with a thread of its own, as the engine's own probe does.
    package func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection {
        ledger.engine == "postgresql" ? try await postgresql.connect(ledger) : try await sqlite.connect(ledger)
    }
}
