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
    /// The target's clock.
    package var clock: any ClockProbe
    /// Every process of the target.
    package var instances: any InstanceProbe
    /// The target's log.
    package var log: any LogProbe
    /// The parts of the target.
    package var components: any ComponentProbe
    /// The file systems that the target writes to.
    package var storage: any StorageProbe
    /// What accounts hold.
    package var positions: any PositionProbe
    /// How large a position would be.
    package var sizing: any SizingProbe
    /// How two series go together.
    package var correlation: any CorrelationProbe
    /// Scripts and cuts the feed.
    package var feed: any FeedProbe
    /// Stops on positions.
    package var stops: any StopProbe
    /// Orders that arrive together.
    package var burst: any BurstProbe
    /// The target's process.
    package var control: any ControlProbe
    /// The pool of database sessions.
    package var pool: any PoolProbe
    /// Migration files.
    package var migrations: any MigrationProbe
    /// The database.
    package var ledger: any LedgerProbe
    /// The readiness account of a tier: `READY-HUNTER` for `hunter`.
    package var accounts: ReadinessAccounts
    /// Commands for people.
    package var runbook: TargetRunbook

    /// Gathers probes.
    package init(
        discovery: any DiscoveryProbe, risk: any RiskProbe, orders: any OrderProbe, market: any MarketDataProbe,
        killSwitch: any KillSwitchProbe, clock: any ClockProbe, instances: any InstanceProbe, log: any LogProbe,
        components: any ComponentProbe, storage: any StorageProbe, positions: any PositionProbe,
        sizing: any SizingProbe, correlation: any CorrelationProbe, feed: any FeedProbe, stops: any StopProbe,
        burst: any BurstProbe, control: any ControlProbe, pool: any PoolProbe, migrations: any MigrationProbe,
        ledger: any LedgerProbe, accounts: ReadinessAccounts, runbook: TargetRunbook
    ) {
        self.discovery = discovery
        self.risk = risk
        self.orders = orders
        self.market = market
        self.killSwitch = killSwitch
        self.clock = clock
        self.instances = instances
        self.log = log
        self.components = components
        self.storage = storage
        self.positions = positions
        self.sizing = sizing
        self.correlation = correlation
        self.feed = feed
        self.stops = stops
        self.burst = burst
        self.control = control
        self.pool = pool
        self.migrations = migrations
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
    /// Shows what each readiness account holds.
    package var positions: String
    /// Shows the state of the target's parts.
    package var components: String
    /// Shows how full the pool of database sessions is, and who holds them.
    package var pool: String
    /// Shows the stops of each readiness account.
    package var stops: String
    /// Gives the whole feed back to the market: scripted paths and cuts end. Changes the target.
    package var restoreFeed: String
    /// Shows the room on every file system that the target writes to.
    package var disk: String
    /// Shows every instance of the target and where it answers.
    package var instances: String
    /// Shows the target's clock between two looks at this machine's.
    package var clock: String
    /// Asks for the size of a position, with an edge as an example.
    package var sizing: String
    /// Asks for the coefficient of two series of returns, with two as an example.
    package var correlation: String
    /// The file that the target's limits are declared in.
    package var limitsFile: String
    /// The folder of its migrations.
    package var migrationsFolder: String
    /// Says for each capability whether the target offers it. Followed by `--stub CHECK`, it prints what a check lacks.
    package var targetCheck: String
    /// What names the target behind a command of ours: ` --target PATH`. Empty where it is named by nothing: a practice
    /// desk is found without.
    package var targetOption: String

    /// Gathers the commands.
    package init(
        status: String, restart: String, readiness: String, limits: String, marketData: String, killSwitch: String,
        releaseKillSwitch: String, dropCopy: String, log: String, positions: String, components: String, pool: String,
        stops: String, restoreFeed: String, disk: String, instances: String, clock: String, sizing: String,
        correlation: String, limitsFile: String, migrationsFolder: String,
        targetCheck: String = "holdpoint target check", targetOption: String = ""
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
        self.positions = positions
        self.components = components
        self.pool = pool
        self.stops = stops
        self.restoreFeed = restoreFeed
        self.disk = disk
        self.instances = instances
        self.clock = clock
        self.sizing = sizing
        self.correlation = correlation
        self.limitsFile = limitsFile
        self.migrationsFolder = migrationsFolder
        self.targetCheck = targetCheck
        self.targetOption = targetOption
    }
}
