import Engine
import FoundationEssentials
import Glibc
import PracticeDesk
import Readiness

/// The folder of one run: its log, its evidence, and the home of a desk of its own.
struct RunFolder: Sendable {
    /// The run's id.
    let run: String
    /// The folder.
    let path: String
    /// Where the log is.
    let logPath: String

    /// The home of a desk of the run's own.
    var deskHome: String { "\(path)/desk" }

    /// How many homes of red runs are kept for whoever wants to look into them.
    static let keptHomes = 5

    /// Makes the folder.
    ///
    /// - Parameter log: where the log goes instead.
    init(in folders: StateFolders, at time: UTCInstant, log: String?) throws(CommandFailure) {
        var random = SystemRandomNumberGenerator()
        run = RunID.make(at: time, using: &random)
        path = "\(folders.runs)/\(run)"
        logPath = log ?? "\(path)/log.ndjson"
        try StateFolders.make(path)
    }

    /// Begins the log.
    ///
    /// - Throws: `CommandFailure` when the file exists or cannot be made.
    func beginLog(clock: any RunClock) throws(CommandFailure) -> RunLog {
        do throws(LogTrouble) { return try RunLog(path: logPath, run: run, clock: clock) } catch {
            if error.code == EEXIST {
                throw CommandFailure(.usage, "the log \(logPath) exists and is not overwritten")
            }
            throw .unusable(logPath, String(cString: strerror(error.code)))
        }
    }

    /// Removes the desk's home after a green run; after a red one keeps it, and only the newest few of all runs.
    func tidy(keepingHome: Bool) {
        let manager = FileManager.default
        // Whoever has started a desk of their own on the run's home, to mend it, still uses it.
        if !keepingHome, !isServed(deskHome) { remove(deskHome) }
        let runs = String(path.dropLast(run.count + 1))
        guard let names = try? manager.contentsOfDirectory(atPath: runs) else { return }
        // Ids sort by time. Only folders that this program made and that have a desk's marker are touched.
        let homes = names.sorted().map { "\(runs)/\($0)/desk" }.filter { manager.fileExists(atPath: "\($0)/home.json") }
        for home in homes.dropLast(Self.keptHomes) where !manager.fileExists(atPath: "\(home)/desk.json") {
            remove(home)
        }
    }

    /// Removes the whole folder: of a run that has not begun, or of a look that is over.
    func remove() { remove(path) }

    private func isServed(_ home: String) -> Bool {
        // Without a record that can be read there is nobody who could be asked.
        do throws(HomeError) { return try DeskRecord.read(home: DeskHome(path: home)).processLives } catch {
            return false
        }
    }

    private func remove(_ home: String) {
        guard FileManager.default.fileExists(atPath: home) else { return }
        do { try FileManager.default.removeItem(atPath: home) } catch {
            StandardError.write("holdpoint: cannot remove \(home): \(SystemWords.of(error))")
        }
    }
}
