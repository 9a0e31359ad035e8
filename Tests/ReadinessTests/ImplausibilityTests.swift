import Readiness
import Testing

struct ImplausibilityTests {
    private func found(_ nanoseconds: [Int64], _ timekeeper: Timekeeper = .holdpoint) -> Implausibility? {
        Implausibility(ofSorted: nanoseconds.sorted(), keptBy: timekeeper)
    }

    /// Acts of about so many nanoseconds, as a clock with the given step shows them: both stamps are rounded down.
    ///
    /// The spread is what a quiet host has at the least, a few thousandths, with one in fifty much slower.
    private func readings(_ count: Int, of length: Int64, step: Int64, spread: Int64) -> [Int64] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func draw(_ bound: Int64) -> Int64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int64(state % UInt64(bound))
        }
        var now: Int64 = 0
        return (0..<count).map { _ in
            now += draw(1_000_000)
            let end = now + length + draw(spread) + (draw(50) == 0 ? length * 3 : 0)
            defer { now = end }
            return end / step * step - now / step * step
        }
    }

    // MARK: - What no timer produces

    @Test(arguments: [Timekeeper.holdpoint, .target], [59, 299, 2995])
    func `trap 6: a constant has variance 0 and is implausible`(timekeeper: Timekeeper, count: Int) {
        #expect(
            found(Array(repeating: 3_141_592, count: count), timekeeper)
                == .constant(nanoseconds: 3_141_592, samples: count))
    }

    @Test(arguments: [Timekeeper.holdpoint, .target], [59, 299, 2995])
    func `trap 6: steps of a millisecond are implausible`(timekeeper: Timekeeper, count: Int) {
        let quantised = readings(count, of: 4_300_000, step: 1_000_000, spread: 900_000)
        #expect(found(quantised, timekeeper) == .stepped(nanoseconds: 1_000_000, samples: count))
        // Many different values do not make it better: each is still a whole number of milliseconds.
        let wide = readings(count, of: 20_000_000, step: 1_000_000, spread: 400_000_000)
        #expect(Set(wide).count >= 40)
        #expect(found(wide, timekeeper) == .stepped(nanoseconds: 1_000_000, samples: count))
    }

    @Test(arguments: [Timekeeper.holdpoint, .target])
    func `trap 6: a remembered value that is renewed now and then is implausible`(timekeeper: Timekeeper) {
        let values: [Int64] = [1_203_417, 1_198_002, 1_240_911, 1_201_378]
        #expect(found((0..<299).map { values[$0 / 75] }, timekeeper) == .repeated(values: 4, samples: 299))
    }

    @Test func `our own clock runs, so that zero, tens of microseconds and ticks of the scheduler are implausible`() {
        #expect(found(Array(repeating: 0, count: 299)) == .constant(nanoseconds: 0, samples: 299))
        #expect(found(Array(repeating: 900, count: 299)) == .constant(nanoseconds: 900, samples: 299))
        #expect(
            found(readings(299, of: 90_000, step: 10_000, spread: 20_000))
                == .stepped(nanoseconds: 10_000, samples: 299))
        // An interrupt of 250 Hz as the only clock: most acts take no time at all, some take 4 ms.
        #expect(
            found(readings(299, of: 300_000, step: 4_000_000, spread: 50_000))
                == .stepped(nanoseconds: 4_000_000, samples: 299))
    }

    // MARK: - What honest timers produce

    @Test(arguments: [1, 42, 100, 279, 1_000] as [Int64], [5_000, 90_000, 1_200_000, 48_000_000] as [Int64])
    func `the clocks that there are, timing very steady acts, are believed`(step: Int64, length: Int64) {
        // A spread of 0.5 % is less than any thread that is woken shows.
        for count in [59, 299, 2995] {
            let series = readings(count, of: length, step: step, spread: max(length / 200, 25))
            #expect(found(series, .holdpoint) == nil)
            #expect(found(series, .target) == nil)
        }
    }

    @Test func `one value that is most of a quick series is believed`() {
        // 5 µs at ticks of 279 ns: two values make up nearly everything.
        let series = readings(299, of: 5_000, step: 279, spread: 40)
        #expect(Set(series).count <= 6)
        #expect(found(series) == nil)
    }

    /// Microseconds, by turns.
    @Test(
        arguments: [
            [0], [10], [0, 0, 0, 0, 1_000], [0, 0, 0, 0, 0, 0, 1_000, 40_000], [1_000, 1_000, 2_000],
            [1_100, 1_200, 1_300, 1_400], [300, 310, 320, 330, 340],
        ] as [[Int64]])
    func `a target's clock that is coarser than its acts are long, and rounded figures, are believed`(turns: [Int64]) {
        let series = (0..<299).map { turns[$0 % turns.count] * 1_000 }
        #expect(found(series, .target) == nil)
        #expect(found(series, .holdpoint) != nil)
    }

    @Test func `what this machine's own clock shows of real work is believed`() {
        var work = (0..<200).map { ($0 * 7_919) % 211 }
        let series = (0..<299).map { round in
            let started = ContinuousClock.now
            work.sort()
            work.swapAt(round % 200, 199 - round % 100)
            return (ContinuousClock.now - started).nanoseconds
        }
        #expect(found(series) == nil)
    }

    // MARK: - Where it is not looked for

    @Test func `fewer samples than a p95 needs tell nothing`() {
        #expect(found(Array(repeating: 3_000_000, count: 58)) == nil)
        #expect(found(Array(repeating: 3_000_000, count: 59)) != nil)
        #expect(found([]) == nil)
    }

    @Test(
        arguments: [
            (10_000, nil), (10_001, Implausibility.constant(nanoseconds: 10_001, samples: 59)),
        ] as [(Int64, Implausibility?)])
    func `a target's constant is believed up to 10 µs`(nanoseconds: Int64, verdict: Implausibility?) {
        #expect(found(Array(repeating: nanoseconds, count: 59), .target) == verdict)
    }

    @Test(arguments: [(999_999, false), (1_000_000, true)] as [(Int64, Bool)])
    func `a target's step is held against it from a millisecond on`(step: Int64, isImplausible: Bool) {
        let series = (0..<299).map { Int64($0 % 6 + 2) * step }
        #expect((found(series, .target) == .stepped(nanoseconds: step, samples: 299)) == isImplausible)
    }

    @Test(arguments: [(9_999, false), (10_000, true)] as [(Int64, Bool)])
    func `our own clock's step is held against it from 10 µs on`(step: Int64, isImplausible: Bool) {
        let series = (0..<299).map { Int64($0 % 6 + 1) * step }
        #expect((found(series) == .stepped(nanoseconds: step, samples: 299)) == isImplausible)
    }

    @Test(arguments: [(4, 1_000_000, true), (5, 1_000_000, false), (4, 999_996, false)] as [(Int64, Int64, Bool)])
    func `four different times of a millisecond are too few, five or quicker ones are not`(
        values: Int64, median: Int64, isImplausible: Bool
    ) {
        // One value is the most, and the median.
        let series = (0..<299).map { $0 < 160 ? median : median + Int64($0) % values }
        #expect(Int64(Set(series).count) == values)
        #expect((found(series) == .repeated(values: Int(values), samples: 299)) == isImplausible)
        #expect((found(series, .target) == .repeated(values: Int(values), samples: 299)) == isImplausible)
    }

    @Test func `extreme numbers do not trap`() {
        #expect(found(Array(repeating: .max, count: 59)) == .constant(nanoseconds: .max, samples: 59))
        #expect(
            found(Array(repeating: .max, count: 30) + Array(repeating: 1, count: 29))
                == .repeated(values: 2, samples: 59))
        // Negative times are for the probe to refuse.
        #expect(found(Array(repeating: .min, count: 30) + Array(repeating: 0, count: 29)) == nil)
    }
}

