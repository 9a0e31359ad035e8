import Glibc

/// Our own clock of the day, for comparing it with the target's. Durations are never computed from it.
enum WallClock {
    /// UTC nanoseconds since 1970, now.
    static var nanoseconds: Int64 {
        var time = timespec()
        // It can only fail for a clock that does not exist or an address that is not ours.
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
