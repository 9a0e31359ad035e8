package import Readiness

/// `smoke.log.visible`: a marker sent through the target's surface is found in its log in time.
///
/// The file is read by us, where the process says that it writes: a log that goes nowhere answers no question after an
/// incident. What the lines hold beside the marker is not looked at; `monitoring.log.structured` does.
package struct LogVisible: Check {
    /// What became of the marker.
    package struct Observation: Codable, Sendable {
        /// Where the process says that it writes.
        package var log: LogDescription
        /// What was sent.
        package var marker: String
        /// Whether the target said that it took the marker.
        package var isAccepted: Bool
        /// From sending the marker to the look that found it; nil when none did.
        package var foundAfter: Duration?
        /// From sending the marker to the last look.
        package var watched: Duration
        /// The exchange, and the line that was found.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.log.visible", title: "A marker sent through the target's surface is found in its log in time",
        question: "Does the target's log say what happens?", severity: .medium, grade: .exercised, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.logs], criteria: [limitKey], controls: ["A5.4", "A10.1"],
        faults: ["log-silent"])

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Sends one marker, and looks into the file until it is there, at most for the limit and a margin.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let log = try await probes.log.describeLog()
        let marker = "\(context.token)-marker"
        let limit = context.criteria[Self.limitKey]?.value ?? "0"
        // Past the limit by a margin, so that a late line is told with its time and not as silence.
        let window = Duration(milliseconds: limit) + Self.margin
        let begin = context.clock.now
        let sent = try await probes.log.mark(marker)
        var text = EvidenceText(log.transcript, sent.transcript)
        var foundAfter: Duration?
        while sent.value {
            let look = try await probes.log.find(marker, in: log.value)
            let elapsed = context.clock.now - begin
            if look.value != nil { foundAfter = elapsed }
            guard foundAfter == nil, elapsed < window else {
                text.add(look.transcript)
                break
            }
            try await context.clock.sleep(for: Self.interval)
        }
        let watched = context.clock.now - begin
        let evidence = try await context.evidence.record(text.text, as: .logExcerpt, grade: .exercised)
        return Observation(
            log: log.value, marker: marker, isAccepted: sent.value, foundAfter: foundAfter, watched: watched,
            evidence: evidence)
    }

    /// Taken, found, in time, and no line lost before it.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let limit = criteria[Self.limitKey] else { return .missing(Self.limitKey) }
        guard let delay = observation.foundAfter else {
            return Judgement(
                measurements: [
                    Measurement(
                        told: "log_watched", unit: "ms", DecimalValue(milliseconds: observation.watched),
                        from: observation.evidence)
                ],
                findings: [observation.isAccepted ? .missing(observation) : .refused(observation)])
        }
        return Judgement(
            measurements: [
                Measurement(
                    "log_delay", unit: "ms", DecimalValue(milliseconds: delay), Criterion(.lessOrEqual, limit),
                    from: observation.evidence)
            ] + Self.lost(observation))
    }

    /// A log with gaps is not the record that an incident is reconstructed from, however quick it is. Told by the
    /// target: one that does not count them is not measured here.
    private static func lost(_ observation: Observation) -> [Measurement] {
        observation.log.linesLost.map { count in
            [
                Measurement(
                    "log_lines_lost", unit: "lines", DecimalValue(Int(count)), Criterion(definition: .equal, "0"),
                    from: observation.evidence)
            ]
        } ?? []
    }

    /// Find out where the lines go.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            return Remediation(
                summary: "Let the target's log say again what happens, in time",
                cause: "The marker \(observation.marker) was sent to be logged: \(judgement.seen).",
                steps: Self.looks(observation) + [
                    .init(
                        "See whether there is room left to write to: a full disk silences a log first.",
                        command: runbook.disk),
                    .init(
                        "If the file was moved away under the process, let it open its log anew by starting it anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static func looks(_ seen: Observation) -> [Remediation.Step] {
        if seen.log.isCommand == true {
            return [
                .init(
                    "Look for the marker yourself, with the command of the profile.",
                    command: "\(seen.log.path) | grep -c -e \(seen.marker)")
            ]
        }
        let path = ShellWord.quoted(seen.log.path)
        return [
            .init("Look for the marker yourself.", command: "grep -c -e \(seen.marker) \(path)"),
            .init("See whose file it is, and when it was last written.", command: "ls -l \(path)"),
        ]
    }

    private static let limitKey = "smoke.max_log_delay_ms"
    private static let interval = Duration.milliseconds(20)
    private static let margin = Duration.milliseconds(500)
}

extension Finding {
    fileprivate static func missing(_ seen: LogVisible.Observation) -> Finding {
        Finding(
            kind: "marker-missing", severity: .medium, subject: "log",
            message: "the target took the marker, and \(seen.log.path.shortened(to: 200)) did not show it in the "
                + "\(DurationText.short(seen.watched)) that we watched")
    }

    fileprivate static func refused(_ seen: LogVisible.Observation) -> Finding {
        Finding(
            kind: "marker-refused", severity: .medium, subject: "log",
            message: "the target says that it did not take the marker \(seen.marker)")
    }
}
