import Glibc
import Readiness
import Synchronization

/// Turns signals into calls, on a thread of its own, for runs without a screen. (The console has its own.)
enum SignalListener {
    /// Written to by the handler, read by the thread.
    // nonisolated(unsafe): set once before the handlers are installed, and a handler may touch nothing with a lock.
    nonisolated(unsafe) private static var writer: Int32 = -1

    /// Calls for each of these signals from now on, in the order in which they came.
    static func listen(to signals: [Int32], _ heard: @escaping @Sendable (Int32) -> Void) {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "cannot make a pipe: \(String(cString: strerror(errno)))")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        writer = ends[1]
        let reader = ends[0]
        for number in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalListener.writer, &byte, 1)
                errno = saved
            }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
        DetachedThread.start {
            var byte: UInt8 = 0
            while true {
                let count = read(reader, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { return }
                heard(Int32(byte))
            }
        }
    }
}

/// A thread that nobody waits for.
enum DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
        pthread_detach(thread)
    }
}

/// Runs something asynchronous to its end from the main thread.
enum RootTask {
    /// Blocks the calling thread, which must not be one of the pool.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let result = Mutex<Value?>(nil)
        let isDone = DispatchGate()
        Task {
            let value = await body()
            result.withLock { $0 = value }
            isDone.open()
        }
        isDone.wait()
        guard let value = result.withLock({ $0 }) else { preconditionFailure("the root task ended without a value") }
        return value
    }
}

/// A gate that one thread waits at until another opens it.
final class DispatchGate: @unchecked Sendable {
    // Unchecked: the semaphore is made for being used by several threads, and its address never changes.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func open() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }

    /// Waits for at most a limit; false when it has passed.
    func wait(_ limit: Duration) -> Bool {
        var deadline = timespec()
        // The only clock that sem_timedwait knows.
        clock_gettime(CLOCK_REALTIME, &deadline)
        let nanoseconds = Int64(deadline.tv_nsec) + limit.nanoseconds
        deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
        deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
        while sem_timedwait(semaphore, &deadline) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
