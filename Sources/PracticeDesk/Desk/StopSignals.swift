import Glibc
import Synchronization

/// The signals that ask a desk's process to stop: SIGINT, SIGTERM, SIGHUP.
///
/// They are blocked in every thread, and one thread takes them as they come. No handler is ever installed, so that none
/// can be lost while the process replaces itself: what nobody has taken yet waits in the kernel for the next life.
package final class StopSignals: Sendable {
    private let heard: @Sendable () -> Void
    private let wasHeard = Mutex(false)
    private let isEnding = Mutex(false)
    private let thread = Mutex<pthread_t?>(nil)

    /// What wakes the thread when it is to end; from anybody else it means nothing.
    private static let wake = SIGUSR1
    private static let stops = [SIGINT, SIGTERM, SIGHUP]

    private static func set(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }

    /// Listens from now on. Only for the main thread of a process that has no others yet: those that it starts block
    /// the signals because it does.
    ///
    /// - Parameter heard: called on a thread of its own for each signal.
    package init(_ heard: @escaping @Sendable () -> Void) {
        self.heard = heard
        var mask = Self.set(Self.stops + [Self.wake])
        pthread_sigmask(SIG_BLOCK, &mask, nil)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<StopSignals>.fromOpaque(context).takeRetainedValue().listen() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
        self.thread.withLock { $0 = thread }
    }

    private func listen() {
        var mask = Self.set(Self.stops + [Self.wake])
        while true {
            var number: Int32 = 0
            guard sigwait(&mask, &number) == 0 else { continue }
            if number == Self.wake {
                if isEnding.withLock(\.self) { return }
            } else {
                wasHeard.withLock { $0 = true }
                heard()
            }
        }
    }

    /// Listens no more, and leaves to the next life of the process what this one has heard and could not act on any
    /// more. The calling thread then blocks the signals, and nothing else.
    func handOver() {
        isEnding.withLock { $0 = true }
        if let thread = thread.withLock({ $0.take() }) {
            pthread_kill(thread, Self.wake)
            pthread_join(thread, nil)
        }
        var mask = Self.set(Self.stops)
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        if wasHeard.withLock(\.self) { kill(getpid(), SIGTERM) }
    }
}
