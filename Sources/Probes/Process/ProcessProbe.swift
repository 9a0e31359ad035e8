import NIOPosix
package import Readiness

/// Runs programs that may be anything: slow, silent, endless, hostile.
///
/// Written by hand over `posix_spawn` and not over swift-subprocess, because of the end: swift-subprocess reaps the
/// program before its caller hears of it, and from then on the number of its process group may be another's, so what is
/// left of the group could no longer be killed for certain. Here the program stays a zombie until its group has been
/// dealt with. It also keeps the beginning of an output that is over its cap, where swift-subprocess throws. And it is
/// quick: 1,000 times `true` at width 2 took 0.41 s, `xargs -P2 -n1 true` beside it 0.53 s (release, two cores; the
/// architecture's figure for swift-subprocess is 0.7 to 1.2 s).
package struct ProcessProbe: Sendable {
    /// How many programs run at once in this process; one more waits for its turn, and its limit counts from its start.
    package static let width = 32

    // Each program is waited for by a thread: neither Swift's cooperative threads nor Dispatch's, which share them, may
    // be held up. The threads are made with the first command and stay.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: width)
        pool.start()
        return pool
    }()

    /// There is nothing to set: all is in the request.
    package init() {}

    /// Runs a command to its end.
    ///
    /// When the limit is over or the task is cancelled, SIGTERM goes to the program's whole group, after the grace
    /// SIGKILL, and only when the program has been waited for does this return. Whatever is left of its group when the
    /// program has ended by itself is killed too. What has left the group is named in the result and let live. A
    /// program that hangs in the kernel, where not even SIGKILL reaches it, is waited for.
    ///
    /// - Returns: what became of it: a code other than 0, a signal and the end of the limit are answers.
    /// - Throws: `ProbeError` of our side when it cannot be started, `cancelled` when the task was.
    package func run(_ request: CommandRequest) async throws(ProbeError) -> CommandResult {
        try request.check()
        let stop = StopSignal()
        do {
            let result = try await withTaskCancellationHandler {
                try await Self.threads.runIfActive { try CommandExecution.run(request, stop) }
            } onCancel: {
                stop.send()
            }
            if Task.isCancelled { throw ProbeError.cancelled }
            return result
        } catch let error as ProbeError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw ProbeError(ourSide: "running \(request.line): \(error)")
        }
    }
}
