package import Readiness

/// `smoke.component.essential`: every essential component reports that it runs, and has done work since the start.
///
/// A count that is above zero may be of work done long ago. So it is looked at until each essential one has risen, for
/// as long as two heartbeats at the most: what lives is seen at once, and what has died in a living process stands
/// still. Whether the work was right is not asked.
package struct ComponentEssential: Check {
    /// What was seen of the parts, those that nobody calls essential among them.
    package struct Observation: Codable, Sendable {
        /// The first look.
        package var first: [ComponentState]
        /// The last look.
        package var last: [ComponentState]
        /// From the first look to the last.
        package var watched: Duration
        /// How often was looked.
        package var looks: Int
        /// The first and the last look.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.component.essential", title: "Every essential component runs and has done work since the start",
        question: "Do all essential components work?", severity: .medium, grade: .observed, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.components], criteria: [componentsKey], controls: ["A10.4"],
        faults: ["component-dead"], estimate: .milliseconds(1100))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Looks until every essential component was seen at work, at most for two heartbeats.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let names = context.criteria.names(Self.componentsKey)?.names ?? []
        let first = try await probes.components.components()
        let begin = context.clock.now
        var last = first
        var looks = 1
        var atWork = 0
        // What is missing or stopped will not begin to move: there is nothing to wait for.
        let awaited = names.filter { name in first.value.contains { $0.name == name && $0.isRunning } }
        while atWork < awaited.count, context.clock.now - begin < Self.patience {
            try await context.clock.sleep(for: Self.interval)
            last = try await probes.components.components()
            looks += 1
            atWork = awaited.count { last.value.events(of: $0) != first.value.events(of: $0) }
            context.reporter.progress(atWork, of: awaited.count, unit: "components")
        }
        let watched = context.clock.now - begin
        var text = EvidenceText(first.transcript)
        if looks > 1 { text.add(last.transcript) }
        for state in last.value {
            let before = first.value.events(of: state.name).map(String.init) ?? "nothing"
            text.add("\(state.name): \(state.state), events from \(before) to \(state.events)")
        }
        let evidence = try await context.evidence.record(text.text, as: .httpExchange, grade: .observed)
        return Observation(
            first: first.value, last: last.value, watched: watched, looks: looks, evidence: evidence)
    }

    /// One that runs and works for each that is expected.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let expected = criteria.names(Self.componentsKey) else { return .missing(Self.componentsKey) }
        guard !expected.names.isEmpty else { return Judgement() }
        let findings = expected.names.compactMap { finding(about: $0, in: observation, expected.source) }
        return Judgement(
            measurements: [
                Measurement(
                    "components_at_work", unit: "1", DecimalValue(expected.names.count - findings.count),
                    Criterion(definition: .equal, DecimalValue(expected.names.count)), from: observation.evidence)
            ],
            findings: findings.capped())
    }

    /// The first thing that is wrong with a component; nil for one that works.
    private func finding(about name: String, in seen: Observation, _ source: SourceLocation) -> Finding? {
        let states = seen.last.filter { $0.name == name }
        guard let state = states.first else { return .missing(name, source) }
        guard states.count == 1 else { return .ambiguous(name, states.count) }
        guard state.isRunning else { return .notRunning(state) }
        if state.events <= 0 { return .neverWorked(state) }
        guard let before = seen.first.events(of: name) else { return nil }
        if state.events < before { return .restarted(state, before) }
        // A look that ended before two heartbeats was not waiting for this one, and proves nothing about it.
        return state.events == before && seen.watched >= Self.patience ? .idle(state, seen.watched) : nil
    }

    /// Find the part that died in a living process.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(_, let judgement) where judgement.measurements.isEmpty:
            return .missingCriteria(["a component under \(Self.componentsKey)"], verify: definition.id)
        case .judged(let observation, let judgement):
            return Remediation(
                summary: "Bring every essential component to work",
                cause: "The components were looked at \(observation.looks) times in "
                    + "\(DurationText.short(observation.watched)): \(judgement.seen).",
                steps: [
                    .init("Look twice: the events of each component must rise.", command: runbook.components),
                    .init("Read the log for the last thing that the component did.", command: runbook.log),
                    .init(
                        "A component that died in a living process does not come back by itself: start the target "
                            + "anew.", command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let componentsKey = "smoke.essential_components"
    private static let interval = Duration.milliseconds(100)
    // The surface promises a heartbeat at least once a second; one may just have been missed.
    private static let patience = Duration.seconds(2)
}

extension ComponentState {
    fileprivate var isRunning: Bool { state == "running" }
}

extension [ComponentState] {
    fileprivate func events(of name: String) -> Int64? { first { $0.name == name }?.events }
}

extension Finding {
    fileprivate static func missing(_ name: String, _ source: SourceLocation) -> Finding {
        Finding(
            kind: "component-missing", severity: .medium, subject: name,
            message: "the target tells of no component \(name), which \(source) expects", location: source)
    }

    fileprivate static func ambiguous(_ name: String, _ count: Int) -> Finding {
        Finding(
            kind: "component-ambiguous", severity: .medium, subject: name,
            message: "the target tells of \(count) components named \(name)")
    }

    fileprivate static func notRunning(_ state: ComponentState) -> Finding {
        Finding(
            kind: "component-not-running", severity: .medium, subject: state.name,
            message: "\(state.name) says that it is \(state.state.isEmpty ? "nothing" : state.state.shortened())")
    }

    fileprivate static func neverWorked(_ state: ComponentState) -> Finding {
        Finding(
            kind: "component-idle", severity: .medium, subject: state.name,
            message: "\(state.name) says that it runs, and has done no work since the start")
    }

    fileprivate static func idle(_ state: ComponentState, _ watched: Duration) -> Finding {
        Finding(
            kind: "component-idle", severity: .medium, subject: state.name,
            message: "\(state.name) says that it runs, and did no work in the \(DurationText.short(watched)) that we "
                + "watched: its count stands at \(state.events)")
    }

    fileprivate static func restarted(_ state: ComponentState, _ before: Int64) -> Finding {
        Finding(
            kind: "component-restarted", severity: .medium, subject: state.name,
            message: "the count of \(state.name) fell from \(before) to \(state.events) while we watched")
    }
}
