package import Readiness

/// Reads kept evidence again, and holds it against its digest.
package struct EvidenceReader: Sendable {
    private let folder: String

    /// Reads from a run's folder.
    package init(folder: String) { self.folder = folder }

    /// The bytes of a piece of evidence.
    ///
    /// - Throws: `EvidenceTrouble` that names the file, when it is not there, or not what was kept.
    package func bytes(of evidence: Evidence) throws(EvidenceTrouble) -> [UInt8] {
        // The path comes from a log, and a log may come from anywhere: only the store's own form leads into the folder.
        let digest = evidence.sha256
        let isDigest =
            digest.utf8.count == 64
            && digest.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        let offset = EvidencePack.offset(in: evidence.path)
        guard isDigest, offset != nil || evidence.path == EvidenceStore.path(of: digest) else {
            throw EvidenceTrouble(path: evidence.path, why: "that is not where evidence is kept")
        }
        let path = "\(folder)/\(evidence.path)"
        let bytes: [UInt8]
        do throws(FileTrouble) {
            if let offset {
                let size = min(max(0, evidence.size), EvidencePack.largestPiece)
                bytes = try WholeFile.read("\(folder)/\(EvidencePack.name)", at: offset, count: size)
            } else {
                bytes = try WholeFile.read(path, limit: EvidenceStore.maximumWholeSize)
            }
        } catch {
            throw EvidenceTrouble(path: path, why: error.why)
        }
        guard HexDigest.sha256(bytes) == digest else {
            throw EvidenceTrouble(path: path, why: "its bytes are not those that were kept: it was changed since")
        }
        return bytes
    }
}

/// Evidence that cannot be used.
package struct EvidenceTrouble: Error, Equatable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// What is wrong with it.
    package var why: String

    /// A fragment that reads after "failed to ".
    package var description: String { "read the evidence \(SafeText.line(path)): \(why)" }
}
