import FoundationEssentials
import GRDB
import Glibc

/// The seeded ledger, kept between homes: seeding takes about a second, copying some ten milliseconds.
///
/// Keyed by schema digest and UTC day, because its history ends with the day; complete or not there at all.
struct SeedCache: Sendable {
    let folder: String

    private static let prefix = "desk-ledger-"

    /// The user's cache: `$XDG_CACHE_HOME/holdpoint`, or `~/.cache/holdpoint`.
    static var standard: SeedCache {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return SeedCache(folder: (base ?? (environment["HOME"] ?? "/tmp") + "/.cache") + "/holdpoint")
    }

    /// The path of today's ledger; made now if it is not there.
    func ledger(wall: Int64, progress: DeskHome.Progress) throws(HomeError) -> String {
        let day = wall / 86_400_000_000_000
        let name = "\(Self.prefix)\(Migration.digest)-\(DeskClock.text(wall).prefix(10)).sqlite"
        let path = "\(folder)/\(name)"
        if HomeFiles.exists(path) {
            progress(0.9, "ledger found in \(folder)")
            return path
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .ledger(path: folder, message: "cannot make the cache folder: \(error)")
        }
        let draft = "\(path).\(getpid()).\(Hex.random(bytes: 4)).tmp"
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { database in
                // Nothing to lose: whatever interrupts this leaves only the draft.
                try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            }
            let queue = try DatabaseQueue(path: draft, configuration: configuration)
            try queue.write { database in
                try LedgerSeed.fill(database, midnight: day * 86_400_000_000) { part in
                    progress(part * 0.9, "seeding the ledger: 400 days of orders and fills")
                }
            }
            try queue.close()
        } catch {
            unlink(draft)
            throw .ledger(
                path: draft, message: "seeding failed: \(error)", trouble: LedgerTrouble(error, path: folder))
        }
        chmod(draft, 0o600)
        guard rename(draft, path) == 0 else { throw .system(path: path, doing: "replace", code: errno) }
        removeOthers(than: name)
        return path
    }

    /// Removes ledgers of other days and schemas, and drafts that nobody can still be writing.
    private func removeOthers(than name: String) {
        // A file that cannot be listed or removed costs disk space and nothing else.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in files where file.hasPrefix(Self.prefix) && file != name {
            if file.hasSuffix(".tmp") {
                var status = stat()
                let path = "\(folder)/\(file)"
                guard stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else { continue }
            }
            unlink("\(folder)/\(file)")
        }
    }
}
