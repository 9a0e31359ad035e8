package import Readiness

/// Which check of a round may start next. A value without clock or effects: the dispatcher tells it what happened and
/// asks what follows, so that it is tested with five-line checks.
package struct Schedule: Sendable {
    /// What follows from what happened.
    package enum Decision: Sendable, Equatable {
        /// Start the body. The locks are held from now.
        case start(CheckID)
        /// It will not start: a check that it requires did not end well, or its endpoint is gone. It is settled.
        case block(CheckID, Blocking)
        /// It is held up by something else than before. Waiting for a free place alone is not told.
        case wait(CheckID, CheckWaiting)
    }

    private struct Entry {
        var definition: CheckDefinition
        /// Those that name this one in `requires`, and those that name it in `after`.
        var requirers: [Int] = []
        var followers: [Int] = []
        /// The place in the order among those that may start; smaller is earlier.
        var rank = 0
        /// The outcome that counts now.
        var outcome: Outcome.Word?
        /// The first red check behind a blocked or lost one.
        var rootCause: CheckID?
        /// In the round and without an outcome.
        var isOpen = false
        var isRunning = false
        /// Open checks that this one must see the end of.
        var unmet: Set<Int> = []
        var told: CheckWaiting?
    }

    private var entries: [Entry] = []
    private var places: [CheckID: Int] = [:]
    /// Open checks with nothing unmet that do not run, by rank.
    private var ready: [Int] = []
    private var open = 0
    private var running: Set<Int> = []
    private var exclusive: Set<Lock> = []
    private var shared: [Lock: Int] = [:]
    /// Endpoints being looked at: nothing that needs them starts.
    private var held: Set<Endpoint> = []
    private var fresh: [Decision] = []
    private let width: Int

    /// Takes the plan's checks. What they require beyond the plan is taken for met.
    ///
    /// - Parameters:
    ///   - width: bodies that may run at once, at least 1.
    ///   - predictions: how long checks will take; those that are not named take what their definition estimates.
    package init(
        _ definitions: [CheckDefinition], graph: DependencyGraph, width: Int, predictions: [CheckID: Duration] = [:]
    ) {
        self.width = max(1, width)
        entries = definitions.map { Entry(definition: $0) }
        for (place, definition) in definitions.enumerated() { places[definition.id] = place }
        for (place, definition) in definitions.enumerated() {
            for required in definition.requires {
                if let other = places[required] { entries[other].requirers.append(place) }
            }
            for earlier in definition.after {
                if let other = places[earlier] { entries[other].followers.append(place) }
            }
        }
        let paths = graph.remainingPaths(
            estimates: Dictionary(
                uniqueKeysWithValues: definitions.map { ($0.id, predictions[$0.id] ?? $0.estimate) }))
        let order = definitions.indices.sorted { left, right in
            Self.comesFirst(definitions[left], definitions[right], paths: paths)
        }
        for (rank, place) in order.enumerated() { entries[place].rank = rank }
    }

    /// Disruptive ones come last, because they invalidate what was seen before; those that need the machine for
    /// themselves after the others, which they would only wait for; then the longest remaining path; then the id.
    private static func comesFirst(
        _ left: CheckDefinition, _ right: CheckDefinition, paths: [CheckID: Duration]
    ) -> Bool {
        let disruptive = (left.effects == .disruptive, right.effects == .disruptive)
        if disruptive.0 != disruptive.1 { return disruptive.1 }
        let quiet = (left.locks.contains(.machineQuiet), right.locks.contains(.machineQuiet))
        if quiet.0 != quiet.1 { return quiet.1 }
        let path = (paths[left.id] ?? .zero, paths[right.id] ?? .zero)
        return path.0 == path.1 ? left.id < right.id : path.0 > path.1
    }

    /// Begins a round: these checks run again, the outcomes of the others stand. Only when idle.
    package mutating func begin(_ ids: [CheckID]) {
        let round = ids.compactMap { places[$0] }
        held = []
        for place in round {
            entries[place].outcome = nil
            entries[place].rootCause = nil
            entries[place].isOpen = true
            entries[place].told = nil
        }
        open = round.count
        for place in round {
            let definition = entries[place].definition
            let earlier = (definition.requires + definition.after).compactMap { places[$0] }
            entries[place].unmet = Set(earlier.filter { entries[$0].isOpen })
        }
        for place in round where entries[place].isOpen {
            if let blocking = standingBlock(of: entries[place].definition) {
                block(place, blocking)
            } else if entries[place].unmet.isEmpty {
                makeReady(place)
            } else {
                tellDependencies(of: place)
            }
        }
    }

    /// Whether every check of the round has its outcome.
    package var isIdle: Bool { open == 0 }

    /// Checks whose bodies run, by id.
    package var runningChecks: [CheckID] { running.map { entries[$0].definition.id }.sorted() }

    /// Checks of the round that neither run nor have an outcome, in plan order.
    package var pendingChecks: [CheckID] {
        entries.filter { $0.isOpen && !$0.isRunning }.map(\.definition.id)
    }

    /// What may be done now. Blocked checks are settled; started ones hold their locks.
    package mutating func decide() -> [Decision] {
        // One that was given up meanwhile waits for nothing: it has its outcome.
        var decisions = fresh.filter { decision in
            guard case .wait(let id, _) = decision else { return true }
            return places[id].map { entries[$0].isOpen } ?? false
        }
        fresh = []
        var place = 0
        while place < ready.count, running.count < width {
            let candidate = ready[place]
            if let waiting = obstacle(to: entries[candidate].definition) {
                if waiting != entries[candidate].told {
                    entries[candidate].told = waiting
                    decisions.append(.wait(entries[candidate].definition.id, waiting))
                }
                place += 1
            } else {
                ready.remove(at: place)
                start(candidate)
                decisions.append(.start(entries[candidate].definition.id))
            }
        }
        return decisions
    }

    /// A check has its outcome, whether it ran or not; its locks are free.
    ///
    /// - Parameter rootCause: for an outcome that is another one's fault (a lost target), that one.
    package mutating func finish(_ id: CheckID, _ outcome: Outcome.Word, rootCause: CheckID? = nil) {
        guard let place = places[id], entries[place].isOpen else { return }
        if running.remove(place) != nil { release(place) }
        settle(place, outcome, rootCause: rootCause)
    }

    /// Gives checks up that have not started, all at once, so that none of them is blocked by another. What requires
    /// them and is not among them is blocked.
    ///
    /// - Returns: those that it gave up: the ones of the round that neither run nor have an outcome.
    package mutating func giveUp(_ ids: [CheckID], as outcome: Outcome.Word) -> [CheckID] {
        let given = ids.compactMap { places[$0] }.filter { entries[$0].isOpen && !entries[$0].isRunning }
        for place in given {
            removeFromReady(place)
            entries[place].isOpen = false
            entries[place].outcome = outcome
            entries[place].told = nil
            open -= 1
        }
        for place in given { tellDependants(of: place, outcome, rootCause: nil) }
        return given.map { entries[$0].definition.id }
    }

    /// Keeps back every check that needs an endpoint, while that is looked at.
    package mutating func hold(_ endpoint: Endpoint) { held.insert(endpoint) }

    /// Ends the look. When the endpoint is gone, what needs it and has not started is blocked.
    package mutating func release(_ endpoint: Endpoint, isLost: Bool) {
        held.remove(endpoint)
        let subject = endpoint.reachabilityCheck
        guard isLost, places[subject] != nil else { return }
        let blocking = Blocking(blockedBy: subject, rootCause: subject)
        for place in entries.indices where entries[place].isOpen && !entries[place].isRunning {
            let definition = entries[place].definition
            if definition.endpoints.contains(endpoint), definition.id != subject { block(place, blocking) }
        }
    }

    // MARK: - Settling

    /// A requirement that is not part of the round and did not end well.
    private func standingBlock(of definition: CheckDefinition) -> Blocking? {
        for required in definition.requires {
            guard let place = places[required], !entries[place].isOpen, let outcome = entries[place].outcome else {
                continue
            }
            if !outcome.letsDependantsRun {
                return Blocking(blockedBy: required, rootCause: entries[place].rootCause ?? required)
            }
        }
        return nil
    }

    private mutating func block(_ place: Int, _ blocking: Blocking) {
        guard entries[place].isOpen, !entries[place].isRunning else { return }
        fresh.append(.block(entries[place].definition.id, blocking))
        settle(place, .blocked, rootCause: blocking.rootCause)
    }

    private mutating func settle(_ place: Int, _ outcome: Outcome.Word, rootCause: CheckID?) {
        removeFromReady(place)
        entries[place].isOpen = false
        entries[place].outcome = outcome
        entries[place].rootCause = rootCause
        entries[place].told = nil
        open -= 1
        tellDependants(of: place, outcome, rootCause: rootCause)
    }

    private mutating func tellDependants(of place: Int, _ outcome: Outcome.Word, rootCause: CheckID?) {
        let id = entries[place].definition.id
        for requirer in entries[place].requirers where entries[requirer].isOpen {
            if outcome.letsDependantsRun {
                meet(place, for: requirer)
            } else {
                block(requirer, Blocking(blockedBy: id, rootCause: rootCause ?? id))
            }
        }
        for follower in entries[place].followers where entries[follower].isOpen { meet(place, for: follower) }
    }

    private mutating func meet(_ place: Int, for waiting: Int) {
        guard entries[waiting].unmet.remove(place) != nil else { return }
        if entries[waiting].unmet.isEmpty { makeReady(waiting) } else { tellDependencies(of: waiting) }
    }

    private mutating func tellDependencies(of place: Int) {
        let names = entries[place].unmet.map { entries[$0].definition.id.description }.sorted()
        let waiting = CheckWaiting(on: "dependency", names: names)
        guard waiting != entries[place].told else { return }
        entries[place].told = waiting
        fresh.append(.wait(entries[place].definition.id, waiting))
    }

    // MARK: - Starting

    private mutating func makeReady(_ place: Int) {
        ready.insert(place, at: readyPosition(of: entries[place].rank))
    }

    private mutating func removeFromReady(_ place: Int) {
        let position = readyPosition(of: entries[place].rank)
        if position < ready.count, ready[position] == place { ready.remove(at: position) }
    }

    private func readyPosition(of rank: Int) -> Int {
        var low = 0
        var high = ready.count
        while low < high {
            let middle = (low + high) / 2
            if entries[ready[middle]].rank < rank { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func obstacle(to definition: CheckDefinition) -> CheckWaiting? {
        let endpoints = definition.endpoints.intersection(held)
        if !endpoints.isEmpty { return CheckWaiting(on: "target", names: endpoints.map(\.rawValue).sorted()) }
        let taken = definition.locks.filter { exclusive.contains($0) || shared[$0, default: 0] > 0 }
        let inTheWay = taken + definition.sharedLocks.filter { exclusive.contains($0) }
        return inTheWay.isEmpty ? nil : CheckWaiting(on: "lock", names: inTheWay.sorted().map(\.rawValue))
    }

    private mutating func start(_ place: Int) {
        running.insert(place)
        entries[place].isRunning = true
        entries[place].told = nil
        exclusive.formUnion(entries[place].definition.locks)
        for lock in entries[place].definition.sharedLocks { shared[lock, default: 0] += 1 }
    }

    private mutating func release(_ place: Int) {
        entries[place].isRunning = false
        exclusive.subtract(entries[place].definition.locks)
        for lock in entries[place].definition.sharedLocks { shared[lock, default: 1] -= 1 }
    }
}
