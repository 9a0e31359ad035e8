import FoundationEssentials
import GRDB
import Glibc

/// The folder that a desk lives in: ledger, tier file, migrations, kill switch, and what a running desk adds.
package struct DeskHome: Hashable, Sendable {
    /// How far the making of a home is: a fraction from 0 to 1, and what is being done, for a person.
    package typealias Progress = @Sendable (Double, String) -> Void

    /// The folder, an absolute path.
    package let path: String

    /// A home at a path; whether a desk's home is there shows when it is made, served or read.
    package init(path: String) {
        self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    var marker: String { path + "/home.json" }
    var limits: String { "\(path)/\(LimitsFile.name)" }
    var ledger: String { "\(path)/\(SQLiteLedger.fileName)" }
    var migrations: String { migrations(.sqlite) }
    /// What the desk comes to a ledger's server with.
    var writerPassword: String { "\(path)/ledger.password" }
    /// What others come to it with, to read.
    var readerPassword: String { "\(path)/ledger-reader.password" }
    var killSwitch: String { "\(path)/\(KillSwitch.fileName)" }
    var lock: String { lock(of: .primary) }

    func migrations(_ engine: LedgerEngine) -> String { "\(path)/\(Migration.folder(engine))" }
    func record(of role: DeskRole) -> String { "\(path)/\(role.recordName)" }
    func log(of role: DeskRole) -> String { "\(path)/\(role.filePrefix)\(DeskLog.fileName)" }
    func accessLog(of role: DeskRole) -> String { "\(path)/\(role.filePrefix)\(AccessLog.fileName)" }
    func lock(of role: DeskRole) -> String { "\(path)/\(role.filePrefix)desk.lock" }

    private static let markerText = "{\"kind\":\"holdpoint-practice-desk\",\"schema\":1}\n"

    /// Makes a home, 0700: an empty or absent folder is filled; in a home that is there already only what is missing
    /// is made.
    ///
    /// - Parameters:
    ///   - progress: called on a thread of its own, with growing fractions.
    ///   - cacheFolder: where the seeded ledger is kept between homes; nil for `$XDG_CACHE_HOME/holdpoint`.
    /// - Throws: `HomeError`, `.notADeskHome` for a folder that holds other things, `.busy` while a desk serves it.
    package static func make(
        at path: String, cacheFolder: String? = nil, progress: @escaping Progress = { _, _ in }
    ) async throws -> DeskHome {
        let home = DeskHome(path: path)
        let cache = cacheFolder.map(SeedCache.init(folder:)) ?? .standard
        return try await BlockingThread.once {
            try home.fill(cache: cache, progress: progress)
            return home
        }
    }

    private func fill(cache: SeedCache, progress: @escaping Progress) throws(HomeError) {
        if !HomeFiles.exists(path) {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw .ledger(path: path, message: "cannot be made: \(error)", trouble: Self.trouble(path))
            }
        } else {
            // A file in its place cannot be listed and has no marker, which is the right answer, too.
            guard let held = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                throw .notADeskHome(path: path)
            }
            guard held.isEmpty || held.contains("home.json") else { throw .notADeskHome(path: path) }
        }
        guard chmod(path, 0o700) == 0 else { throw .system(path: path, doing: "protect", code: errno) }
        // The marker first, so that what was interrupted can be completed.
        try writeIfMissing(Self.markerText, to: marker)
        let lock = try DeskLock(path: lock, home: self.path)
        defer { lock.release() }
        try writeIfMissing(LimitsFile.template, to: limits)
        if mkdir(migrations, 0o700) != 0, errno != EEXIST {
            throw .system(path: migrations, doing: "make", code: errno)
        }
        for migration in Migration.all(.sqlite) {
            try writeIfMissing(migration.file, to: "\(migrations)/\(migration.fileName)")
        }
        if !HomeFiles.exists(killSwitch) { try KillSwitch.released.write(path: killSwitch) }
        if !HomeFiles.exists(ledger) {
            let seeded = try cache.ledger(wall: DeskClock.wall(), progress: progress)
            progress(0.92, "copying the ledger")
            try copyLedger(from: seeded)
        }
        progress(1, "ready")
    }

    /// Makes the folder of migrations for a ledger that is made anew with each start, whatever an earlier one has left.
    func renewMigrations(_ engine: LedgerEngine) throws(HomeError) {
        let folder = migrations(engine)
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .system(path: folder, doing: "make", code: errno) }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .system(path: folder, doing: "list", code: EACCES)
        }
        for name in names { try HomeFiles.remove("\(folder)/\(name)") }
        for migration in Migration.all(engine) {
            try HomeFiles.write(Array(migration.file.utf8), to: "\(folder)/\(migration.fileName)")
        }
    }

    /// Why a folder cannot be made, as far as that shows.
    private static func trouble(_ path: String) -> LedgerTrouble { HomeFiles.isFull(path) ? .full : .refused }

    private func writeIfMissing(_ text: String, to path: String) throws(HomeError) {
        if !HomeFiles.exists(path) { try HomeFiles.write(Array(text.utf8), to: path) }
    }

    /// Copies beside its place, puts the copy into WAL mode, and only then gives it its name.
    private func copyLedger(from seeded: String) throws(HomeError) {
        let draft = ledger + ".draft"
        unlink(draft)
        do {
            try FileManager.default.copyItem(atPath: seeded, toPath: draft)
            chmod(draft, 0o600)
            var configuration = Configuration()
            configuration.journalMode = .wal
            let queue = try DatabaseQueue(path: draft, configuration: configuration)
            try queue.close()
        } catch {
            unlink(draft)
            let trouble = HomeFiles.isFull(ledger) ? .full : LedgerTrouble(error, path: ledger)
            throw .ledger(path: ledger, message: "copying from \(seeded): \(error)", trouble: trouble)
        }
        guard rename(draft, ledger) == 0 else { throw .system(path: ledger, doing: "replace", code: errno) }
    }

    /// Names everything that a home must have and this one has not. Serving never makes it.
    ///
    /// - Throws: `HomeError.missing` of the marker where it is no home at all: then the rest says nothing.
    func missingFiles() throws(HomeError) -> [HomeError] {
        guard HomeFiles.exists(marker) else { throw .missing(path: marker) }
        let files = [limits, killSwitch, ledger] + Migration.all(.sqlite).map { "\(migrations)/\($0.fileName)" }
        return files.filter { !HomeFiles.exists($0) }.map { .missing(path: $0) }
    }
}
