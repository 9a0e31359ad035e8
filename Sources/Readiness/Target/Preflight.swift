/// What a run would do to a target, and what it would not be able to see, before anything is run.
///
/// The one value that `--dry-run` prints and that the console opens on. Pure: made from what was asked beforehand.
package struct Preflight: Sendable, Equatable {
    /// How a check will come out, as far as that can be told without running it.
    package enum Forecast: Sendable, Equatable {
        /// Nothing stands against it.
        case runs
        /// It is run, and the target does not list something that it asks for.
        case doubtful(String, lacking: CapabilityReport.Subject)
        /// What is met already makes it red: the endpoint whose reachability it is about is gone.
        case fails(String)
        /// It will see nothing.
        case unverified(UnverifiedReason, String, lacking: CapabilityReport.Subject?)
        /// A check that it requires will not end well.
        case blocked(by: CheckID)
        /// Our own trouble.
        case breaks(String)
    }

    /// A check of the plan.
    package struct Step: Sendable, Equatable {
        /// As it will be announced.
        package var check: PlannedCheck
        /// What it looks through.
        package var needs: [CapabilityReport.Subject]
        /// How it will come out.
        package var forecast: Forecast
    }

    /// Who answered, and what proves paper or refuses it.
    package var target: TargetIdentified
    /// The file that describes the target, as messages name it.
    package var profile: String
    /// How to name the target on a command line.
    package var argument: String
    /// How deep it looks.
    package var mode: Mode
    /// In plan order.
    package var steps: [Step]
    /// What is left out.
    package var excluded: [ExcludedCheck]
    /// How much of the catalogue that is.
    package var scope: Scope
    /// How long all of it takes, with the schedule's width and locks.
    package var predicted: Duration
    /// The readiness surface, as it answered.
    package var capabilities: [CapabilityReport]

    /// Foretells.
    ///
    /// - Parameters:
    ///   - target: who answered.
    ///   - profile: the file that describes it.
    ///   - argument: what stands after `--target`.
    ///   - mode: how deep the run looks.
    ///   - plan: as it will be announced.
    ///   - needs: what each check looks through.
    ///   - capabilities: as they answered.
    ///   - predicted: how long the plan takes.
    package init(
        target: TargetIdentified, profile: String, argument: String, mode: Mode, plan: PlanAnnounced,
        needs: [CheckID: [CapabilityReport.Subject]], capabilities: [CapabilityReport], predicted: Duration
    ) {
        self.target = target
        self.profile = profile
        self.argument = argument
        self.mode = mode
        self.capabilities = capabilities
        self.predicted = predicted
        excluded = plan.excluded
        scope = plan.scope
        var forecasts: [CheckID: Forecast] = [:]
        let checks = Dictionary(plan.checks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        /// Those that it requires come first: the plan holds them all, and no two wait for each other.
        func forecast(_ check: PlannedCheck) -> Forecast {
            if let known = forecasts[check.id] { return known }
            // For a plan that is none: what waits for itself is not waited for.
            forecasts[check.id] = .runs
            let bad = check.requires.first { id in checks[id].map { !forecast($0).isExpectedToSee } ?? false }
            let made = bad.map(Forecast.blocked) ?? Self.own(check, needs[check.id] ?? [], target, capabilities)
            forecasts[check.id] = made
            return made
        }
        steps = plan.checks.map { Step(check: $0, needs: needs[$0.id] ?? [], forecast: forecast($0)) }
    }

    /// What stands against a check by itself.
    private static func own(
        _ check: PlannedCheck, _ needs: [CapabilityReport.Subject], _ target: TargetIdentified,
        _ capabilities: [CapabilityReport]
    ) -> Forecast {
        // The engine asks for permission before it lets a check look.
        if check.effects > .read, target.paper == .unknown {
            return .unverified(.notPermitted, target.detail, lacking: nil)
        }
        let found = needs.compactMap { need in capabilities.first { $0.subject == need } }
        for report in found {
            guard let error = report.trouble else { continue }
            let isSubject = report.capability?.endpoint.reachabilityCheck == check.id
            switch error.outcome(whereReachabilityIsSubject: isSubject) {
            case .fail: return .fails(error.detail)
            case .unverified(let reason): return .unverified(reason, error.detail, lacking: report.subject)
            default: return .breaks(error.detail)
            }
        }
        if check.effects > .read, target.paper == .declared {
            return .unverified(.targetUnreachable, target.detail, lacking: nil)
        }
        return found.first(where: \.isInDoubt).map { .doubtful($0.detail, lacking: $0.subject) } ?? .runs
    }

    // MARK: - Narrowing

    /// The checks that a selection comes to without one of them: what requires it goes with it.
    package func leaving(out id: CheckID, of chosen: Set<CheckID>) -> Set<CheckID> {
        var left = chosen.subtracting([id])
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for step in steps where left.contains(step.check.id) {
                guard step.check.requires.contains(where: { planned($0) && !left.contains($0) }) else { continue }
                left.remove(step.check.id)
                hasChanged = true
            }
        }
        return left
    }

    /// The checks that a selection comes to with one more: what it requires comes with it.
    package func taking(in id: CheckID, to chosen: Set<CheckID>) -> Set<CheckID> {
        var taken = chosen
        var open = [id]
        while let next = open.popLast() {
            guard let step = steps.first(where: { $0.check.id == next }), taken.insert(next).inserted else { continue }
            open += step.check.requires
        }
        return taken
    }

    private func planned(_ id: CheckID) -> Bool { steps.contains { $0.check.id == id } }

    /// How long a selection takes at most: no longer than all of it, and than its checks one after the other. What will see
    /// nothing takes no time worth counting.
    package func predicted(_ chosen: Set<CheckID>) -> Duration {
        let running = steps.filter { chosen.contains($0.check.id) && $0.forecast.isExpectedToSee }
        let alone = running.map(\.check.estMs).reduce(0, +)
        return min(predicted, .milliseconds(alone))
    }

    /// How long a selection takes, in the words of a pre-flight; that nothing runs where nothing does, and no time.
    ///
    /// - Parameter isShort: without what a narrow line has no room for.
    package func time(for chosen: Set<CheckID>, isShort: Bool = false) -> String {
        guard hasWork(in: chosen) else {
            let fails = steps.contains { chosen.contains($0.check.id) && $0.forecast.isFailure }
            guard fails else { return "nothing will run" }
            return isShort ? "what runs fails" : "nothing will run but what fails"
        }
        let time = predicted(chosen)
        // Estimates are whole milliseconds.
        let words = time > .zero ? DurationText.short(time) : "1 ms"
        return isShort ? words : "about \(words)"
    }

    /// Whether a selection holds a check that is expected to see what it looks at.
    package func hasWork(in chosen: Set<CheckID>) -> Bool {
        steps.contains { chosen.contains($0.check.id) && $0.forecast.isExpectedToSee }
    }

    /// The checks that will not be verified.
    package var unverified: [Step] { steps.filter { !$0.forecast.isExpectedToSee } }

    /// How long those checks of the plan take that are expected to see what they look at.
    package var expected: Duration { predicted(Set(steps.map(\.check.id))) }

    /// The checks that may change the target.
    package var changing: [Step] { steps.filter(mayChange) }

    /// Whether a check may change the target: all that do more than read, whatever else is foretold, because a forecast may
    /// be wrong and somebody agrees to this number. None where paper is not even declared: then the interlock lets none.
    package func mayChange(_ step: Step) -> Bool { step.check.effects > .read && target.paper != .unknown }
}

extension Preflight.Forecast {
    /// Whether the check is expected to see what it looks at.
    package var isExpectedToSee: Bool {
        switch self {
        case .runs, .doubtful: true
        case .fails, .unverified, .blocked, .breaks: false
        }
    }

    /// Whether the check is run to say what is known already: that it is red.
    fileprivate var isFailure: Bool { if case .fails = self { true } else { false } }

    /// One word for machines.
    package var word: String {
        switch self {
        case .runs: "runs"
        case .doubtful: "doubtful"
        case .fails: "fail"
        case .unverified: "unverified"
        case .blocked: "blocked"
        case .breaks: "error"
        }
    }

    /// Why, in words; empty for what runs.
    package var why: String {
        switch self {
        case .runs: ""
        case .fails(let words), .breaks(let words), .doubtful(let words, _): words
        case .unverified(let reason, let words, _): "\(reason.rawValue): \(words)"
        case .blocked(let id): "requires \(id)"
        }
    }
}
