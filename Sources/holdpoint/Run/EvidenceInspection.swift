import Engine
import FoundationEssentials
import Readiness

/// The evidence that a log names, held against its digests.
struct EvidenceInspection: Sendable {
    /// Pieces whose file is gone or is not what was kept, in words.
    private(set) var complaints: [String] = []
    /// How much was looked at, for a sentence.
    let words: String

    /// Reads every piece that the newest rounds name. Evidence of earlier rounds is named by their own events only.
    ///
    /// - Parameter log: the log's file: evidence lies beside it, or in the folder of the run for a log put elsewhere.
    init(of summary: RunSummary, besideLog log: String) {
        guard let folder = EvidenceFolder.find(run: summary.run, besideLog: log) else {
            words = "evidence not at hand"
            return
        }
        let reader = EvidenceReader(folder: folder)
        let pieces = summary.checks.flatMap(\.evidence)
        var complaints: [String] = []
        for piece in pieces {
            do throws(EvidenceTrouble) { _ = try reader.bytes(of: piece) } catch {
                complaints.append("evidence \(SafeText.line(piece.id)): failed to \(error)")
            }
        }
        self.complaints = complaints
        words = "\(pieces.count) pieces of evidence"
    }
}

/// Where the evidence of a recorded run lies.
enum EvidenceFolder {
    /// The folder that holds `evidence/`: beside the log, or the run's own; nil where neither is there.
    static func find(run: String, besideLog log: String) -> String? {
        let beside = log.contains("/") ? String(log[..<(log.lastIndex(of: "/") ?? log.startIndex)]) : "."
        let manager = FileManager.default
        // A run's id comes from a log, which may come from anywhere.
        let isName = run.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        let own = "\(StateFolders().runs)/\(run)"
        return [beside, own].first { ($0 == beside || isName) && manager.fileExists(atPath: "\($0)/evidence") }
    }
}
