import FoundationEssentials
import Glibc
import Readiness
import SystemPackage

/// What a process of the desk says on its standard error: kept in a file of its home, behind what earlier ones said.
struct DeskWords: Sendable {
    private let path: String
    /// Where the words of this process begin.
    private let begin: UInt64

    /// The most of them that is told, bytes and lines; the file has all.
    private static let toldBytes = 16 << 10
    private static let toldLines = 60

    /// Names the file before the process is started.
    ///
    /// - Throws: `CommandFailure` (69) when it cannot be written: with the path, why, and what to do.
    init(path: String) throws(CommandFailure) {
        self.path = path
        var facts = stat()
        begin = stat(path, &facts) == 0 ? UInt64(max(0, facts.st_size)) : 0
    }

    /// The file, to be written to by the process.
    func open() throws(CommandFailure) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec], permissions: [.ownerReadWrite])
        } catch {
            throw .unusable(path, SystemWords.of(error))
        }
    }

    /// The failure of a process that did not come up, with everything that it said, up to a bound.
    ///
    /// - Parameter reason: what it said on its standard output of why; its last word otherwise.
    func failure(_ headline: String, reason: String?) -> CommandFailure {
        let lines = lines()
        if let reason { return CommandFailure(.unavailable, "\(headline): \(reason)", details: lines) }
        guard let last = lines.last else {
            return CommandFailure(.unavailable, "\(headline): it said nothing")
        }
        return CommandFailure(.unavailable, "\(headline): \(last)", details: lines.count > 1 ? lines : [])
    }

    /// The last lines, made fit for a terminal.
    private func lines() -> [String] {
        guard let file = FileHandleBytes.read(path, from: begin, limit: Self.toldBytes) else {
            return ["what it said cannot be read: \(path)"]
        }
        var lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map { SafeText.line(String($0)) }
        let isCut = file.isCut || lines.count > Self.toldLines
        lines = Array(lines.suffix(Self.toldLines))
        return isCut ? ["(the beginning is in \(path))"] + lines : lines
    }
}

/// The end of a file, from a place on.
private enum FileHandleBytes {
    static func read(_ path: String, from begin: UInt64, limit: Int) -> (bytes: [UInt8], isCut: Bool)? {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return nil }
        let size = UInt64(max(0, facts.st_size))
        let first = max(min(begin, size), size > UInt64(limit) ? size - UInt64(limit) : 0)
        var bytes = [UInt8](repeating: 0, count: Int(size - first))
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(first)) }
        guard count >= 0 else { return nil }
        bytes.removeLast(bytes.count - count)
        return (bytes, first > begin)
    }
}
