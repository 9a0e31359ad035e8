package import Readiness

/// Who waits for whom. Free of cycles: making one of a set that has a cycle throws.
package struct DependencyGraph: Sendable {
    private let requires: [CheckID: [CheckID]]
    private let after: [CheckID: [CheckID]]
    private let dependants: [CheckID: [CheckID]]

    /// Takes the definitions of all registered checks.
    ///
    /// - Throws: `PlanError` for a duplicate id, for `requires` of one that is not there, and for a cycle, which it names.
    ///   `after` of one that is not there is allowed: it pulls in nothing.
    package init(_ definitions: [CheckDefinition]) throws(PlanError) {
        var requires: [CheckID: [CheckID]] = [:]
        var after: [CheckID: [CheckID]] = [:]
        var dependants: [CheckID: [CheckID]] = [:]
        for definition in definitions {
            guard requires[definition.id] == nil else { throw .duplicate(definition.id) }
            requires[definition.id] = definition.requires
            after[definition.id] = definition.after
        }
        for definition in definitions {
            for required in definition.requires {
                guard requires[required] != nil else { throw .unknownDependency(of: definition.id, on: required) }
                dependants[required, default: []].append(definition.id)
            }
        }
        self.requires = requires
        self.after = after
        self.dependants = dependants
        if let cycle = findCycle(in: definitions.map(\.id)) { throw .cycle(cycle) }
    }

    /// What a check needs directly.
    package func requirements(of id: CheckID) -> [CheckID] { requires[id] ?? [] }

    /// What must have ended before a check, directly.
    package func predecessors(of id: CheckID) -> [CheckID] { after[id] ?? [] }

    /// Every check that needs one of these, however far, itself not included unless it is among them.
    package func closureOfDependants(of ids: some Sequence<CheckID>) -> Set<CheckID> {
        closure(of: ids) { dependants[$0] ?? [] }
    }

    /// Every check that one of these needs, however far.
    package func closureOfRequirements(of ids: some Sequence<CheckID>) -> Set<CheckID> {
        closure(of: ids) { requires[$0] ?? [] }
    }

    /// The longest time from the start of each check to the end of whatever needs it.
    func remainingPaths(estimates: [CheckID: Duration]) -> [CheckID: Duration] {
        var known: [CheckID: Duration] = [:]
        func path(_ id: CheckID) -> Duration {
            if let path = known[id] { return path }
            let behind = (dependants[id] ?? []).map(path).max() ?? .zero
            let path = (estimates[id] ?? .zero) + behind
            known[id] = path
            return path
        }
        for id in requires.keys { _ = path(id) }
        return known
    }

    private func closure(of ids: some Sequence<CheckID>, by step: (CheckID) -> [CheckID]) -> Set<CheckID> {
        var found: Set<CheckID> = []
        var open = Array(ids)
        while let id = open.popLast() {
            for next in step(id) where found.insert(next).inserted { open.append(next) }
        }
        return found
    }

    /// A cycle through `requires` and `after` together, or nil.
    private func findCycle(in ids: [CheckID]) -> [CheckID]? {
        var done: Set<CheckID> = []
        var path: [CheckID] = []
        func visit(_ id: CheckID) -> [CheckID]? {
            if done.contains(id) { return nil }
            if let start = path.firstIndex(of: id) { return Array(path[start...]) + [id] }
            path.append(id)
            defer { path.removeLast() }
            for next in (requires[id] ?? []) + (after[id] ?? []) where requires[next] != nil {
                if let cycle = visit(next) { return cycle }
            }
            done.insert(id)
            return nil
        }
        for id in ids.sorted() {
            if let cycle = visit(id) { return cycle }
        }
        return nil
    }
}
