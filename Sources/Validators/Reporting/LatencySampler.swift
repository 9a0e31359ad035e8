import FoundationEssentials
import Readiness

/// Takes the samples that a mode's claim needs, in one noise window, and stops once no further one could matter.
struct LatencySampler: Sendable {
    /// Samples planned: what a p99 needs, in thorough what a p99.9 would.
    let planned: Int
    private let context: CollectContext
    private let limit: DecimalValue?

    init(_ context: CollectContext, limitKey: String) {
        self.context = context
        limit = context.criteria[limitKey]?.value
        planned = context.mode == .thorough ? Percentile.p999.leastSamples : Percentile.p99.leastSamples
    }

    /// Runs the act until the plan is met, the outcome certain, or the act ends the series itself.
    ///
    /// - Parameter act: is told how many samples there are; its time, or nil to end the series.
    func series(_ act: (Int) async throws(ProbeError) -> Duration?) async throws(ProbeError) -> LatencySeries {
        let mark = context.noise.begin()
        var nanoseconds: [Int64] = []
        nanoseconds.reserveCapacity(planned)
        var over = 0
        while nanoseconds.count < planned {
            guard !Task.isCancelled else { throw .cancelled }
            guard let duration = try await act(nanoseconds.count) else { break }
            nanoseconds.append(duration.nanoseconds)
            guard let limit else { continue }
            // Counted here as well, so that the whole series is only gone through where it can have become certain.
            if DecimalValue(milliseconds: duration.nanoseconds) >= limit { over += 1 }
            if over > Percentile.p99.missesAllowed(planned: planned),
                LatencySeries.isDecided(nanoseconds, planned: planned, .p99, limitMilliseconds: limit)
            {
                break
            }
        }
        return LatencySeries(nanoseconds: nanoseconds, planned: planned, noise: context.noise.noise(since: mark))
    }
}

extension LatencySeries {
    /// The samples as text, in the order they were taken.
    var evidenceText: String {
        "\(nanoseconds.count) of \(planned) samples, nanoseconds in the order taken:\n"
            + nanoseconds.map(String.init).joined(separator: " ")
    }

    /// The median, told beside the judged percentile; nil of too few samples for one.
    func median(_ name: String, from evidence: Evidence) -> Measurement? {
        guard nanoseconds.count >= Percentile.p50.leastSamples,
            let median = Percentile.p50.value(ofSorted: nanoseconds.sorted())
        else { return nil }
        return Measurement(
            told: name, unit: "ms", DecimalValue(milliseconds: median), n: nanoseconds.count, from: evidence)
    }
}
