import GRDB
import Glibc
package import Readiness

extension SQLiteConnection {
    /// What of a server's wear a file has: the log beside it, and pages that hold nothing.
    package func health() async throws(ProbeError) -> Answer<DatabaseHealth> {
        try await perform("reading the ledger's wear") { database, way, _ in
            let started = ContinuousClock.now
            let free = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
            let (bytes, overflow) = free.multipliedReportingOverflow(by: size)
            guard free >= 0, size > 0, !overflow else {
                throw ProbeError(.nonsense, at: .ledger, "\(free) free pages of \(size) bytes")
            }
            var health = DatabaseHealth()
            health.freeBytes = bytes
            health.logBytes = try Self.logBytes(beside: database)
            let text = "opened \(way)\n\(health.logBytes ?? 0) bytes of log beside the file, \(bytes) bytes free in it"
            return Answer(health, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }

    /// Nil: a file has no sessions.
    package func sessions() async throws(ProbeError) -> Answer<ServerSessions>? { nil }

    /// Looked at by `stat`, which opens nothing: a descriptor of ours that is closed would take SQLite's locks with it.
    private static func logBytes(beside database: Database) throws -> Int64 {
        guard let path = try String.fetchOne(database, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'")
        else { throw ProbeError(.nonsense, at: .ledger, "the ledger has no file") }
        var status = stat()
        guard stat(path + "-wal", &status) == 0 else {
            guard errno == ENOENT else {
                throw ProbeError(.unreachable, at: .ledger, "the log beside the ledger: \(SystemErrorText.of(errno))")
            }
            return 0
        }
        return Int64(status.st_size)
    }
}
