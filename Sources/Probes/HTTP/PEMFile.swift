import Glibc
import Readiness

/// The bytes of a file of certificates or of a key that a profile names.
///
/// Read here and not by the TLS library: that one reads a device without an end for ever, and waits for whoever writes to
/// a pipe.
enum PEMFile {
    /// Bytes. All the roots that a system has are less than a MiB.
    static let cap = 8 << 20

    /// Reads a regular file to its end. Blocks for as long as the disk takes.
    static func bytes(_ path: String) throws(ProbeError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw ProbeError(ourSide: SystemErrorText.of(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw ProbeError(ourSide: SystemErrorText.of(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ProbeError(ourSide: "it is no regular file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ProbeError(ourSide: SystemErrorText.of(errno)) }
            guard bytes.count + count <= cap else { throw ProbeError(ourSide: "it is longer than \(cap) bytes") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
