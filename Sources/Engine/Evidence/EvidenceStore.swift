import FoundationEssentials
import Glibc
package import Readiness
import Synchronization

/// Keeps evidence in the run's folder, each piece under its own digest, so that the same bytes lie there once; beyond the
/// first thousand, small pieces lie in one file (`EvidencePack`).
package final class EvidenceStore: Sendable {
    private let folder: String
    private let clock: any RunClock
    private let work = BlockingWork()
    private let pack: EvidencePack
    private let looseFiles: Int
    /// Where the bytes of a digest are, relative to the folder.
    private let kept = Mutex<[String: String]>([:])

    /// The most that one piece of evidence may hold, bytes. What is longer is cut, and says so at its end.
    package static let maximumSize = 1 << 20
    /// The most that evidence may hold that is of use only whole, bytes.
    package static let maximumWholeSize = 16 << 20

    /// Keeps evidence under `RUN/evidence/`.
    ///
    /// - Parameters:
    ///   - folder: the run's folder, which exists.
    ///   - looseFiles: how many pieces get files of their own, that a person can open, before small ones are packed.
    ///     Default 1,000: more than a run has whose evidence somebody reads by hand.
    package init(folder: String, clock: any RunClock, looseFiles: Int = 1000) {
        pack = EvidencePack(folder: folder)
        // The folder is made with the first file.
        self.looseFiles = max(1, looseFiles)
        self.folder = folder
        self.clock = clock
    }

    /// Keeps a text under an id.
    ///
    /// - Throws: `ProbeError` of our side when it cannot be written.
    package func keep(
        _ text: String, id: String, kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        var bytes = Array(text.utf8)
        if bytes.count > Self.maximumSize {
            let total = bytes.count
            bytes.removeLast(total - Self.maximumSize)
            // Do not leave half a character behind.
            while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
            if let last = bytes.last, last & 0xC0 == 0xC0 { bytes.removeLast() }
            bytes += Array("\n… cut: \(bytes.count) of \(total) bytes kept\n".utf8)
        }
        return try await keep(bytes, id: id, kind: kind, mediaType: mediaType, grade: grade)
    }

    /// Keeps a text that is of use only whole: an observation. Nothing is cut.
    ///
    /// - Throws: `ProbeError` of our side when it is beyond `maximumWholeSize` or cannot be written.
    package func keepWhole(
        _ text: String, id: String, kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumWholeSize else {
            throw ProbeError(
                ourSide: "evidence \(id) has \(bytes.count) bytes, and at most \(Self.maximumWholeSize) can be kept")
        }
        return try await keep(bytes, id: id, kind: kind, mediaType: mediaType, grade: grade)
    }

    private func keep(
        _ bytes: [UInt8], id: String, kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        guard !bytes.isEmpty else { throw ProbeError(ourSide: "evidence \(id) is empty") }
        let digest = HexDigest.sha256(bytes)
        let collectedAt = clock.wall
        let (known, count) = kept.withLock { ($0[digest], $0.count) }
        let path: String
        if let known {
            path = known
        } else {
            path = try await write(bytes, digest: digest, isPacked: count >= looseFiles)
            kept.withLock { $0[digest] = path }
        }
        return Evidence(
            id: id, kind: kind, provenance: .live, grade: grade, collectedAt: collectedAt, mediaType: mediaType,
            sha256: digest, size: bytes.count, path: path)
    }

    /// Writes bytes and tells where they are, relative to the folder.
    private func write(_ bytes: [UInt8], digest: String, isPacked: Bool) async throws(ProbeError) -> String {
        func failure(_ path: String, _ code: Int32) -> ProbeError {
            ProbeError(ourSide: "keep evidence in \(folder)/\(path): \(String(cString: strerror(code)))")
        }
        if isPacked, bytes.count <= EvidencePack.largestPiece {
            // Into the page cache, as the log writes its lines: not worth a change of threads.
            let (offset, code) = pack.append(bytes)
            if let code { throw failure(EvidencePack.name, code) }
            return EvidencePack.path(at: offset)
        }
        let path = Self.path(of: digest)
        let target = "\(folder)/\(path)"
        if let code = await work.run({ Self.write(bytes, to: target) }) { throw failure(path, code) }
        return path
    }

    /// Where bytes with a digest lie, relative to the run's folder.
    static func path(of digest: String) -> String { "evidence/\(digest.prefix(2))/\(digest)" }

    /// Writes beside and renames, so that a file under its digest is always whole. Returns the errno of a failure.
    private static func write(_ bytes: [UInt8], to path: String) -> Int32? {
        let temporary = "\(path).\(getpid()).part"
        func openFile() -> Int32 { open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
        var file = openFile()
        if file < 0, errno == ENOENT {
            // The first with these digits: most find their folder there.
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            let grandparent = String(parent[..<(parent.lastIndex(of: "/") ?? parent.startIndex)])
            for folder in [grandparent, parent] where mkdir(folder, 0o700) != 0 && errno != EEXIST { return errno }
            file = openFile()
        }
        guard file >= 0 else { return errno }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + offset, bytes.count - offset) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 {
                let code = count == 0 ? ENOSPC : errno
                close(file)
                unlink(temporary)
                return code
            }
            offset += count
        }
        guard close(file) == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            return code
        }
        return nil
    }
}
