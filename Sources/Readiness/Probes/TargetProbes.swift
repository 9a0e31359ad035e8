/// Everything that checks may look with. Handed in when the validators make their checks.
package struct TargetProbes: Sendable {
    /// Readiness and identity.
    package var discovery: any DiscoveryProbe
    /// Limits and decisions.
    package var risk: any RiskProbe
    /// Paper orders.
    package var orders: any OrderProbe
    /// The feed.
    package var market: any MarketDataProbe
    /// The kill switch.
    package var killSwitch: any KillSwitchProbe
    /// The database.
    package var ledger: any LedgerProbe
    /// The readiness account of a tier: `READY-HUNTER` for `hunter`.
    package var accounts: ReadinessAccounts
    /// Commands for people.
    package var runbook: TargetRunbook

    /// Gathers probes.
    package init(
        discovery: any DiscoveryProbe, risk: any RiskProbe, orders: any OrderProbe, market: any MarketDataProbe,
        killSwitch: any KillSwitchProbe, ledger: any LedgerProbe, accounts: ReadinessAccounts, runbook: TargetRunbook
    ) {
        self.discovery = discovery
        self.risk = risk
        self.orders = orders
        self.market = market
        self.killSwitch = killSwitch
        self.ledger = ledger
        self.accounts = accounts
        self.runbook = runbook
    }
}

/// The accounts that checks may trade on, one for each tier.
package struct ReadinessAccounts: Sendable, Equatable {
    /// What stands before the tier's name in capitals.
    package var prefix: String

    /// Names the prefix.
    package init(prefix: String) { self.prefix = prefix }

    /// The account of a tier.
    package func account(of tier: String) -> String { prefix + tier.uppercased() }
}

/// Commands with which a person looks at and mends this target, ready to paste. Part of the profile, not of a check.
package struct TargetRunbook: Sendable, Equatable {
    /// Shows whether the target lives.
    package var status: String
    /// Stops and starts it.
    package var restart: String
    /// Asks whether it is ready.
    package var readiness: String
    /// Shows the limits that the process enforces.
    package var limits: String
    /// Shows the feed.
    package var marketData: String
    /// Shows the kill switch.
    package var killSwitch: String
    /// Releases the kill switch.
    package var releaseKillSwitch: String
    /// Shows what left for the venue.
    package var dropCopy: String
    /// Shows the end of the target's log.
    package var log: String
    /// The file that the target's limits are declared in.
    package var limitsFile: String
    /// The folder of its migrations.
    package var migrationsFolder: String

    /// Gathers the commands.
    package init(
        status: String, restart: String, readiness: String, limits: String, marketData: String, killSwitch: String,
        releaseKillSwitch: String, dropCopy: String, log: String, limitsFile: String, migrationsFolder: String
    ) {
        self.status = status
        self.restart = restart
        self.readiness = readiness
        self.limits = limits
        self.marketData = marketData
        self.killSwitch = killSwitch
        self.releaseKillSwitch = releaseKillSwitch
        self.dropCopy = dropCopy
        self.log = log
        self.limitsFile = limitsFile
        self.migrationsFolder = migrationsFolder
    }
}
