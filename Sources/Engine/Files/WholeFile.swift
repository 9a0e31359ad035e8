import Glibc

/// Small files that are read or written whole.
enum WholeFile {
    /// Reads an ordinary file; a last part of the path that is a symbolic link is refused.
    ///
    /// - Parameter onlyOurs: whether to refuse, with `EPERM`, a file that is another user's or that others may write to.
    static func read(_ path: String, limit: Int, onlyOurs: Bool = false) throws(FileTrouble) -> [UInt8] {
        // Not blocking: a pipe in its place must not stop us.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw FileTrouble(path: path, code: errno) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw FileTrouble(path: path, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileTrouble(path: path, code: EINVAL) }
        if onlyOurs, facts.st_uid != geteuid() || facts.st_mode & 0o022 != 0 {
            throw FileTrouble(path: path, code: EPERM)
        }
        guard facts.st_size <= limit else { throw FileTrouble(path: path, code: EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileTrouble(path: path, code: errno) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Reads a part of an ordinary file; fewer bytes where it ends before. A last part of the path that is a symbolic link
    /// is refused.
    static func read(_ path: String, at offset: Int64, count wanted: Int) throws(FileTrouble) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw FileTrouble(path: path, code: errno) }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw FileTrouble(path: path, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw FileTrouble(path: path, code: EINVAL) }
        var bytes = [UInt8](repeating: 0, count: wanted)
        var count = 0
        while count < wanted {
            let got = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress! + count, wanted - count, off_t(offset) + count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileTrouble(path: path, code: errno) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(wanted - count)
        return bytes
    }

    /// Writes beside, brings it to the disk and renames. Mode 0600.
    static func replace(_ path: String, with bytes: [UInt8]) throws(FileTrouble) {
        let temporary = "\(path).\(getpid()).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw FileTrouble(path: temporary, code: errno) }
        var code = writeAll(bytes, to: file)
        if code == nil, fdatasync(file) != 0 { code = errno }
        if close(file) != 0, code == nil { code = errno }
        if code == nil, rename(temporary, path) != 0 { code = errno }
        guard let code else { return }
        unlink(temporary)
        throw FileTrouble(path: path, code: code)
    }

    /// Writes everything. Returns the errno of a failure.
    static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? ENOSPC : errno }
            offset += count
        }
        return nil
    }
}

/// Why a file cannot be read or written.
package struct FileTrouble: Error, Equatable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// `errno`.
    package var code: Int32

    /// Describes trouble with a file.
    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// The system's words.
    package var why: String { String(cString: strerror(code)) }
    /// The file and the system's words.
    package var description: String { "\(path): \(why)" }
}
