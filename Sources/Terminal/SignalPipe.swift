import Glibc
import Synchronization

/// Signals as bytes in a pipe, so that they are dealt with by the loop and not in the middle of anything.
///
/// One for a process. Installed before curses, which leaves signals alone that are not at their default.
final class SignalPipe {
    /// Readable when a signal has come.
    let descriptor: Int32
    private var before: [(Int32, sigaction)] = []

    // Read by the handler, which may only touch what is atomic.
    private static let writeEnd = Atomic<Int32>(-1)

    private static let told = [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGUSR1]
    // Reading or writing while in the background must not stop the process half-way through a frame.
    private static let ignored = [SIGTTIN, SIGTTOU, SIGPIPE]

    init() throws(TerminalError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system("making a pipe", errno: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        Self.writeEnd.store(ends[1], ordering: .releasing)
        for number in Self.told { before.append((number, Self.listen(number))) }
        for number in Self.ignored { before.append((number, Self.set(number, SIG_IGN))) }
    }

    /// The signals that have come since the last time, in order.
    func take() -> [Int32] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map(Int32.init)
    }

    /// Stops this process and its group as Ctrl-Z does; returns when they go on in the foreground.
    func stopProcess() {
        let mine = Self.set(SIGTSTP, SIG_DFL)
        repeat {
            // Comes to the main thread first, which this is: it stops within the call. A second one would stop it
            // again as soon as it is continued.
            kill(0, SIGTSTP)
        } while tcgetpgrp(0) != getpgrp() && tcgetpgrp(0) != -1
        Self.restore(SIGTSTP, mine)
        _ = take().filter { $0 != SIGCONT && $0 != SIGTSTP }.map { raise($0) }
    }

    /// Puts back what there was before.
    func close() {
        for (number, action) in before { Self.restore(number, action) }
        let end = Self.writeEnd.exchange(-1, ordering: .acquiringAndReleasing)
        Glibc.close(end)
        Glibc.close(descriptor)
    }

    private static func listen(_ number: Int32) -> sigaction {
        set(number) { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(SignalPipe.writeEnd.load(ordering: .acquiring), &byte, 1)
            errno = saved
        }
    }

    private static func set(_ number: Int32, _ handler: __sighandler_t?) -> sigaction {
        var action = sigaction()
        var old = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        sigaction(number, &action, &old)
        return old
    }

    private static func restore(_ number: Int32, _ action: sigaction) {
        var action = action
        sigaction(number, &action, nil)
    }
}
