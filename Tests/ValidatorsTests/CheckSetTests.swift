import Readiness
import TestSupport
import Testing
import Validators

struct CheckSetTests {
    private let sets = CheckSet.all(
        among: ValidatorRegistry.all(FakeTarget().probes).flatMap(\.checks).map(\.definition.id))

    @Test func `the three sets hold the members of the catalogue`() {
        #expect(sets.map(\.name) == ["health", "basic_flow", "critical_path"])
        #expect(
            sets[0].checks == [
                "smoke.health.ready", "smoke.identity.uniform", "smoke.clock.offset", "smoke.disk.space",
                "smoke.log.visible", "smoke.killswitch.released", "smoke.component.essential",
                "database.connection.ready", "database.migration.applied",
            ])
        #expect(
            sets[1].checks == [
                "smoke.data.ticking", "smoke.flow.round-trip", "smoke.flow.books", "smoke.risk.denies",
            ])
        #expect(sets[2].checks == sets[0].checks + sets[1].checks)
    }

    @Test func `a set of members that are not built is empty, not gone`() {
        #expect(CheckSet.all(among: []).map(\.checks) == [[], [], []])
    }

    @Test func `every quick check is in a set`() {
        let quick = ValidatorRegistry.all(FakeTarget().probes).flatMap(\.checks).map(\.definition)
            .filter { $0.fromMode == .quick }.map(\.id)
        #expect(Set(quick) == Set(sets[2].checks))
    }
}
