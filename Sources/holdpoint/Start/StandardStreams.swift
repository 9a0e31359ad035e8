import Glibc
import Readiness
import Synchronization

/// What people read beside the data: one line to standard error.
enum StandardError {
    /// Whether a person may see it as it is written.
    static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    /// Writes a line. When nobody reads it there is nobody to tell.
    static func write(_ line: String) { _ = StandardStream.write(Array((line + "\n").utf8), to: STDERR_FILENO) }
}

/// The data: standard output, or a file.
///
/// When the reader has gone away the rest is dropped quietly: the run goes on, its log is whole.
final class OutputStream: Sendable {
    private struct State {
        var isGone = false
        var trouble: Int32?
    }

    private let file: Int32
    private let state = Mutex(State())

    /// Standard output.
    init() { file = STDOUT_FILENO }

    /// A new file, 0600.
    ///
    /// - Throws: `CommandFailure` when it exists or cannot be made.
    init(creating path: String) throws(CommandFailure) {
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = errno
            let why = code == EEXIST ? "it exists and is not overwritten" : String(cString: strerror(code))
            throw CommandFailure(.usage, "cannot write \(path): \(why)")
        }
    }

    /// Writes bytes. May block: never from the cooperative pool.
    func write(_ bytes: [UInt8]) {
        guard !state.withLock({ $0.isGone }) else { return }
        if let code = StandardStream.write(bytes, to: file) {
            state.withLock { state in
                state.isGone = true
                if code != EPIPE { state.trouble = code }
            }
        }
    }

    /// Writes a line.
    func write(line: String) { write(Array((line + "\n").utf8)) }

    /// Why not everything was written; nil also for a reader that went away.
    var trouble: String? { state.withLock { $0.trouble }.map { String(cString: strerror($0)) } }
}

private enum StandardStream {
    /// Returns the errno of a failure.
    static func write(_ bytes: [UInt8], to file: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, bytes.count - offset) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, 1000)
                    continue
                }
                return errno
            }
            offset += count
        }
        return nil
    }
}
