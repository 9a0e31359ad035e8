package import Readiness

/// A practice desk seen from outside: every probe that checks look with, over connections that are closed together.
package struct DeskTarget: Sendable {
    /// What checks get.
    package let probes: TargetProbes
    /// Whether paper is proven; ask before each round.
    package let interlock: PracticeInterlock
    /// Whether an endpoint is there at all.
    package let reachability: TargetReachability
    /// Where the surface is, as the record says now: `http://127.0.0.1:40123`.
    package let address: @Sendable () throws(ProbeError) -> String
    /// Every token that the home has had: to show nowhere.
    package let tokens: @Sendable () -> [Secret]

    private let exchanges: [HTTPExchange]

    /// How many connections may be open for all but decisions: more than checks run at once, so that none waits behind
    /// the silence of another.
    package static let connections = 8

    /// Makes the probes of a desk. Asks the desk nothing.
    ///
    /// - Parameters:
    ///   - record: as read from the desk's home just now; the home's `desk.json` is read again before each use.
    ///   - digest: SHA-256 as lower-case hex, for the interlock.
    ///   - limit: how long the surface may be silent. Default 2 s.
    ///   - ledgerLimit: how long one question to the ledger may take. Default 5 s.
    package static func connect(
        record: TargetRecord, digest: @escaping @Sendable ([UInt8]) -> String, limit: Duration = .seconds(2),
        ledgerLimit: Duration = .seconds(5)
    ) -> DeskTarget {
        let source = RecordSource(record)
        // What the target says is kept as evidence: should it say its own token, that is taken out.
        let exchange = HTTPExchange(connections: connections, limit: limit, secrets: { source.tokens })
        let series = HTTPExchange(connections: 1, limit: limit, secrets: { source.tokens })
        let ledger = ledger(source, ledgerLimit)
        let surface = HTTPSurface(DeskCarrier(source: source, exchange: exchange, series: series))
        let probes = TargetProbes(
            discovery: surface, risk: surface, orders: surface, market: surface, killSwitch: surface, clock: surface,
            instances: surface, log: surface, components: surface, storage: TargetVolumes(source: source),
            positions: surface, sizing: surface, correlation: surface, feed: surface, stops: surface, burst: surface,
            control: CommandControl(source: source, surface: surface), pool: surface,
            migrations: MigrationFolder(source: source), ledger: ledger,
            accounts: ReadinessAccounts(prefix: record.line.accountPrefix),
            runbook: DeskRunbook.commands(for: record.line))
        return DeskTarget(
            probes: probes, interlock: PracticeInterlock(home: record.line.home, exchange: exchange, digest: digest),
            reachability: TargetReachability(source: source, exchange: exchange, ledger: ledger),
            address: { () throws(ProbeError) in try source.address().description }, tokens: { source.tokens },
            exchanges: [exchange, series])
    }

    /// The ledger of a desk, whatever engine its record tells of. Of secrets there is only the file in the home that the
    /// record names.
    private static func ledger(_ source: RecordSource, _ limit: Duration) -> LedgerByEngine {
        let file = SQLiteLedger(source: source, limit: limit)
        let secrets = SecretSource(folder: source.home, environment: { _ in nil })
        return LedgerByEngine(
            sqlite: file,
            postgresql: PostgreSQLLedger(
                limit: limit,
                secrets: { name async throws(ProbeError) in
                    guard case .file(let path)? = SecretReference(parsing: name) else {
                        throw ProbeError(ourSide: "the password of a desk's ledger is in no file")
                    }
                    return try await secrets.fetch(.file(path), for: .ledger)
                }, description: { () async throws(ProbeError) in try await file.describe() }))
    }

    /// Closes the connections to the surface. A connection to the ledger is closed by the check that opened it.
    package func close() async {
        for exchange in exchanges { await exchange.close() }
    }
}
