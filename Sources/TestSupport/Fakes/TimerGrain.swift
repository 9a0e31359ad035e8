/// What a fake's clock adds to a time that is repeated: real times never come out the same twice.
///
/// The grain is symmetric, 0, +1, −1, +2, −2 … nanoseconds, so the median of a whole series is the time itself. A test
/// that wants no grain, or exact values at a limit, states each value.
package enum TimerGrain {
    /// The time with this place in a script of milliseconds, in nanoseconds: exact for all but the last, which is
    /// repeated with its grain. A time of zero has none.
    package static func nanoseconds(of script: [Double], at place: Int) -> Int64 {
        let last = script.count - 1
        let exact = Int64((script[min(place, last)] * 1_000_000).rounded())
        let repetition = Int64(max(0, place - last))
        guard exact != 0 else { return 0 }
        return exact + (repetition.isMultiple(of: 2) ? -repetition / 2 : (repetition + 1) / 2)
    }
}
