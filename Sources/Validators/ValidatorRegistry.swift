package import Readiness

/// Every validator that is built, with its checks, in the order of the catalogue.
package enum ValidatorRegistry {
    /// The validators of a target, made with the probes that they look with. A new check is added here and nowhere
    /// else.
    package static func all(_ probes: TargetProbes) -> [Validator] {
        let others = [
            Validator(
                name: "risk", title: "Pre-trade limits and decisions",
                checks: [
                    LimitEffective(probes), LimitEnforced(probes), LimitRace(probes), StopEnforced(probes),
                    SizingKelly(probes), CorrelationLimited(probes), DataFailClosed(probes), DecisionLatency(probes),
                ]),
            Validator(
                name: "database", title: "The ledger",
                checks: [
                    ConnectionReady(probes), QueryLatency(probes), QueryPlans(probes), MigrationGraph(probes),
                    MigrationApplied(probes), IndexSound(probes), HealthSound(probes), MoneyExact(probes),
                    IntegrityConsistent(probes),
                ]),
            Validator(
                name: "smoke", title: "A short look at everything that must work",
                checks: [
                    HealthReady(probes),
                    IdentityUniform(probes),
                    ClockOffset(probes),
                    DiskSpace(probes),
                    LogVisible(probes),
                    KillSwitchReleased(probes),
                    ComponentEssential(probes),
                    DataTicking(probes),
                    FlowRoundTrip(probes),
                    FlowBooks(probes),
                    RiskDenies(probes),
                ]),
        ]
        return filling(stoppable(others, probes), probes)
    }

    /// Adds the check that stops the whole target, which comes after all others but the one that comes after everything.
    private static func stoppable(_ validators: [Validator], _ probes: TargetProbes) -> [Validator] {
        let ids = validators.flatMap(\.checks).map(\.definition.id).filter { $0 != "database.pool.capacity" }
        let killSwitch = KillSwitchEffective(probes, after: ids)
        return validators.map { validator in
            guard validator.name == killSwitch.definition.id.validator else { return validator }
            var validator = validator
            // In the catalogue the latency of decisions is the last.
            validator.checks.insert(killSwitch, at: validator.checks.count - 1)
            return validator
        }
    }

    /// Adds the check that takes every session of the pool, which comes after all others.
    private static func filling(_ validators: [Validator], _ probes: TargetProbes) -> [Validator] {
        let pool = PoolCapacity(probes, after: validators.flatMap(\.checks).map(\.definition.id))
        return validators.map { validator in
            guard validator.name == pool.definition.id.validator else { return validator }
            var validator = validator
            // In the catalogue it follows the connection.
            validator.checks.insert(pool, at: 1)
            return validator
        }
    }
}
