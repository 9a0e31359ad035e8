/// What may be said about a percentile from how many samples.
///
/// The largest of n samples lies above the p-quantile with probability 1 − pⁿ. A claim about the quantile holds with 95 %
/// confidence once pⁿ ≤ 0.05, so n ≥ ln 0.05 ÷ ln p (NIST handbook of statistical methods, distribution-free limits).
package enum Percentile: String, Sendable, Codable, CaseIterable {
    case p50, p95, p99
    case p999 = "p99.9"

    /// Thousandths: 990 for p99.
    package var thousandths: Int {
        switch self {
        case .p50: 500
        case .p95: 950
        case .p99: 990
        case .p999: 999
        }
    }

    /// The least number of samples for a claim with 95 % confidence.
    package var leastSamples: Int {
        switch self {
        case .p50: 5
        case .p95: 59
        case .p99: 299
        case .p999: 2995
        }
    }

    /// The place of the percentile among n sorted values, from 1: nearest rank, ⌈p·n⌉.
    package func rank(of count: Int) -> Int { max(1, (count * thousandths + 999) / 1000) }

    /// The percentile of sorted values, or nil of none.
    package func value(ofSorted values: [Int64]) -> Int64? { values.isEmpty ? nil : values[rank(of: values.count) - 1] }

    /// How many samples beyond the limit are still inside: one more decides, whatever the rest of the plan brings.
    package func missesAllowed(planned: Int) -> Int { planned - rank(of: planned) }
}
