import Glibc

/// The thread that brings a log's bytes to the disk: group commit.
///
/// Whoever needs its bytes there waits for the `fdatasync` that begins after it asked; all who asked meanwhile share it.
final class LogFlusher: @unchecked Sendable {
    // Unchecked: all mutable state is only touched between lock and unlock of `mutex`, whose address must not move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let file: Int32
    private var isDirty = false
    private var isUrgent = false
    private var isClosed = false
    private var waiters: [CheckedContinuation<Int32?, Never>] = []

    /// How long bytes may wait for company before they are brought to the disk.
    private static let groupNanoseconds = 15_000_000

    init(file: Int32) {
        self.file = file
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<LogFlusher>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context)
        precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
        pthread_detach(thread)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Says that there are new bytes. With `now` the thread does not wait for company.
    func markDirty(now: Bool) {
        pthread_mutex_lock(mutex)
        let wakes = !isDirty || (now && !isUrgent)
        isDirty = true
        if now { isUrgent = true }
        if wakes { pthread_cond_signal(condition) }
        pthread_mutex_unlock(mutex)
    }

    /// Waits until the bytes of now are on disk. Returns the errno of a failure.
    func flush() async -> Int32? {
        await withCheckedContinuation { continuation in
            if let continuation = enlist(continuation) { continuation.resume(returning: EBADF) }
        }
    }

    /// Ends the thread and closes the file, once what is dirty has been brought to the disk. May be called again.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Puts a waiter into the queue, or gives it back when there is no thread any more.
    private func enlist(_ continuation: CheckedContinuation<Int32?, Never>) -> CheckedContinuation<Int32?, Never>? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return continuation }
        waiters.append(continuation)
        isDirty = true
        isUrgent = true
        pthread_cond_signal(condition)
        return nil
    }

    private func work() {
        pthread_mutex_lock(mutex)
        while true {
            while !isDirty && !isClosed { pthread_cond_wait(condition, mutex) }
            if !isDirty && isClosed { break }
            if !isUrgent && !isClosed { waitForCompany() }
            isDirty = false
            isUrgent = false
            let served = waiters
            waiters = []
            pthread_mutex_unlock(mutex)
            let code: Int32? = fdatasync(file) == 0 ? nil : errno
            pthread_mutex_lock(mutex)
            for waiter in served { waiter.resume(returning: code) }
        }
        pthread_mutex_unlock(mutex)
        Glibc.close(file)
    }

    private func waitForCompany() {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_nsec += Self.groupNanoseconds
        if deadline.tv_nsec >= 1_000_000_000 {
            deadline.tv_nsec -= 1_000_000_000
            deadline.tv_sec += 1
        }
        while !isUrgent && !isClosed {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return }
        }
    }
}
