import Crypto
import Glibc
import NIOPosix
package import Readiness
import Synchronization

/// Looks at files on two threads of its own, however many are asked for: file systems may take their time, and ten
/// thousand checks must not make ten thousand threads.
package struct DeclaredFiles: FileProbe {
    /// The most that is searched for text, bytes.
    package static let textCap = 1 << 20
    /// The most that a digest is made of, bytes.
    package static let digestCap = 64 << 20

    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    /// There is nothing to set.
    package init() {}

    /// What a file is. Symbolic links are followed; nothing but a regular file is opened, and none is waited for.
    package func look(_ requirement: FileRequirement) async throws(ProbeError) -> Answer<FileFacts> {
        let started = ContinuousClock.now
        let facts = try await Self.run { () throws(ProbeError) in try Self.facts(requirement) }
        return Answer(
            facts, transcript: facts.transcript(of: requirement.path), elapsed: ContinuousClock.now - started)
    }

    /// Reads a whole file.
    ///
    /// - Throws: `ProbeError`: unreachable for one that is not there, nonsense for one that is longer than `cap` or no
    ///   regular file.
    package func read(_ path: String, cap: Int) async throws(ProbeError) -> Answer<FileContent> {
        let started = ContinuousClock.now
        let content = try await Self.run { () throws(ProbeError) in try Self.content(path, cap: cap) }
        return Answer(
            content,
            transcript: "\(path)\n\(content.bytes.count) bytes, changed \(Self.age(content.ageMicroseconds)) before\n"
                + "sha256 \(content.sha256)",
            elapsed: ContinuousClock.now - started)
    }

    private static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(ProbeError) -> Value
    ) async throws(ProbeError) -> Value {
        do { return try await threads.runIfActive { () throws in try work() } } catch {
            switch error {
            case let error as ProbeError: throw error
            case is CancellationError: throw .cancelled
            default: throw ProbeError(ourSide: "looking at a file: \(error)")
            }
        }
    }

    private static func facts(_ requirement: FileRequirement) throws(ProbeError) -> FileFacts {
        let path = requirement.path
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw ProbeError(ourSide: "\(SafeText.line(path)) is no absolute path")
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return FileFacts(exists: false) }
            throw trouble(path, errno)
        }
        if let other = other(status) { return FileFacts(exists: true, other: other) }
        var facts = FileFacts(
            exists: true, mode: Int(status.st_mode & 0o7777), size: Int64(status.st_size), ageMicroseconds: age(status))
        guard requirement.exists, requirement.text != nil || requirement.sha256 != nil else { return facts }
        let descriptor = try open(path, &status)
        defer { close(descriptor) }
        var beginning: [UInt8] = []
        var digest = SHA256()
        var total = 0
        let wanted = requirement.sha256 == nil ? textCap : digestCap + 1
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while total < wanted {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, wanted - total))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw trouble(path, errno) }
            if count == 0 { break }
            total += count
            if requirement.sha256 != nil {
                chunk.withUnsafeBytes { digest.update(bufferPointer: .init(rebasing: $0[..<count])) }
            }
            if beginning.count < textCap {
                beginning.append(contentsOf: chunk[..<min(count, textCap - beginning.count)])
            }
        }
        if let text = requirement.text { facts.misses = text.misses(in: String(decoding: beginning, as: UTF8.self)) }
        if requirement.sha256 != nil {
            guard total <= digestCap else {
                throw ProbeError(.nonsense, elsewhere: "\(SafeText.line(path)) is longer than \(digestCap) bytes")
            }
            facts.sha256 = hex(digest.finalize())
        }
        return facts
    }

    private static func content(_ path: String, cap: Int) throws(ProbeError) -> FileContent {
        var status = stat()
        guard stat(path, &status) == 0 else { throw trouble(path, errno) }
        if let other = other(status) { throw ProbeError(.nonsense, elsewhere: "\(SafeText.line(path)) is \(other)") }
        let descriptor = try open(path, &status)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw trouble(path, errno) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= cap else {
                throw ProbeError(.nonsense, elsewhere: "\(SafeText.line(path)) is longer than \(cap) bytes")
            }
        }
        return FileContent(bytes: bytes, ageMicroseconds: age(status), sha256: hex(SHA256.hash(data: bytes)))
    }

    /// Opens what was looked at, or what has taken its place: whatever that is, it is not waited for.
    private static func open(_ path: String, _ status: inout stat) throws(ProbeError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw trouble(path, errno) }
        guard fstat(descriptor, &status) == 0, other(status) == nil else {
            close(descriptor)
            throw ProbeError(.nonsense, elsewhere: "\(SafeText.line(path)) changed while it was looked at")
        }
        return descriptor
    }

    private static func other(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    /// Microseconds since a file was last changed; negative for one of the future.
    static func age(_ status: stat) -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return (Int64(now.tv_sec) - Int64(status.st_mtim.tv_sec)) * 1_000_000
            + (Int64(now.tv_nsec) - Int64(status.st_mtim.tv_nsec)) / 1000
    }

    static func age(_ microseconds: Int64) -> String { DurationText.short(.microseconds(microseconds)) }

    private static func trouble(_ path: String, _ code: Int32) -> ProbeError {
        let detail = "\(SafeText.line(path)): \(SystemErrorText.of(code))"
        switch code {
        case EACCES, EPERM: return ProbeError(.unauthorised, elsewhere: detail)
        case ENOENT, ENOTDIR, EIO, ESTALE, ELOOP, ENAMETOOLONG: return ProbeError(.unreachable, elsewhere: detail)
        default: return ProbeError(ourSide: detail)
        }
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

extension FileFacts {
    /// In words, for evidence: what was seen, and where.
    fileprivate func transcript(of path: String) -> String {
        guard exists else { return "\(path)\nis not there" }
        if let other { return "\(path)\nis \(other)" }
        var text =
            "\(path)\nmode 0\(String(mode, radix: 8)), \(size) bytes, changed \(DeclaredFiles.age(ageMicroseconds)) before"
        if let misses { text += misses.isEmpty ? "\ncontent agrees" : "\n" + misses.joined(separator: "\n") }
        if let sha256 { text += "\nsha256 \(sha256)" }
        return text
    }
}
