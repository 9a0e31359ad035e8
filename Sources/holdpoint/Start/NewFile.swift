import Glibc
import Readiness

/// Writes a file that was not there: the whole of it or nothing, and never over another.
enum NewFile {
    /// Writes a file.
    ///
    /// The bytes go into a file without a name, which gets its name when everything is on the disk: a signal, a crash or
    /// a full disk leaves nothing. Where a file system has no such files, a file beside it with a name of its own is
    /// written while signals wait.
    ///
    /// - Parameter mode: permissions before the umask. Default 0644: what a team keeps beside its code.
    /// - Throws: `CommandFailure`: 64 for a name that is taken or a folder that is not there, 69 for what the system
    ///   cannot do.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(CommandFailure) {
        try refuseTaken(path)
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        // O_TMPFILE, which is a macro of two bits that Swift does not see.
        let file = open(folder, O_WRONLY | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, mode)
        guard file >= 0 else {
            let code = errno
            guard [EOPNOTSUPP, EISDIR, EINVAL].contains(code) else { throw failure(path, code) }
            return try writeBeside(bytes, path, mode)
        }
        defer { close(file) }
        if let code = fill(file, bytes) { throw failure(path, code) }
        // The name is given by the descriptor's own link; it fails where somebody was faster.
        guard linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, path, 0x400) == 0 else {
            let code = errno
            guard code == ENOENT else { throw failure(path, code) }
            // No /proc: the other way works without it.
            return try writeBeside(bytes, path, mode)
        }
    }

    /// - Throws: `CommandFailure` (64) where something has that name, a link that leads nowhere included.
    static func refuseTaken(_ path: String) throws(CommandFailure) {
        var facts = stat()
        if lstat(path, &facts) == 0 { throw failure(path, EEXIST) }
    }

    private static func writeBeside(_ bytes: [UInt8], _ path: String, _ mode: mode_t) throws(CommandFailure) {
        let draft = "\(path).\(getpid()).part"
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw failure(path, errno) }
        var code = fill(file, bytes)
        close(file)
        if code == nil, link(draft, path) != 0 { code = errno }
        unlink(draft)
        if let code { throw failure(path, code) }
    }

    /// Returns the errno of a failure.
    private static func fill(_ file: Int32, _ bytes: [UInt8]) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? ENOSPC : errno }
            offset += count
        }
        return fdatasync(file) == 0 ? nil : errno
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        let why = code == EEXIST ? "it exists and is not overwritten" : String(cString: strerror(code))
        let isUsage = [EEXIST, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(code)
        return CommandFailure(isUsage ? .usage : .unavailable, "cannot write \(SafeText.line(path)): \(why)")
    }
}
