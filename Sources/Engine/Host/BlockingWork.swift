import Glibc
import Synchronization

/// A thread of its own for calls that block. Never the cooperative pool, which has as many threads as cores, and not
/// Dispatch's global queue either, which shares them on Linux (measured: an innocent check was delayed by 1 s).
///
/// Jobs run one after another in the order they were handed in. The thread ends when the object is released.
package final class BlockingWork: Sendable {
    private let queue: JobQueue

    /// Nothing runs before the first job, which starts the thread.
    package init() { queue = JobQueue() }

    deinit { queue.close() }

    /// Runs a job on the thread and waits without holding a thread of the pool.
    package func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.append { continuation.resume(returning: job()) }
        }
    }
}

/// Jobs and the condition that their thread sleeps on.
private final class JobQueue: @unchecked Sendable {
    // Unchecked: all mutable state is only touched between lock and unlock of `mutex`, whose address must not move.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [@Sendable () -> Void] = []
    private var isStarted = false
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func append(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        let starts = !isStarted
        isStarted = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
        if starts { startThread() }
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    private func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context)
        precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
        pthread_detach(thread)
    }

    private func work() {
        while true {
            pthread_mutex_lock(mutex)
            while jobs.isEmpty && !isClosed { pthread_cond_wait(condition, mutex) }
            let batch = jobs
            jobs = []
            let ends = isClosed && batch.isEmpty
            pthread_mutex_unlock(mutex)
            if ends { return }
            for job in batch { job() }
        }
    }
}