struct ImplausibleSeriesTests {
    private let criteria = Criteria(thresholds: [
        "noise.max_psi_cpu_percent": Threshold("20", source: .init(file: "c", line: 1)),
        "noise.max_steal_percent": Threshold("5", source: .init(file: "c", line: 2)),
    ])

    private func judged(
        _ nanoseconds: [Int64], planned: Int = 299, pressure: DecimalValue = "1", keptBy: Timekeeper = .holdpoint
    ) throws -> (measurement: Measurement, judgement: Judgement) {
        let evidence = Evidence(
            id: "e", kind: .samples, provenance: .live, grade: .exercised, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "e")
        let series = LatencySeries(
            nanoseconds: nanoseconds, planned: planned, noise: HostNoise(pressure: pressure, steal: "0"))
        let measurement = try #require(
            series.measurement(
                "p99", .p99, below: Threshold("10", source: .init(file: "c", line: 3)), criteria: criteria,
                from: evidence, keptBy: keptBy))
        return (measurement, Judgement(measurements: [measurement]))
    }

    @Test(arguments: [Timekeeper.holdpoint, .target])
    func `trap 6: a constant series is unverified as implausible, with the sentence that says so`(
        keptBy: Timekeeper
    ) throws {
        let (measurement, judgement) = try judged(Array(repeating: 3_000_000, count: 299), keptBy: keptBy)
        #expect(measurement.result == .implausible)
        #expect(measurement.doubt == "is 3.00 ms in each of 299 samples: variance 0, no timer grain")
        #expect(judgement.outcome(requiring: .exercised) == .unverified(.implausible))
        #expect(
            judgement.sentence(for: .unverified(.implausible), title: "")
                == "p99 is 3.00 ms in each of 299 samples: variance 0, no timer grain")
    }

    @Test func `trap 6: a quantised series is unverified as implausible, with the sentence that says so`() throws {
        let (_, judgement) = try judged((0..<299).map { Int64($0 % 5 + 2) * 1_000_000 })
        #expect(judgement.outcome(requiring: .exercised) == .unverified(.implausible))
        #expect(
            judgement.sentence(for: .unverified(.implausible), title: "")
                == "p99 moves in whole steps of 1.00 ms in all 299 samples: no timer grain")
    }

    @Test func `a proven miss is a fail, however it looks`() throws {
        let constant = try judged(Array(repeating: 10_000_000, count: 299))
        #expect(constant.judgement.outcome(requiring: .exercised) == .fail(.criterion))
        #expect(constant.measurement.doubt == nil)
        #expect(
            try judged(Array(repeating: 21_000_000, count: 299), pressure: "99").measurement.result == .fail)
    }

    @Test func `neither noise nor too few samples come before it`() throws {
        let nearMiss = try judged(Array(repeating: 12_000_000, count: 299), pressure: "99")
        #expect(nearMiss.measurement.result == .implausible)
        let short = try judged(Array(repeating: 3_000_000, count: 59))
        #expect(short.measurement.result == .implausible)
        #expect(short.measurement.needed == nil)
        #expect(try judged(Array(repeating: 3_000_000, count: 58)).measurement.result == .tooFewSamples)
    }

    @Test func `one implausible series among good ones withholds the pass, a fail beside it stays a fail`() throws {
        let good = try judged((0..<299).map { 3_000_000 + $0 }).measurement
        let constant = try judged(Array(repeating: 3_000_000, count: 299)).measurement
        let missed = try judged(Array(repeating: 11_000_000, count: 299)).measurement
        #expect(good.result == .pass)
        #expect(
            Judgement(measurements: [good, constant]).outcome(requiring: .exercised) == .unverified(.implausible))
        #expect(
            Judgement(measurements: [constant, missed]).outcome(requiring: .exercised) == .fail(.criterion))
    }
}
