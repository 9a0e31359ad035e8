import FoundationEssentials
import Glibc
package import Readiness

/// How long checks took in earlier runs, for predicting the next one. A value, and its form as a file.
///
/// Only what a healthy target let run to its end is taken in: pass and warn, on the first attempt. A red check often ends
/// early, and would predict too short a time.
package struct DurationHistory: Sendable, Equatable {
    /// Durations kept for each check and mode; the oldest give way.
    package static let kept = 5
    /// The largest file that is read, bytes. One check takes about 60.
    private static let largestFile = 1 << 20
    /// The longest duration that is believed, milliseconds: a day.
    private static let longest: Int64 = 86_400_000

    /// By mode, then check: milliseconds, oldest first.
    private var durations: [Mode: [CheckID: [Int64]]] = [:]

    /// No history.
    package init() {}

    /// Takes in what a finished run measured.
    package mutating func add(_ summary: RunSummary) {
        guard let mode = summary.created?.mode else { return }
        for check in summary.checks {
            guard let result = check.result, [.pass, .warn].contains(result.outcome), result.attempts == 1 else {
                continue
            }
            add(result.durationMs, of: check.id, in: mode)
        }
    }

    /// Takes in one duration, in milliseconds.
    package mutating func add(_ milliseconds: Int64, of check: CheckID, in mode: Mode) {
        let known = durations[mode]?[check] ?? []
        durations[mode, default: [:]][check] = (known + [min(max(0, milliseconds), Self.longest)]).suffix(Self.kept)
    }

    /// The median of what is known of each check in a mode; of an even number the longer of the two in the middle, so
    /// that a prediction errs on the safe side.
    package func predictions(for mode: Mode) -> [CheckID: Duration] {
        (durations[mode] ?? [:]).mapValues { known in
            // A check that took less than a millisecond takes some time all the same.
            .milliseconds(max(1, known.sorted()[known.count / 2]))
        }
    }

    // MARK: - File

    private struct File: Codable {
        var version: Int
        var durations: [String: [String: [Int64]]]

        private enum CodingKeys: String, CodingKey { case version = "v", durations = "durations_ms" }
    }

    /// Reads a file. A file that is not there is an empty history.
    ///
    /// - Returns: what could be read, and what is wrong with the file in words; nil where nothing is. A damaged file is an
    ///   empty history: it only makes predictions worse, so it stops no run.
    package static func read(path: String) -> (history: DurationHistory, warning: String?) {
        func unusable(_ why: String) -> (DurationHistory, String?) {
            (DurationHistory(), "the measured durations in \(path) cannot be used: \(why)")
        }
        let bytes: [UInt8]
        do throws(FileTrouble) { bytes = try WholeFile.read(path, limit: largestFile) } catch {
            return error.code == ENOENT ? (DurationHistory(), nil) : unusable(error.why)
        }
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: Data(bytes)) } catch {
            return unusable("it is not the JSON that was written")
        }
        guard file.version == 1 else { return unusable("its format is \(file.version), not 1") }
        var history = DurationHistory()
        for (name, checks) in file.durations {
            guard let mode = Mode(rawValue: name) else { return unusable("\(SafeText.line(name)) is not a mode") }
            for (id, known) in checks {
                guard let id = CheckID(parsing: id), known.allSatisfy({ (0...longest).contains($0) }) else {
                    return unusable("\(SafeText.line(id)) has durations that none was")
                }
                for duration in known.suffix(kept) { history.add(duration, of: id, in: mode) }
            }
        }
        return (history, nil)
    }

    /// Writes the file: beside it first, then in its place, so that a reader finds the old one or the new one, whole.
    ///
    /// - Throws: `FileTrouble` when it cannot be written; the old one stands then.
    package func write(to path: String) throws(FileTrouble) {
        var names: [String: [String: [Int64]]] = [:]
        for (mode, checks) in durations {
            names[mode.rawValue] = Dictionary(uniqueKeysWithValues: checks.map { ($0.key.description, $0.value) })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do { bytes = [UInt8](try encoder.encode(File(version: 1, durations: names))) } catch {
            preconditionFailure("durations cannot be encoded: \(error)")
        }
        try WholeFile.replace(path, with: bytes + [UInt8(ascii: "\n")])
    }
}
