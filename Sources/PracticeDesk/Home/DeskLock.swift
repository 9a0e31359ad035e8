import Glibc

/// Keeps a home for one process: an advisory lock that the system takes back when the process ends, however it ends.
final class DeskLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock, or says that another process has it.
    init(path: String, home: String, role: DeskRole = .primary) throws(HomeError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode_t(0o600))
        guard descriptor >= 0 else { throw .system(path: path, doing: "open", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .busy(path: home, role: role) : .system(path: path, doing: "lock", code: code)
        }
    }

    /// Gives it back; once. Said outright and not left to `close`: a child of this process that is between fork and
    /// exec holds a copy of the descriptor, and the lock would live as long as the copy.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
