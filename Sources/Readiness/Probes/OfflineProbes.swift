extension TargetProbes {
    /// Probes of no target: for listing checks and settling a selection before anything is started, and for judging
    /// stored observations. Each answers with an error of ours.
    package static var offline: TargetProbes {
        let probe = OfflineProbe()
        return TargetProbes(
            discovery: probe, risk: probe, orders: probe, market: probe, killSwitch: probe, clock: probe,
            instances: probe, log: probe, components: probe, storage: probe, positions: probe, sizing: probe,
            correlation: probe, feed: probe, stops: probe, burst: probe, control: probe, pool: probe,
            migrations: probe, ledger: probe, accounts: ReadinessAccounts(prefix: ""), runbook: .unknown)
    }
}

extension TargetRunbook {
    /// Of no target: every command is empty.
    fileprivate static let unknown = TargetRunbook(
        status: "", restart: "", readiness: "", limits: "", marketData: "", killSwitch: "", releaseKillSwitch: "",
        dropCopy: "", log: "", positions: "", components: "", pool: "", stops: "", restoreFeed: "", disk: "",
        instances: "", clock: "", sizing: "", correlation: "", limitsFile: "", migrationsFolder: "")
}

/// Answers every question with an error of ours: nobody should have asked.
private struct OfflineProbe: Sendable {
    fileprivate func nobody<Value>() throws(ProbeError) -> Value {
        throw ProbeError(ourSide: "there is no target to ask")
    }
}

extension OfflineProbe: DiscoveryProbe, RiskProbe, MarketDataProbe, ClockProbe, InstanceProbe {
    func readiness() async throws(ProbeError) -> Answer<ReadinessAnswer> { try nobody() }
    func identity() async throws(ProbeError) -> Answer<TargetIdentity> { try nobody() }
    func limits() async throws(ProbeError) -> Answer<[EffectiveLimit]> { try nobody() }
    func evaluate(_ order: OrderRequest) async throws(ProbeError) -> Answer<RiskDecision> { try nobody() }
    func snapshot() async throws(ProbeError) -> Answer<[SymbolState]> { try nobody() }
    func clock() async throws(ProbeError) -> Answer<ClockReading> { try nobody() }
    func instances() async throws(ProbeError) -> Answer<[TargetInstance]> { try nobody() }
    func identity(of instance: TargetInstance) async throws(ProbeError) -> Answer<InstanceIdentity> { try nobody() }
}

extension OfflineProbe: OrderProbe, PositionProbe, BurstProbe, StopProbe {
    func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState> { try nobody() }
    func cancel(orderID: String) async throws(ProbeError) -> Answer<OrderState> { try nobody() }
    func working(account: String) async throws(ProbeError) -> Answer<[WorkingOrder]> { try nobody() }
    func dropCopy(after sequence: Int64?) async throws(ProbeError) -> Answer<DropCopy> { try nobody() }
    func positions(of account: String) async throws(ProbeError) -> Answer<AccountState> { try nobody() }
    func submitTogether(_ orders: [OrderRequest]) async throws(ProbeError) -> Answer<[OrderState]> { try nobody() }
    func arm(account: String, symbol: String, stopPrice: DecimalValue) async throws(ProbeError) -> Answer<StopState> {
        try nobody()
    }
    func stops(of account: String) async throws(ProbeError) -> Answer<[StopState]> { try nobody() }
    func disarm(stopID: String) async throws(ProbeError) -> Answer<StopState> { try nobody() }
}

extension OfflineProbe: KillSwitchProbe, FeedProbe, SizingProbe, CorrelationProbe {
    func state() async throws(ProbeError) -> Answer<KillSwitchState> { try nobody() }
    func set(engaged: Bool, by: String) async throws(ProbeError) -> Answer<KillSwitchState> { try nobody() }
    func play(_ paths: [PricePath], every interval: Duration) async throws(ProbeError) -> Answer<Bool> { try nobody() }
    func cut(_ symbols: [String]) async throws(ProbeError) -> Answer<Bool> { try nobody() }
    func restore() async throws(ProbeError) -> Answer<Bool> { try nobody() }
    func size(_ request: SizeRequest) async throws(ProbeError) -> Answer<SizeDecision> { try nobody() }
    func correlate(_ request: CorrelationRequest) async throws(ProbeError) -> Answer<CorrelationDecision> {
        try nobody()
    }
}

extension OfflineProbe: LogProbe, ComponentProbe, StorageProbe, ControlProbe {
    func describeLog() async throws(ProbeError) -> Answer<LogDescription> { try nobody() }
    func mark(_ marker: String) async throws(ProbeError) -> Answer<Bool> { try nobody() }
    func find(_ marker: String, in log: LogDescription) async throws(ProbeError) -> Answer<String?> { try nobody() }
    func components() async throws(ProbeError) -> Answer<[ComponentState]> { try nobody() }
    func volumes() async throws(ProbeError) -> Answer<[StorageVolume]> { try nobody() }
    func process() async throws(ProbeError) -> Answer<ProcessState> { try nobody() }
    func restart(within limit: Duration) async throws(ProbeError) -> Answer<ProcessState> { try nobody() }
}

extension OfflineProbe: PoolProbe, MigrationProbe, LedgerProbe {
    func pool() async throws(ProbeError) -> Answer<PoolState> { try nobody() }
    func checkOut(as holder: String) async throws(ProbeError) -> Answer<PoolCheckOut> { try nobody() }
    func giveBack(_ holder: String) async throws(ProbeError) -> Answer<Bool> { try nobody() }
    func holders() async throws(ProbeError) -> Answer<[String]> { try nobody() }
    func migrationFiles() async throws(ProbeError) -> Answer<[MigrationFile]> { try nobody() }
    func rehearse(_ scripts: [MigrationScript]) async throws(ProbeError) -> Answer<MigrationRehearsal> { try nobody() }
    func describe() async throws(ProbeError) -> Answer<LedgerDescription> { try nobody() }
    func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection { try nobody() }
}
