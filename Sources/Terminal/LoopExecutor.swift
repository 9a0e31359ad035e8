import Glibc
import Synchronization

/// The executor of the one actor that owns the terminal: the poll loop of the thread that made it runs its jobs.
///
/// `checkIsolated` compares the thread, so that `assumeIsolated` within the loop is checked and not believed.
package final class LoopExecutor: SerialExecutor {
    // A job runs once, on the loop's thread; the list is only touched under the lock.
    private struct Jobs: @unchecked Sendable { var waiting: [UnownedJob] = [] }

    private let jobs = Mutex(Jobs())
    private let thread = pthread_self()
    /// Readable when somebody has called `wake`.
    package let descriptor: Int32
    private let writeEnd: Int32

    /// Makes an executor whose loop is the calling thread's.
    ///
    /// - Throws: `TerminalError` when no pipe can be made.
    package init() throws(TerminalError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("making a pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// Makes the loop go round. Any thread.
    package func wake() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes a job for the loop. Any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.waiting.append(job) }
        wake()
    }

    /// The reference that an actor keeps.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Stops the program when the calling thread is not the loop's.
    package func checkIsolated() {
        precondition(
            pthread_equal(thread, pthread_self()) != 0, "the terminal is used from another thread than its own")
    }

    /// Empties the pipe and runs the jobs that wait. Only on the loop's thread.
    package func drain() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(descriptor, &bytes, bytes.count) == bytes.count {}
        while true {
            let waiting = jobs.withLock { jobs in
                let waiting = jobs
                jobs.waiting = []
                return waiting
            }
            guard !waiting.waiting.isEmpty else { return }
            for job in waiting.waiting { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}
