/// The fault table of checks.md part 2 as data: what each fault changes in a run of all checks on the desk.
///
/// A row lists every check whose outcome differs from the healthy run; all others must be equal to it in outcome, reason,
/// grade and kinds of finding.
package enum FaultTable {
    /// Every check of a standard run, in any order.
    package static let checks: Set<String> = [
        "smoke.health.ready", "smoke.identity.uniform", "smoke.clock.offset", "smoke.disk.space", "smoke.log.visible",
        "smoke.killswitch.released", "smoke.component.essential", "smoke.data.ticking", "smoke.flow.round-trip",
        "smoke.flow.books", "smoke.risk.denies", "risk.limit.effective", "risk.limit.enforced", "risk.limit.race",
        "risk.stop.enforced", "risk.sizing.kelly", "risk.correlation.limited", "risk.data.fail-closed",
        "risk.killswitch.effective", "risk.decision.latency", "database.connection.ready", "database.pool.capacity",
        "database.query.latency", "database.query.plan", "database.migration.graph", "database.migration.applied",
        "database.index.sound", "database.health.sound", "database.schema.money-exact",
        "database.integrity.consistent",
    ]

    /// What needs an order to be accepted by the venue.
    private static let needVenue: Set<String> = [
        "smoke.flow.books", "risk.limit.enforced", "risk.limit.race", "risk.stop.enforced", "risk.correlation.limited",
        "risk.data.fail-closed", "risk.killswitch.effective", "database.integrity.consistent",
    ]
    /// What needs a feed that ticks and a kill switch that is released.
    private static let needTrading = needVenue.union([
        "smoke.flow.round-trip", "smoke.risk.denies", "risk.decision.latency",
    ])
    /// What asks the readiness surface after it has said that it is ready.
    private static let needReady: Set<String> = checks.filter {
        ($0.hasPrefix("smoke.") || $0.hasPrefix("risk.")) && $0 != "smoke.health.ready" && $0 != "smoke.disk.space"
    }

    /// One row a fault; two of them with another magnitude than the default.
    package static let rows: [FaultExpectation] = smoke + risk + database

    /// The rows that depend on what keeps the ledger: those of the database, and of a fill that never reaches it. They
    /// hold on every engine alike.
    package static let ledgerRows: [FaultExpectation] = rows.filter { $0.fault == "lost-fill" } + database

    private static let smoke: [FaultExpectation] = [
        FaultExpectation(
            fault: "not-ready", fails: ["smoke.health.ready": .init(reason: "criterion")],
            blocked: needReady.union(["database.integrity.consistent"])),
        FaultExpectation(
            fault: "feed-silent", fails: ["smoke.data.ticking": .init(reason: "criterion")], blocked: needTrading),
        FaultExpectation(
            fault: "killswitch-engaged", fails: ["smoke.killswitch.released": .init(reason: "criterion")],
            blocked: needTrading),
        FaultExpectation(
            fault: "venue-rejects",
            fails: ["smoke.flow.round-trip": .init(reason: "order-rejected", kinds: ["order-rejected"])],
            blocked: needVenue),
        FaultExpectation(
            fault: "risk-off", fails: ["smoke.risk.denies": .init(reason: "criterion")],
            blocked: ["risk.limit.enforced", "risk.limit.race", "risk.correlation.limited", "risk.data.fail-closed"]),
        FaultExpectation(
            fault: "lost-fill",
            fails: ["smoke.flow.books": .init(reason: "fill-missing-in-ledger", kinds: ["fill-missing-in-ledger"])],
            blocked: ["database.integrity.consistent"]),
        FaultExpectation(
            fault: "log-silent",
            fails: ["smoke.log.visible": .init(reason: "marker-missing", kinds: ["marker-missing"])]),
        FaultExpectation(
            fault: "clock-skew", fails: ["smoke.clock.offset": .init(reason: "criterion", kinds: ["clock-differs"])]),
        FaultExpectation(
            fault: "stale-instance",
            fails: ["smoke.identity.uniform": .init(reason: "criterion", kinds: ["build-differs"])]),
        FaultExpectation(
            fault: "component-dead",
            fails: ["smoke.component.essential": .init(reason: "criterion", kinds: ["component-not-running"])]),
        FaultExpectation(
            name: "criteria that ask for more disk than there is",
            criteria: "thresholds:\n  smoke:\n    min_free_disk_gb: 1000000000\n",
            fails: ["smoke.disk.space": .init(reason: "criterion", kinds: ["disk-full"])]),
    ]

    private static let risk: [FaultExpectation] = [
        FaultExpectation(
            fault: "limit-not-loaded", fails: ["risk.limit.effective": .init(reason: "criterion")],
            blocked: ["risk.limit.enforced", "risk.limit.race"]),
        FaultExpectation(
            fault: "limit-off-by-one",
            fails: ["risk.limit.enforced": .init(reason: "criterion", kinds: ["limit-differs"])],
            blocked: ["risk.limit.race"]),
        FaultExpectation(
            fault: "limit-off-by-one=7",
            fails: ["risk.limit.enforced": .init(reason: "criterion", kinds: ["limit-differs"])],
            blocked: ["risk.limit.race"]),
        FaultExpectation(
            fault: "deny-after-send",
            fails: ["risk.limit.enforced": .init(reason: "left-gateway", kinds: ["left-gateway"])],
            blocked: ["risk.limit.race"]),
        FaultExpectation(fault: "slow-risk", fails: ["risk.decision.latency": .init(reason: "criterion")]),
        FaultExpectation(fault: "slow-risk=40ms", fails: ["risk.decision.latency": .init(reason: "criterion")]),
        FaultExpectation(
            fault: "limit-race", fails: ["risk.limit.race": .init(reason: "criterion", kinds: ["limit-breached"])]),
        FaultExpectation(
            fault: "stop-ignored", fails: ["risk.stop.enforced": .init(reason: "criterion", kinds: ["stop-ignored"])]
        ),
        FaultExpectation(
            fault: "kelly-overbet", fails: ["risk.sizing.kelly": .init(reason: "criterion", kinds: ["size-too-large"])]),
        FaultExpectation(
            fault: "correlation-ignored",
            fails: ["risk.correlation.limited": .init(reason: "criterion", kinds: ["order-not-denied"])]),
        FaultExpectation(
            fault: "risk-fails-open",
            fails: ["risk.data.fail-closed": .init(reason: "fails-open", kinds: ["fails-open"])]),
        FaultExpectation(
            fault: "killswitch-flag-only",
            fails: ["risk.killswitch.effective": .init(reason: "criterion", kinds: ["orders-left-working"])]),
    ]

    private static let database: [FaultExpectation] = [
        FaultExpectation(
            fault: "database-missing", fails: ["database.connection.ready": .init(reason: "unreachable")],
            blocked: [
                "database.query.latency", "database.query.plan", "database.migration.applied", "database.pool.capacity",
                "database.index.sound", "database.health.sound", "database.schema.money-exact",
                "database.integrity.consistent",
                "smoke.flow.books",
            ]),
        FaultExpectation(
            fault: "index-dropped",
            fails: [
                "database.query.latency": .init(reason: "criterion"), "database.query.plan": .init(reason: "criterion"),
                "database.index.sound": .init(reason: "criterion", kinds: ["foreign-key-unindexed"]),
                // An index that the migrations made and that is gone is a schema that its revision does not describe.
                "database.migration.applied": .init(reason: "criterion", kinds: ["schema-differs"]),
            ]),
        FaultExpectation(
            fault: "migration-pending",
            fails: ["database.migration.applied": .init(reason: "criterion", kinds: ["migration-pending"])]),
        FaultExpectation(
            fault: "pool-leak",
            fails: ["database.pool.capacity": .init(reason: "criterion", kinds: ["sessions-leaked"])]),
        FaultExpectation(
            fault: "duplicate-index",
            fails: ["database.index.sound": .init(reason: "criterion", kinds: ["duplicate-index"])]),
        FaultExpectation(
            fault: "float-money",
            fails: ["database.schema.money-exact": .init(reason: "criterion", kinds: ["float-money"])]),
        FaultExpectation(
            fault: "orphan-fill",
            fails: ["database.integrity.consistent": .init(reason: "criterion", kinds: ["orphan-row"])]),
        FaultExpectation(
            fault: "two-heads", fails: ["database.migration.graph": .init(reason: "criterion", kinds: ["two-heads"])],
            blocked: ["database.migration.applied"]),
        FaultExpectation(
            fault: "dangling-parent",
            fails: ["database.migration.graph": .init(reason: "criterion", kinds: ["dangling-parent"])],
            blocked: ["database.migration.applied"]),
    ]
}
