import FoundationEssentials
package import Readiness

/// `smoke.clock.offset`: the target's clock is within its limit of ours.
///
/// Each reading leaves half of its way there and back open; the one with the shortest way is judged, by what is certain
/// to be beyond that doubt. So a busy host widens the doubt and makes no good clock red. It says nothing about whether
/// our own clock is right.
package struct ClockOffset: Check {
    /// What the clocks showed.
    package struct Observation: Codable, Sendable {
        /// In the order taken.
        package var readings: [ClockReading]
        /// The readings.
        package var evidence: Evidence
    }

    /// Its place in the catalogue.
    package let definition = CheckDefinition(
        id: "smoke.clock.offset", title: "The target's clock is within its limit of ours",
        question: "Does the target know what time it is?", severity: .high, grade: .observed, fromMode: .quick,
        requires: ["smoke.health.ready"], hooks: [.discovery], parts: [.clock], criteria: [warnKey, limitKey],
        controls: ["A7.1", "A10.1"], faults: ["clock-skew"], estimate: .milliseconds(150))

    private let probes: TargetProbes

    /// Looks through these probes.
    package init(_ probes: TargetProbes) { self.probes = probes }

    /// Takes the readings, a little apart, so that one burst of noise does not spoil them all.
    package func collect(in context: CollectContext) async throws(ProbeError) -> Observation {
        let planned = context.mode == .thorough ? Self.thoroughReadings : Self.readings
        var readings: [ClockReading] = []
        var text = EvidenceText()
        while true {
            let answer = try await probes.clock.clock()
            readings.append(answer.value)
            text.add("\(answer.transcript), ours \(answer.value.before) before and \(answer.value.after) after")
            context.reporter.progress(readings.count, of: planned, unit: "readings")
            guard readings.count < planned else { break }
            try await context.clock.sleep(for: Self.interval)
        }
        let evidence = try await context.evidence.record(text.text, as: .samples, grade: .observed)
        return Observation(readings: readings, evidence: evidence)
    }

    /// What the best reading proves, and that the clock runs at all.
    package func judge(_ observation: Observation, by criteria: Criteria) -> Judgement {
        guard let warn = criteria[Self.warnKey], let limit = criteria[Self.limitKey] else {
            return .missing(all: [Self.warnKey, Self.limitKey].filter { criteria[$0] == nil })
        }
        // A reading during which our own clock was set back has no length that could be halved.
        let sound = observation.readings.filter { $0.after >= $0.before }
        guard let best = sound.map(Estimate.init).min(by: { $0.doubt < $1.doubt }) else { return Judgement() }
        let evidence = observation.evidence
        var judgement = Judgement(measurements: [
            Measurement(
                told: best.offset < 0 ? "clock_behind" : "clock_ahead", unit: "ms", DecimalValue(abs(best.offset)),
                n: sound.count, from: evidence),
            Measurement(told: "clock_doubt", unit: "ms", DecimalValue(best.doubt), n: sound.count, from: evidence),
        ])
        let certain = Measurement(
            "clock_offset_certain", unit: "ms", DecimalValue(best.certain), Criterion(.lessOrEqual, limit, warn: warn),
            n: sound.count, from: evidence)
        // Where even the shortest way leaves more open than the limit, only a miss is proven.
        if certain.result == .fail || best.doubt <= limit.value.decimal { judgement.measurements.append(certain) }
        if certain.result != .pass {
            judgement.findings.append(.differs(best, severity: certain.result == .fail ? .high : .low))
        }
        if let first = sound.first, let last = sound.last, sound.count > 1, last.target <= first.target {
            judgement.findings.append(.stands(over: sound.count))
        }
        return judgement
    }

    /// Let both machines follow one time.
    package func remediation(for trouble: Trouble<Observation>) -> Remediation? {
        let runbook = probes.runbook
        switch trouble {
        case .notObserved(let error): return .notObserved(error, runbook, verify: definition.id)
        case .judged(_, let judgement) where !judgement.missingCriteria.isEmpty:
            return .missingCriteria(judgement.missingCriteria, verify: definition.id)
        case .judged(let observation, let judgement):
            return Remediation(
                summary: "Set the target's clock right, and keep it so",
                cause: "The target's clock was read \(observation.readings.count) times between two looks at ours: "
                    + "\(judgement.seen).",
                steps: [
                    .init("See both clocks side by side.", command: runbook.clock),
                    .init(
                        "See whether this machine follows a time server: its own clock may be the wrong one.",
                        command: "timedatectl status"),
                    .init(
                        "See the same on the target's machine, and read its log for a step of the clock.",
                        command: runbook.log),
                    .init(
                        "If the machines agree and the target does not, it keeps a time of its own: start it anew.",
                        command: runbook.restart),
                ],
                verify: [definition.id])
        }
    }

    private static let warnKey = "smoke.warn_clock_offset_ms"
    private static let limitKey = "smoke.max_clock_offset_ms"
    private static let readings = 15
    private static let thoroughReadings = 101
    private static let interval = Duration.milliseconds(5)
}

/// What one reading tells: the offset in its middle, and how far that may be wrong. Milliseconds, exact.
private struct Estimate {
    /// The target's clock less ours.
    var offset: Decimal
    /// Half of the way there and back: the answer may have been given at its beginning or at its end.
    var doubt: Decimal

    /// Decimals, because a hostile number of nanoseconds overflows an integer.
    init(_ reading: ClockReading) {
        let (before, after) = (Decimal(reading.before), Decimal(reading.after))
        offset = (Decimal(reading.target) - (before + after) / 2) / 1_000_000
        doubt = (after - before) / 2 / 1_000_000
    }

    /// What of the offset no way there and back explains.
    var certain: Decimal { max(0, abs(offset) - doubt) }
}

extension Finding {
    fileprivate static func differs(_ best: Estimate, severity: Severity) -> Finding {
        let way = best.offset > 0 ? "ahead of" : "behind"
        return Finding(
            kind: "clock-differs", severity: severity, subject: "clock",
            message:
                "the target's clock is \(shown(abs(best.offset))) \(way) ours, known to \(shown(best.doubt)) either way"
        )
    }

    private static func shown(_ milliseconds: Decimal) -> String {
        DurationText.short(Duration(milliseconds: DecimalValue(milliseconds)))
    }

    fileprivate static func stands(over readings: Int) -> Finding {
        Finding(
            kind: "clock-stands", severity: .high, subject: "clock",
            message: "the target's clock did not go forward over \(readings) readings")
    }
}
