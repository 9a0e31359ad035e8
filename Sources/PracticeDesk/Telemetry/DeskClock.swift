import Glibc

/// The desk's two clocks, both in nanoseconds since 1970.
enum DeskClock {
    /// The machine's wall clock, steps and all: what the desk tells of as the time.
    static func wall() -> Int64 { read(CLOCK_REALTIME) }

    /// A clock that never goes back, anchored to the wall clock once: for stamps and ages.
    static func stamp() -> Int64 { anchor + read(CLOCK_MONOTONIC) }

    private static let anchor = read(CLOCK_REALTIME) - read(CLOCK_MONOTONIC)

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// UTC in ISO 8601 with microseconds and `Z`.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let micros = nanoseconds % 1_000_000_000 / 1000
        return "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-"
            + "\(padded(Int(parts.tm_mday), 2))T\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2)):"
            + "\(padded(Int(parts.tm_sec), 2)).\(padded(Int(micros), 6))Z"
    }

    /// The wall clock's time now, as text.
    static func wallText() -> String { text(wall()) }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
