import Readiness
import Testing

struct JudgementTests {
    private func evidence(_ grade: Grade) -> Evidence {
        Evidence(
            id: "e1", kind: .samples, provenance: .live, grade: grade, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "evidence/e1")
    }

    private func measured(_ value: DecimalValue, grade: Grade = .exercised) -> Measurement {
        Measurement(
            "m", unit: "1", value, Criterion(.lessOrEqual, Threshold("10", source: .init(file: "c.yaml", line: 3))),
            from: evidence(grade))
    }

    @Test func `a judgement without a measurement is never a pass`() {
        #expect(Judgement().outcome(requiring: .none) == .unverified(.noSamples))
    }

    @Test func `numbers that are only told are never a pass`() {
        let told = Measurement(told: "rows", unit: "1", "3", from: evidence(.confirmed))
        #expect(Judgement(measurements: [told]).outcome(requiring: .observed) == .unverified(.noSamples))
        #expect(Judgement(measurements: [told, measured("1")]).outcome(requiring: .observed).word == .pass)
    }

    @Test func `evidence of grade E0 is no evidence`() {
        #expect(Evidence.NonEmpty([evidence(.none).reference]) == nil)
        #expect(Evidence.NonEmpty([]) == nil)
        #expect(
            Judgement(measurements: [measured("1", grade: .none)]).outcome(requiring: .none) == .unverified(.noSamples))
    }

    @Test func `evidence below the required grade is unverified, not a weaker pass`() {
        #expect(
            Judgement(measurements: [measured("1", grade: .observed)]).outcome(requiring: .exercised)
                == .unverified(.gradeBelowRequired))
    }

    @Test func `the weakest evidence decides the grade`() {
        let judgement = Judgement(measurements: [measured("1"), measured("2", grade: .declared)])
        #expect(judgement.grade == .declared)
        #expect(judgement.outcome(requiring: .observed) == .unverified(.gradeBelowRequired))
    }

    @Test(arguments: [("10", true), ("10.0000000000000001", false), ("9.99", true)])
    func `a limit is compared to the last digit`(value: String, passes: Bool) {
        let outcome = Judgement(measurements: [measured(DecimalValue(parsing: value)!)]).outcome(requiring: .exercised)
        #expect(outcome.word == (passes ? .pass : .fail))
    }

    @Test func `a missed criterion is a fail even on thin evidence`() {
        #expect(
            Judgement(measurements: [measured("11", grade: .declared)]).outcome(requiring: .exercised)
                == .fail(.criterion))
    }

    @Test(arguments: [(Severity.high, Outcome.Word.fail), (.medium, .fail), (.low, .warn), (.info, .warn)])
    func `a finding fails or warns by its severity`(severity: Severity, word: Outcome.Word) {
        let finding = Finding(kind: "odd", severity: severity, subject: "s", message: "odd")
        #expect(
            Judgement(measurements: [measured("1")], findings: [finding]).outcome(requiring: .exercised).word == word)
    }

    @Test func `a missing criterion is an error of configuration, whatever was measured`() {
        let judgement = Judgement(measurements: [measured("1")], missingCriteria: ["a.b"])
        #expect(judgement.outcome(requiring: .exercised) == .error(.configuration))
    }
}

struct LatencySeriesTests {
    private let criteria = Criteria(thresholds: [
        "noise.max_psi_cpu_percent": Threshold("20", source: .init(file: "c", line: 1)),
        "noise.max_steal_percent": Threshold("5", source: .init(file: "c", line: 2)),
    ])
    private let quiet = HostNoise(pressure: "1", steal: "0")
    private let noisy = HostNoise(pressure: "21", steal: "0")

    private func result(
        _ milliseconds: [Int64], planned: Int = 299, noise: HostNoise? = nil
    ) -> Measurement.Result? {
        measurement(milliseconds, planned: planned, noise: noise)?.result
    }

    private func outcome(_ milliseconds: [Int64], noise: HostNoise) -> Outcome? {
        measurement(milliseconds, planned: 299, noise: noise).map {
            Judgement(measurements: [$0]).outcome(requiring: .exercised)
        }
    }

    private func measurement(_ milliseconds: [Int64], planned: Int, noise: HostNoise?) -> Measurement? {
        let evidence = Evidence(
            id: "e", kind: .samples, provenance: .live, grade: .exercised, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "e")
        // With the grain of a timer, 0, +1, −1, +2 … ns, so that the median stays what it is.
        let nanoseconds = milliseconds.enumerated().map { place, time in
            time * 1_000_000 + Int64(place.isMultiple(of: 2) ? -place / 2 : (place + 1) / 2)
        }
        return LatencySeries(nanoseconds: nanoseconds, planned: planned, noise: noise ?? quiet)
            .measurement(
                "p99", .p99, below: Threshold("10", source: .init(file: "c", line: 3)), criteria: criteria,
                from: evidence)
    }

