import Readiness

extension TargetProbes {
    /// Probes of no target: for listing checks and settling a selection before anything is started.
    static var offline: TargetProbes {
        let probe = OfflineProbe()
        return TargetProbes(
            discovery: probe, risk: probe, orders: probe, market: probe, killSwitch: probe, ledger: probe,
            accounts: ReadinessAccounts(prefix: ""),
            runbook: TargetRunbook(
                status: "", restart: "", readiness: "", limits: "", marketData: "", killSwitch: "",
                releaseKillSwitch: "", dropCopy: "", log: "", limitsFile: "", migrationsFolder: ""))
    }
}

/// Answers every question with an error of ours: nobody should have asked.
private struct OfflineProbe: DiscoveryProbe, RiskProbe, OrderProbe, MarketDataProbe, KillSwitchProbe, LedgerProbe {
    private var noTarget: ProbeError { ProbeError(ourSide: "there is no target to ask") }

    func readiness() async throws(ProbeError) -> Answer<ReadinessAnswer> { throw noTarget }
    func identity() async throws(ProbeError) -> Answer<TargetIdentity> { throw noTarget }
    func limits() async throws(ProbeError) -> Answer<[EffectiveLimit]> { throw noTarget }
    func evaluate(_ order: OrderRequest) async throws(ProbeError) -> Answer<RiskDecision> { throw noTarget }
    func submit(_ order: OrderRequest) async throws(ProbeError) -> Answer<OrderState> { throw noTarget }
    func cancel(orderID: String) async throws(ProbeError) -> Answer<OrderState> { throw noTarget }
    func working(account: String) async throws(ProbeError) -> Answer<[WorkingOrder]> { throw noTarget }
    func dropCopy(after sequence: Int64?) async throws(ProbeError) -> Answer<DropCopy> { throw noTarget }
    func snapshot() async throws(ProbeError) -> Answer<[SymbolState]> { throw noTarget }
    func state() async throws(ProbeError) -> Answer<KillSwitchState> { throw noTarget }
    func describe() async throws(ProbeError) -> Answer<LedgerDescription> { throw noTarget }
    func connect(_ ledger: LedgerDescription) async throws(ProbeError) -> any LedgerConnection { throw noTarget }
}
