import Glibc
import Readiness

/// A file that holds an answer.
enum AnswerFile {
    /// Reads a regular file of UTF-8. Blocks for as long as the disk takes.
    ///
    /// - Parameters:
    ///   - cap: bytes.
    ///   - maxAge: how long ago it may have been written; nil: at any time.
    /// - Throws: `ProbeError` at the surface: unreachable when it is missing or older than that, because then nobody writes
    ///   it any more; unauthorised when it may not be read; nonsense when it is no regular file, larger than `cap` bytes,
    ///   not UTF-8, or from the future.
    static func read(_ path: String, cap: Int, maxAge: Duration? = nil) throws(ProbeError) -> String {
        // Non-blocking, so that opening a named pipe without a writer returns.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw trouble(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw trouble(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw nonsense(path, "is not a regular file") }
        if let maxAge { try checkAge(of: status, at: path, maxAge) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= cap {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw trouble(path, errno) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        guard bytes.count <= cap else { throw nonsense(path, "is larger than \(cap) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw nonsense(path, "is not UTF-8") }
        return text
    }

    private static func checkAge(of status: stat, at path: String, _ maxAge: Duration) throws(ProbeError) {
        let age = Duration.microseconds(DeclaredFiles.age(status))
        guard age >= FileContent.futureLeeway else { throw nonsense(path, "was written in the future") }
        guard age <= maxAge else {
            throw ProbeError(
                .unreachable, at: .surface,
                "\(SafeText.line(path)) was written \(DurationText.short(age)) ago; "
                    + "it may be \(DurationText.short(maxAge)) old")
        }
    }

    private static func trouble(_ path: String, _ code: Int32) -> ProbeError {
        let meeting: ProbeError.Meeting =
            switch code {
            case ENOENT, ENOTDIR: .unreachable
            case EACCES, EPERM: .unauthorised
            default: .nonsense
            }
        return ProbeError(meeting, at: .surface, "\(SafeText.line(path)): \(SystemErrorText.of(code))")
    }

    private static func nonsense(_ path: String, _ complaint: String) -> ProbeError {
        ProbeError(.nonsense, at: .surface, "\(SafeText.line(path)) \(complaint)")
    }
}