    private func series(_ slow: Int, of count: Int) -> [Int64] {
        Array(repeating: 100, count: slow) + Array(repeating: 2, count: count - slow)
    }

    @Test func `the least samples are those of the law`() {
        #expect(Percentile.allCases.map(\.leastSamples) == [5, 59, 299, 2995])
    }

    @Test func `two slow answers of 299 are inside a p99, three are not`() {
        #expect(result(series(2, of: 299)) == .pass)
        #expect(result(series(3, of: 299)) == .fail)
    }

    @Test func `a value equal to the limit is outside it`() {
        #expect(result(Array(repeating: 10, count: 299)) == .fail)
    }

    @Test func `trap 8: ten samples for a p99 are too few, and it says how many it takes`() {
        let evidence = Evidence(
            id: "e", kind: .samples, provenance: .live, grade: .exercised, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "e")
        let series = LatencySeries(
            nanoseconds: Array(repeating: 2_000_000, count: 10), planned: 10, noise: quiet)
        let measurement = series.measurement(
            "p99", .p99, below: Threshold("10", source: .init(file: "c", line: 3)), criteria: criteria, from: evidence)
        #expect(measurement?.result == .tooFewSamples)
        #expect(measurement?.needed == 299)
        let judgement = Judgement(measurements: [measurement].compactMap { $0 })
        #expect(judgement.outcome(requiring: .exercised) == .unverified(.tooFewSamples))
        #expect(
            judgement.sentence(for: .unverified(.tooFewSamples), title: "") == "p99 has 10 samples and needs 299")
    }

    @Test func `a series that was stopped early is too few samples under a looser limit`() {
        // Three slow ones of the first ten settled it for a limit of 10 ms; for one of 200 ms they say nothing.
        let stopped = LatencySeries(
            nanoseconds: series(3, of: 10).map { $0 * 1_000_000 }, planned: 299, noise: quiet)
        let evidence = Evidence(
            id: "e", kind: .samples, provenance: .live, grade: .exercised, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "e")
        func result(_ limit: DecimalValue) -> Measurement.Result? {
            stopped.measurement(
                "p99", .p99, below: Threshold(limit, source: .init(file: "c", line: 3)), criteria: criteria,
                from: evidence)?.result
        }
        #expect(result("10") == .fail)
        #expect(result("200") == .tooFewSamples)
    }

    @Test func `trap 34: a noisy neighbour withholds no green, excuses a red, and explains no median far beyond`() {
        #expect(outcome(series(2, of: 299), noise: noisy)?.word == .pass)
        #expect(outcome(series(3, of: 299), noise: noisy) == .unverified(.noisyHost))
        #expect(outcome(Array(repeating: 21, count: 299), noise: noisy) == .fail(.criterion))
        #expect(outcome(series(3, of: 299), noise: quiet) == .fail(.criterion))
    }

    @Test func `too few samples withhold a pass but not a proven miss`() {
        #expect(result(series(0, of: 298)) == .tooFewSamples)
        #expect(result(series(5, of: 5)) == .fail)
        #expect(result([]) == nil)
    }

    @Test func `noise excuses a red, never withholds a green`() {
        #expect(result(series(0, of: 299), noise: noisy) == .pass)
        #expect(result(series(10, of: 299), noise: noisy) == .noisyHost)
        #expect(result(series(10, of: 299), noise: HostNoise(pressure: nil, steal: nil)) == .fail)
        #expect(result(series(10, of: 299), noise: HostNoise(pressure: nil, steal: "5.01")) == .noisyHost)
        #expect(result(series(10, of: 299), noise: HostNoise(pressure: "20", steal: "5")) == .fail)
    }

    @Test func `a p50 beyond twice the limit is a fail whatever the noise`() {
        #expect(result(Array(repeating: 21, count: 299), noise: noisy) == .fail)
        #expect(result(Array(repeating: 20, count: 299), noise: noisy) == .noisyHost)
    }

    @Test func `a series that stopped early in a burst of noise is not called far off`() {
        #expect(result([2, 25, 25, 2, 25], noise: noisy) == .noisyHost)
        #expect(result([25, 25, 25, 25, 25], noise: noisy) == .fail)
        #expect(result([25, 25, 25, 25, 20], noise: noisy) == .noisyHost)
        #expect(result([2, 25, 25, 2, 25], noise: quiet) == .fail)
    }

    @Test func `a series stops once no further sample could change the outcome, after five at least`() {
        func decided(_ slow: Int, of count: Int) -> Bool {
            LatencySeries.isDecided(
                series(slow, of: count).map { $0 * 1_000_000 }, planned: 299, .p99, limitMilliseconds: "10")
        }
        #expect(!decided(4, of: 4))
        #expect(decided(5, of: 5))
        #expect(!decided(2, of: 200))
        #expect(decided(3, of: 200))
    }
}
