/// Why a series of times cannot have been measured, as far as the numbers alone show it.
///
/// It is looked for in whole series only (`leastSamples`) and finds what no timer produces: no spread, or no grain. It
/// finds no invented series that has both. A proven miss stays a miss whatever is found here, and the amount of spread
/// is never judged, so neither a very steady nor a very noisy target can be called implausible:
///
/// - *constant*: two real acts differ by some nanoseconds in caches, interrupts and scheduling. A clock with a step s
///   shows an act of d = k·s + r as k or k + 1 steps, by where in a step it began; only r within s/n of a step's edge
///   gives n equal readings.
/// - *stepped*: two neighbouring readings of a clock with the step s have s for their greatest common divisor, and so has
///   any wider series but for a chance of about 2⁻ⁿ. What the samples have in common is the clock's own step, or the
///   rounding of whoever wrote them down.
/// - *repeated*: fewer than five different readings, fine ones, of something that takes a millisecond or more. At a step
///   of 1 µs nearly all would lie within 4 µs, less than half a percent; waking one thread varies by more. Numbers that
///   were rounded to 10 µs or coarser may well repeat and are not held to this.
package enum Implausibility: Sendable, Equatable {
    /// Every sample is the same.
    case constant(nanoseconds: Int64, samples: Int)
    /// Every sample is a multiple of a step that no timer has.
    case stepped(nanoseconds: Int64, samples: Int)
    /// Hardly any sample differs from all others.
    case repeated(values: Int, samples: Int)

    /// Fewer samples than a p95 needs are not looked at.
    package static let leastSamples = Percentile.p95.leastSamples

    private static let fewValues = 5
    private static let longEnough: Int64 = 1_000_000
    private static let fineStep: Int64 = 10_000

    /// What speaks against a series, or nil: nothing does, or it is too short to tell.
    ///
    /// - Parameter sorted: nanoseconds, the smallest first.
    package init?(ofSorted sorted: [Int64], keptBy timekeeper: Timekeeper) {
        guard sorted.count >= Self.leastSamples, let least = sorted.first, let most = sorted.last,
            let median = Percentile.p50.value(ofSorted: sorted)
        else { return nil }
        guard least < most else {
            guard most > timekeeper.longestConstant else { return nil }
            self = .constant(nanoseconds: most, samples: sorted.count)
            return
        }
        let step = sorted.reduce(0, Self.greatestCommonDivisor)
        if step >= timekeeper.coarsestStep, median / step >= timekeeper.stepsOfMedian {
            self = .stepped(nanoseconds: step, samples: sorted.count)
            return
        }
        let values = 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
        guard values < Self.fewValues, step < Self.fineStep, median >= Self.longEnough else { return nil }
        self = .repeated(values: values, samples: sorted.count)
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        var (a, b) = (a.magnitude, b.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        return Int64(clamping: a)
    }
}

extension Implausibility: CustomStringConvertible {
    /// What was seen, to follow the measurement's name: `is 3.00 ms in each of 299 samples: …`.
    package var description: String {
        switch self {
        case .constant(let nanoseconds, let samples):
            "is \(DurationText.short(nanoseconds: nanoseconds)) in each of \(samples) samples: variance 0, no timer grain"
        case .stepped(let nanoseconds, let samples):
            "moves in whole steps of \(DurationText.short(nanoseconds: nanoseconds)) in all \(samples) samples: no timer "
                + "grain"
        case .repeated(let values, let samples):
            "shows only \(values) different times in \(samples) samples: no timer grain"
        }
    }
}
