package import Readiness

/// Every validator that is built, with its checks, in the order of the catalogue.
package enum ValidatorRegistry {
    /// The validators of a target, made with the probes that they look with. A new check is added here and nowhere
    /// else.
    package static func all(_ probes: TargetProbes) -> [Validator] {
        [
            Validator(
                name: "risk", title: "Pre-trade limits and decisions",
                checks: [LimitEffective(probes), LimitEnforced(probes), DecisionLatency(probes)]),
            Validator(
                name: "database", title: "The ledger",
                checks: [
                    ConnectionReady(probes), QueryLatency(probes), QueryPlans(probes), MigrationApplied(probes),
                ]),
            Validator(
                name: "smoke", title: "A short look at everything that must work",
                checks: [
                    HealthReady(probes), KillSwitchReleased(probes), DataTicking(probes), FlowRoundTrip(probes),
                    RiskDenies(probes),
                ]),
        ]
    }
}
