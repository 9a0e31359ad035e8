import FoundationEssentials

/// A number with its unit, sample count, criterion and the evidence it rests on, judged.
package struct Measurement: Sendable, Codable, Equatable {
    /// How a number was made from samples.
    package enum Aggregation: String, Sendable, Codable {
        case count, max, p50, p95, p99
        case p999 = "p99.9"
    }

    /// What the comparison came to.
    package enum Result: String, Sendable, Codable {
        /// The criterion is met.
        case pass
        /// Inside the fail bound, outside the warning bound.
        case warn
        /// The criterion is missed, and no further sample could undo that.
        case fail
        /// Too few samples for a claim; `needed` says how many it takes.
        case tooFewSamples = "too_few_samples"
        /// Missed while the host was too busy for that to mean anything.
        case noisyHost = "noisy_host"
        /// The series is none that a timer produces; `doubt` says what was seen. Never of a proven miss.
        case implausible
    }

    /// What was measured; tiers, queries and limits are part of the name: `max_order_quantity.hunter`.
    package var name: String
    /// UCUM: `ms`, `1`, `%`, `By`.
    package var unit: String
    /// The measured number.
    package var value: DecimalValue
    /// How it was made from samples; nil for a single reading.
    package var aggregation: Aggregation?
    /// Samples taken.
    package var n: Int
    /// Samples planned, where the series stopped early.
    package var planned: Int?
    /// Samples needed, where there are too few.
    package var needed: Int?
    /// How busy the host was in the window, where that matters.
    package var noise: HostNoise?
    /// What the number is compared with; nil for one that is only told.
    package var criterion: Criterion?
    /// What speaks against the series, to follow the name in a sentence; nil unless the result is `implausible`.
    package var doubt: String?
    /// What the comparison came to. A number that is only told is `pass`.
    package var result: Result
    /// What the number rests on.
    package var evidence: Evidence.Reference

    private enum CodingKeys: String, CodingKey {
        case name, unit, value, aggregation, n, planned = "n_planned", needed = "n_needed", noise, criterion, doubt
        case result = "judgement", evidence
    }

    /// A single reading against a criterion.
    package init(
        _ name: String, unit: String, _ value: DecimalValue, _ criterion: Criterion, n: Int = 1,
        aggregation: Aggregation? = nil, from evidence: Evidence
    ) {
        self.init(
            name: name, unit: unit, value: value, aggregation: aggregation, n: n, criterion: criterion,
            result: criterion.result(of: value), evidence: evidence.reference)
    }

    /// A number that is told beside others and judged by none.
    package init(told name: String, unit: String, _ value: DecimalValue, n: Int = 1, from evidence: Evidence) {
        self.init(
            name: name, unit: unit, value: value, aggregation: nil, n: n, criterion: nil, result: .pass,
            evidence: evidence.reference)
    }

    private init(
        name: String, unit: String, value: DecimalValue, aggregation: Aggregation?, n: Int, planned: Int? = nil,
        needed: Int? = nil, noise: HostNoise? = nil, criterion: Criterion?, result: Result,
        evidence: Evidence.Reference
    ) {
        self.name = name
        self.unit = unit
        self.value = value
        self.aggregation = aggregation
        self.n = n
        self.planned = planned
        self.needed = needed
        self.noise = noise
        self.criterion = criterion
        self.result = result
        self.evidence = evidence
    }
}

extension Criterion {
    /// Whether a value satisfies the bounds.
    package func result(of value: DecimalValue) -> Measurement.Result {
        guard op.holds(value, fail) else { return .fail }
        guard let warn, !op.holds(value, warn) else { return .pass }
        return .warn
    }
}

