import Engine
import FoundationEssentials
import Readiness

/// When a check last failed on this machine, from the logs of runs that are still kept.
enum LastRed {
    /// The newest runs that are looked through: a few seconds' reading at the most.
    private static let runs = 50

    /// One line for a person.
    static func find(_ id: CheckID, in folders: StateFolders) -> String {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folders.runs) } catch {
            return "no run is kept here"
        }
        var unread = 0
        // Ids of runs sort by time.
        for run in names.sorted(by: >).prefix(runs) {
            let path = "\(folders.runs)/\(run)/log.ndjson"
            do throws(LogTrouble) {
                if let line = try newestRed(of: id, at: path) { return "\(line)  (run \(SafeText.line(run)))" }
            } catch {
                unread += 1
            }
        }
        let looked = min(names.count, runs)
        let rest = unread > 0 ? ", \(unread) of them without a log to read" : ""
        return "not in the newest \(looked) \(looked == 1 ? "run" : "runs") that are kept here\(rest)"
    }

    private static func newestRed(of id: CheckID, at path: String) throws(LogTrouble) -> String? {
        var reader = try LogFileReader(path: path)
        let decoder = JSONDecoder()
        let needle = Array("\"\(id)\"".utf8)
        var found: String?
        while let line = reader.next(), line.isWhole {
            // Decoding is what costs: most lines are about other checks.
            guard line.bytes.firstRange(of: needle) != nil, line.bytes.firstRange(of: Self.finished) != nil else {
                continue
            }
            guard let event = try? LogLine(parsing: line.bytes, with: decoder).event, event.check == id,
                case .checkFinished(let finished) = event.body, finished.outcome == .fail
            else { continue }
            found = "\(event.time)  \(finished.reason.map(SafeText.line) ?? "")"
        }
        return found
    }

    private static let finished = Array("check.finished".utf8)
}
