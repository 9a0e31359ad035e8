package import Readiness

/// The named sets of checks that a mode of the criteria file may ask for.
///
/// The catalogue's members are listed whole; those that are not built yet are left out of what a set holds.
package struct CheckSet: Sendable, Equatable {
    /// `health`, `basic_flow`, `critical_path`.
    package var name: String
    /// What it is for, in a few words.
    package var title: String
    /// The members that exist, in the catalogue's order.
    package var checks: [CheckID]

    /// Every set, with those members that are among the given checks.
    package static func all(among existing: some Sequence<CheckID>) -> [CheckSet] {
        let built = Set(existing)
        return catalogue.map { name, title, members in
            CheckSet(name: name, title: title, checks: members.filter(built.contains))
        }
    }

    private static let health: [CheckID] = [
        "smoke.health.ready", "smoke.identity.uniform", "smoke.clock.offset", "smoke.disk.space", "smoke.log.visible",
        "smoke.killswitch.released", "smoke.component.essential", "database.connection.ready",
        "database.migration.applied",
    ]
    private static let basicFlow: [CheckID] = [
        "smoke.data.ticking", "smoke.flow.round-trip", "smoke.flow.books", "smoke.risk.denies",
    ]
    private static let catalogue: [(String, String, [CheckID])] = [
        ("health", "is everything up", health),
        ("basic_flow", "does an order go through, and does risk say no", basicFlow),
        ("critical_path", "both", health + basicFlow),
    ]
}
