import FoundationEssentials

/// What a check states: measurements against criteria, each resting on evidence, and findings.
package struct Judgement: Sendable, Equatable {
    /// Each resting on evidence. None means that nothing was observed.
    package var measurements: [Measurement]
    /// What was found beside the numbers.
    package var findings: [Finding]
    /// Criteria keys that the judgement needed and that no file gives. Any makes the check an error of configuration.
    package var missingCriteria: [String]
    /// What keeps an outcome from being what the statements add up to; nil for all checks of our own.
    package var reservation: Reservation?

    /// What an external validator did, beside what it said.
    package enum Reservation: Sendable, Equatable {
        /// It broke the protocol, its own tool or its time limit: nothing that it said counts.
        case broken(ErrorReason, String)
        /// It says of itself that it could not see enough. Withholds a pass; a proven miss stays one.
        case withheld(UnverifiedReason, String)
        /// It said pass and ended with another exit code than 0. Makes a pass a warning.
        case exitMismatch(String)

        fileprivate var words: String {
            switch self {
            case .broken(_, let words), .withheld(_, let words), .exitMismatch(let words): words
            }
        }
    }

    /// States what was seen.
    package init(
        measurements: [Measurement] = [], findings: [Finding] = [], missingCriteria: [String] = [],
        reservation: Reservation? = nil
    ) {
        self.measurements = measurements
        self.findings = findings
        self.missingCriteria = missingCriteria
        self.reservation = reservation
    }

    /// The judgement of a check whose criteria are not all there.
    package static func missing(_ keys: String...) -> Judgement { Judgement(missingCriteria: keys) }
}

extension Judgement {
    /// The outcome that the statements add up to. The only place where a pass is made.
    ///
    /// Order matters. Without its criteria nothing can be said. A proven miss counts even on thin evidence. After that
    /// whatever was not observed well enough is unverified, never a weaker kind of pass. The grade is the weakest that a
    /// measurement rests on.
    package func outcome(requiring grade: Grade) -> Outcome {
        guard missingCriteria.isEmpty else { return .error(.configuration) }
        if case .broken(let reason, _) = reservation { return .error(reason) }
        if measurements.contains(where: { $0.result == .fail }) { return .fail(.criterion) }
        if let worst = findings.filter({ $0.severity >= .medium }).max(by: { $0.severity < $1.severity }) {
            return .fail(.finding(worst.kind))
        }
        if measurements.contains(where: { $0.result == .implausible }) { return .unverified(.implausible) }
        if measurements.contains(where: { $0.result == .noisyHost }) { return .unverified(.noisyHost) }
        if measurements.contains(where: { $0.result == .tooFewSamples }) { return .unverified(.tooFewSamples) }
        if case .withheld(let reason, _) = reservation { return .unverified(reason) }
        // Numbers that are only told meet no criterion: alone they prove nothing.
        guard measurements.contains(where: { $0.criterion != nil }),
            let evidence = Evidence.NonEmpty(measurements.map(\.evidence))
        else { return .unverified(.noSamples) }
        guard evidence.grade >= grade else { return .unverified(.gradeBelowRequired) }
        if case .exitMismatch = reservation { return .warn(.exitMismatch) }
        if !findings.isEmpty || measurements.contains(where: { $0.result == .warn }) { return .warn(.band) }
        return .pass(evidence)
    }

    /// The grade that the measurements rest on, E0 without any.
    package var grade: Grade { measurements.map(\.evidence.grade).min() ?? .none }

    /// One sentence for a person: why the outcome is what it is.
    package func sentence(for outcome: Outcome, title: String) -> String {
        if let words = reservation?.words, outcome.isOf(reservation) { return words }
        switch outcome {
        case .fail:
            let finding = findings.filter { $0.severity >= .medium }.max { $0.severity < $1.severity }
            let missed = measurements.filter { $0.result == .fail }
            if let finding { return finding.message }
            return missed.map(\.sentence).joined(separator: "; ")
        case .unverified(.implausible):
            return measurements.filter { $0.result == .implausible }.map(\.sentence).joined(separator: "; ")
        case .unverified(.noisyHost):
            let noisy = measurements.first { $0.result == .noisyHost }
            return (noisy.map { $0.sentence + ", but " } ?? "") + "the host was too busy for that to mean anything"
        case .unverified(.tooFewSamples):
            let few = measurements.first { $0.result == .tooFewSamples }
            return few.map { "\($0.name) has \($0.n) samples and needs \($0.needed ?? 0)" } ?? "too few samples"
        case .unverified(.gradeBelowRequired): return "what was seen is of grade \(grade.rawValue), which is too weak"
        case .unverified(.noSamples): return "nothing was measured against a criterion"
        case .error(.configuration): return "no file gives " + missingCriteria.joined(separator: ", ")
        case .warn: return findings.first?.message ?? measurements.first { $0.result == .warn }?.sentence ?? title
        default: return title
        }
    }
}

extension Measurement {
    /// `p99 is 14.2 ms, must be < 10 ms`: the number and what it is held against, or what speaks against the number itself.
    ///
    /// The signs are those of the tables on the screen, spelled in ASCII: `=` and never `==`.
    package var sentence: String {
        if let doubt { return "\(name) \(doubt)" }
        guard let criterion else { return "\(name) \(shownValue)" }
        let sign = criterion.op == .equal ? "=" : criterion.op.rawValue
        return "\(name) is \(shownValue), must be \(sign) \(criterion.fail)\(unit == "1" ? "" : " \(unit)")"
    }

    /// The number with its unit; milliseconds and gigabytes with three significant digits.
    package var shownValue: String {
        switch unit {
        case "ms":
            let nanoseconds = (value.decimal * 1_000_000)
            return Int64(nanoseconds.description.prefix { $0 != "." }).map { DurationText.short(nanoseconds: $0) }
                ?? "\(value) ms"
        case "GB": return gigabytes
        case "1": return value.description
        default: return "\(value) \(unit)"
        }
    }

    /// `45.2 GB`, `812 MB`: never rounded up, so that what is short of a floor is not shown as if it reached it.
    private var gigabytes: String {
        guard value.decimal > 0 else { return "\(value) GB" }
        var amount = value.decimal
        var unit = "GB"
        for smaller in ["MB", "kB", "B"] where amount < 1 {
            amount *= 1000
            unit = smaller
        }
        let places = amount >= 100 ? 1 : amount >= 10 ? 10 : 100
        guard let scaled = Int64((amount * Decimal(places)).description.prefix { $0 != "." }) else {
            return "\(value) GB"
        }
        return "\(Decimal(scaled) / Decimal(places)) \(unit)"
    }
}

extension Outcome {
    /// Whether the outcome is what a reservation made of it.
    fileprivate func isOf(_ reservation: Judgement.Reservation?) -> Bool {
        switch (self, reservation) {
        case (.error(let reason), .broken(let broken, _)): reason == broken
        case (.unverified(let reason), .withheld(let withheld, _)): reason == withheld
        case (.warn(.exitMismatch), .exitMismatch): true
        default: false
        }
    }
}
