/// Who read the clock for a series of times, and with that what its readings can look like.
///
/// Honest clocks that durations are read from tick in 1 ns (the counter of a processor), 42 ns (24 MHz), 100 ns, 279 ns
/// (the ACPI timer, the coarsest that Linux falls back to on a PC) or 1 µs (`gettimeofday`, most databases and
/// languages). Wall clocks in milliseconds exist too, and a target may have nothing better.
package enum Timekeeper: Sendable {
    /// Our own monotonic clock, around an exchange with the target or a query.
    case holdpoint
    /// The target's clock, whatever that is: the times are what it says of itself.
    case target

    /// A step of so many nanoseconds, or of more, is none of an honest clock.
    ///
    /// Ours: 10 µs, ten times the coarsest of the list. The target's: 1 ms, because times that were rounded to tenths or
    /// hundredths of a millisecond are still measured.
    var coarsestStep: Int64 {
        switch self {
        case .holdpoint: 10_000
        case .target: 1_000_000
        }
    }

    /// The longest time, in nanoseconds, that may come out the same every time.
    ///
    /// Ours: none, not even zero, because no exchange takes no time. The target's: 10 µs. A free session is a lock and a
    /// list away; a clock of microseconds shows that as 0, or as the same few.
    var longestConstant: Int64 {
        switch self {
        case .holdpoint: -1
        case .target: 10_000
        }
    }

    /// How many steps of a coarse clock the median must last before the step is held against the series.
    ///
    /// Ours: none. The target's: two. A clock in milliseconds shows 0 and 1 of whatever is quicker than itself, and that
    /// is a true answer: the times are below two steps.
    var stepsOfMedian: Int64 {
        switch self {
        case .holdpoint: 0
        case .target: 2
        }
    }
}
