package import Readiness

/// Which checks look through what: how a profile's key is told apart in importance from another.
package struct CheckIndex: Sendable {
    private let definitions: [CheckDefinition]

    /// Of every check that there is.
    package init(_ definitions: [CheckDefinition]) { self.definitions = definitions }

    /// The checks that observe through any of these capabilities, in the catalogue's order.
    func ids(through capabilities: Set<Capability>) -> [String] {
        definitions.filter { !capabilities.isDisjoint(with: $0.hooks) }.map(\.id.description)
    }

    /// The checks that look at room on disks: the profile's `storage`, and no capability.
    var storage: [String] { definitions.map(\.id.description).filter { $0 == "smoke.disk.space" } }

    /// The checks that compare with the limits file.
    var limits: [String] { definitions.map(\.id.description).filter { $0.hasPrefix("risk.limit.") } }

    /// Those that change something on a target.
    var changing: [String] { definitions.filter { $0.effects > .read }.map(\.id.description) }

    /// A list of names for a line: the first few, and how many more.
    static func words(_ ids: [String], most: Int = 3) -> String {
        guard ids.count > most + 1 else { return ids.joined(separator: ", ") }
        return ids.prefix(most).joined(separator: ", ") + " and \(ids.count - most) more"
    }
}
