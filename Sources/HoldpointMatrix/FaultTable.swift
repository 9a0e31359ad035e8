/// What a run against a broken desk must show: checks.md part 2, as data.
struct FaultExpectation: Sendable {
    /// As on the command line: `slow-risk`, `limit-off-by-one=7`.
    var fault: String
    /// Checks that must fail, with the reason and the kinds of finding that they must have at least.
    var fails: [String: Failure]
    /// Checks that must be blocked.
    var blocked: Set<String> = []

    struct Failure: Sendable {
        var reason: String
        var kinds: Set<String> = []
    }

    /// The verdict of every row: all severities are at or above the bar of the shipped policy.
    static let verdict = "no_go"
}

enum FaultTable {
    /// The twelve checks of the plan, in any order.
    static let checks: Set<String> = [
        "smoke.health.ready", "smoke.killswitch.released", "smoke.data.ticking", "smoke.flow.round-trip",
        "smoke.risk.denies", "risk.limit.effective", "risk.limit.enforced", "risk.decision.latency",
        "database.connection.ready", "database.query.latency", "database.query.plan", "database.migration.applied",
    ]

    private static let needOrders: Set<String> = [
        "smoke.flow.round-trip", "smoke.risk.denies", "risk.limit.enforced", "risk.decision.latency",
    ]

    /// One row a fault; two of them with another magnitude than the default.
    static let rows: [FaultExpectation] = [
        FaultExpectation(
            fault: "not-ready", fails: ["smoke.health.ready": .init(reason: "criterion")],
            blocked: checks.filter { !$0.hasPrefix("database.") && $0 != "smoke.health.ready" }),
        FaultExpectation(
            fault: "feed-silent", fails: ["smoke.data.ticking": .init(reason: "criterion")], blocked: needOrders),
        FaultExpectation(
            fault: "killswitch-engaged", fails: ["smoke.killswitch.released": .init(reason: "criterion")],
            blocked: needOrders),
        FaultExpectation(
            fault: "venue-rejects",
            fails: ["smoke.flow.round-trip": .init(reason: "order-rejected", kinds: ["order-rejected"])],
            blocked: ["risk.limit.enforced"]),
        FaultExpectation(
            fault: "risk-off", fails: ["smoke.risk.denies": .init(reason: "criterion")],
            blocked: ["risk.limit.enforced"]),
        FaultExpectation(
            fault: "limit-not-loaded", fails: ["risk.limit.effective": .init(reason: "criterion")],
            blocked: ["risk.limit.enforced"]),
        FaultExpectation(
            fault: "limit-off-by-one",
            fails: ["risk.limit.enforced": .init(reason: "criterion", kinds: ["limit-differs"])]),
        FaultExpectation(
            fault: "limit-off-by-one=7",
            fails: ["risk.limit.enforced": .init(reason: "criterion", kinds: ["limit-differs"])]),
        FaultExpectation(
            fault: "deny-after-send",
            fails: ["risk.limit.enforced": .init(reason: "left-gateway", kinds: ["left-gateway"])]),
        FaultExpectation(fault: "slow-risk", fails: ["risk.decision.latency": .init(reason: "criterion")]),
        FaultExpectation(fault: "slow-risk=40ms", fails: ["risk.decision.latency": .init(reason: "criterion")]),
        FaultExpectation(
            fault: "database-missing", fails: ["database.connection.ready": .init(reason: "unreachable")],
            blocked: ["database.query.latency", "database.query.plan", "database.migration.applied"]),
        FaultExpectation(
            fault: "index-dropped",
            fails: [
                "database.query.latency": .init(reason: "criterion"), "database.query.plan": .init(reason: "criterion"),
            ]),
        FaultExpectation(
            fault: "migration-pending",
            fails: ["database.migration.applied": .init(reason: "criterion", kinds: ["migration-pending"])]),
    ]
}