/// Durations of one repeated act, in the order they were taken.
package struct LatencySeries: Sendable, Codable, Equatable {
    /// Nanoseconds of a monotonic clock.
    package var nanoseconds: [Int64]
    /// How many were planned. Fewer were taken if the outcome was certain before.
    package var planned: Int
    /// How busy the host was meanwhile.
    package var noise: HostNoise

    /// States what was taken.
    package init(nanoseconds: [Int64], planned: Int, noise: HostNoise) {
        self.nanoseconds = nanoseconds
        self.planned = planned
        self.noise = noise
    }

    private enum CodingKeys: String, CodingKey { case nanoseconds = "ns", planned = "n_planned", noise }

    /// Whether the series may stop: no remaining sample could bring the percentile back inside the limit.
    ///
    /// At least five are taken (a p50 needs them), so that the rule about noise has something to look at.
    package static func isDecided(
        _ nanoseconds: [Int64], planned: Int, _ percentile: Percentile, limitMilliseconds: DecimalValue
    ) -> Bool {
        guard nanoseconds.count >= Percentile.p50.leastSamples else { return false }
        let over = nanoseconds.count { DecimalValue(milliseconds: $0) >= limitMilliseconds }
        return over > percentile.missesAllowed(planned: planned)
    }

    /// The percentile against an upper limit in milliseconds, judged on the point estimate.
    ///
    /// In this order: a miss that no further sample could undo is a fail, but for a noisy host, where only a p50 above
    /// twice the limit is; what no timer produces is implausible; inside the limit with enough samples is a pass whatever
    /// the noise; anything else is too few.
    ///
    /// - Parameter timekeeper: whose clock the times were read from: what an honest series looks like depends on it.
    package func measurement(
        _ name: String, _ percentile: Percentile, below limit: Threshold, criteria: Criteria, from evidence: Evidence,
        keptBy timekeeper: Timekeeper = .holdpoint
    ) -> Measurement? {
        let sorted = nanoseconds.sorted()
        guard let value = percentile.value(ofSorted: sorted) else { return nil }
        let criterion = Criterion(.less, limit)
        let over = sorted.count { !criterion.op.holds(DecimalValue(milliseconds: $0), criterion.fail) }
        let decided =
            over > percentile.missesAllowed(planned: Swift.max(planned, sorted.count, percentile.leastSamples))
        let farOff = isMedianFarOff(sorted, beyond: limit.value.decimal * 2)
        var measurement = Measurement(
            name, unit: "ms", DecimalValue(milliseconds: value), criterion, n: sorted.count,
            aggregation: Measurement.Aggregation(rawValue: percentile.rawValue), from: evidence)
        measurement.noise = noise
        measurement.planned = planned > sorted.count ? planned : nil
        if decided {
            measurement.result = noise.isTooMuch(by: criteria) && !farOff ? .noisyHost : .fail
        } else if sorted.count < percentile.leastSamples {
            measurement.result = .tooFewSamples
            measurement.needed = percentile.leastSamples
        } else if !criterion.op.holds(measurement.value, criterion.fail) {
            // Enough samples, the percentile is over, yet more planned ones could still have undone it.
            measurement.result = noise.isTooMuch(by: criteria) && !farOff ? .noisyHost : .tooFewSamples
            measurement.needed = measurement.result == .tooFewSamples ? planned : nil
        } else {
            measurement.result = .pass
        }
        // Neither a quiet host nor more samples help against numbers that were never measured, so this goes first.
        if measurement.result != .fail, let doubt = Implausibility(ofSorted: sorted, keptBy: timekeeper) {
            measurement.result = .implausible
            measurement.doubt = doubt.description
            measurement.needed = nil
        }
        return measurement
    }
}

extension LatencySeries {
    /// Whether the median alone is beyond a bound, so that no noise explains it.
    ///
    /// A whole series is judged on its point estimate. One that stopped early may have begun in a burst of noise, so its
    /// median must be beyond with 95 % confidence: the k-th smallest of n is, where P(Bin(n, ½) < k) ≤ 0.05. Of five samples
    /// that asks for all five (1/32).
    private func isMedianFarOff(_ sorted: [Int64], beyond milliseconds: Decimal) -> Bool {
        guard sorted.count >= Percentile.p50.leastSamples, let median = Percentile.p50.value(ofSorted: sorted) else {
            return false
        }
        guard sorted.count < planned else { return DecimalValue(milliseconds: median).decimal > milliseconds }
        var probability = 1.0
        for _ in sorted { probability /= 2 }
        var below = 0.0
        var rank = 0
        while below + probability <= 0.05 {
            below += probability
            rank += 1
            probability *= Double(sorted.count - rank + 1) / Double(rank)
        }
        return rank > 0 && DecimalValue(milliseconds: sorted[rank - 1]).decimal > milliseconds
    }
}

extension DecimalValue {
    /// Nanoseconds as milliseconds, exactly.
    package init(milliseconds nanoseconds: Int64) { self.init(Decimal(nanoseconds) / 1_000_000) }
}
