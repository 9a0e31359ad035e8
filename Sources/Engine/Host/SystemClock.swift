import FoundationEssentials
import Glibc
package import Readiness

/// The machine's own clocks.
package struct SystemClock: RunClock {
    /// Makes one; they are all the same.
    package init() {}

    /// `CLOCK_MONOTONIC`: stands still while the machine sleeps, never steps.
    package var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// `CLOCK_REALTIME`, in UTC.
    package var wall: UTCInstant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCInstant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Waits without holding a thread; throws as soon as the task is cancelled.
    package func sleep(for duration: Duration) async throws(ProbeError) {
        do { try await Task.sleep(for: duration) } catch { throw .cancelled }
    }
}

extension SystemClock {
    /// Waits on the calling thread: for a program that has nothing else to do, never from the cooperative pool.
    package func wait(until moment: Duration) {
        while true {
            let left = (moment - now).components
            guard left.seconds > 0 || left.seconds == 0 && left.attoseconds > 0 else { return }
            var time = timespec(tv_sec: Int(left.seconds), tv_nsec: Int(left.attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
        }
    }
}
