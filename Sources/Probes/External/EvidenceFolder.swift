import Crypto
import FoundationEssentials
import Glibc
import Readiness

/// Where a child leaves its evidence: a folder of its own, ours alone (0700), gone when the run is over.
struct EvidenceFolder: Sendable {
    /// The most that one piece may hold, bytes.
    static let fileCap = 4 << 20
    /// The most that all pieces of one run may hold together, bytes. A file that is named twice counts twice:
    /// it is kept twice.
    static let totalCap = 32 << 20

    let path: String

    init() throws(ProbeError) {
        let base = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(base)/holdpoint-evidence-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ProbeError(ourSide: "a folder for evidence in \(base): \(SystemErrorText.of(errno))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes it with all that lies in it.
    ///
    /// - Returns: what could not be removed; nil when all was.
    func remove() -> String? {
        do {
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            return "\(path) could not be removed: \(error)"
        }
    }

    /// The bytes of a piece, when they are inside of the folder and as the digest says. Blocks.
    ///
    /// No part of the path may be a symbolic link, so that none leads out.
    ///
    /// - Parameter name: what the piece is called in a complaint: its path without any secret.
    func bytes(of evidence: ExternalEvidence, called name: String) -> Result<[UInt8], ExternalViolation> {
        let shown = SafeText.line(String(name.prefix(200)))
        func outside(_ code: Int32) -> ExternalViolation {
            ExternalViolation(.evidenceOutside, "\(shown): \(SystemErrorText.of(code))")
        }
        var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard folder >= 0 else { return .failure(outside(errno)) }
        defer { close(folder) }
        let parts = evidence.path.split(separator: "/").map(String.init)
        for part in parts.dropLast() {
            let inner = openat(folder, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard inner >= 0 else { return .failure(outside(errno)) }
            close(folder)
            folder = inner
        }
        let file = openat(folder, parts.last ?? "", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return .failure(outside(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
            return .failure(ExternalViolation(.evidenceOutside, "\(shown) is no file of its own"))
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(outside(errno)) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= Self.fileCap else {
                return .failure(
                    ExternalViolation(.evidenceDiffers, "\(shown) is longer than \(Self.fileCap) bytes"))
            }
        }
        let digest = SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard digest == evidence.sha256 else {
            return .failure(ExternalViolation(.evidenceDiffers, "\(shown) has SHA-256 \(digest)"))
        }
        guard !bytes.isEmpty else {
            return .failure(ExternalViolation(.evidenceDiffers, "\(shown) is empty"))
        }
        return .success(bytes)
    }
}
