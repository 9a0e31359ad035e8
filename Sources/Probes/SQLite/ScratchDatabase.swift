import GRDB
import GRDBSQLite
import Readiness

/// An empty SQLite database in memory, to see what migrations make.
///
/// The scripts are the target's, and hostile until the contrary is known: they can reach no file (nothing can be
/// attached, nothing is written to disk, no extension is loaded), take no more than 64 MiB for tables, and are ended
/// after a time.
enum ScratchDatabase {
    /// All scripts together, and the reading of what they made: 2 s. Empty tables take a few milliseconds.
    static let limit = Duration.seconds(2)
    /// The most that the database may hold, in pages of 4 KiB.
    private static let pageCap = 16_384
    /// The most bytes of one value: 1 MiB.
    private static let valueCap: Int32 = 1 << 20
    /// What SQLite says in its own words is kept up to here.
    private static let reasonCap = 300

    /// Carries the scripts out one after another, and reads what is there then. Stops at the first that fails.
    ///
    /// - Throws: `ProbeError` of our side when the database cannot be made, and `.cancelled`.
    static func rehearse(_ scripts: [MigrationScript]) async throws(ProbeError) -> Answer<MigrationRehearsal> {
        let job = LedgerJob(limit: limit)
        defer { job.end() }
        let thread = BlockingWork()
        let started = ContinuousClock.now
        let result: Result<MigrationRehearsal, any Error>
        do {
            result = .success(
                try await withTaskCancellationHandler {
                    try await thread.run { try rehearse(scripts, job) }
                } onCancel: {
                    job.stop(.cancelled)
                })
        } catch {
            result = .failure(error)
        }
        await thread.finish {}
        switch result {
        case .success(let rehearsal):
            let names = scripts.map(\.name).joined(separator: ", ")
            let outcome =
                switch rehearsal {
                case .made(let shape): "\(shape.parts.count) parts of a schema"
                case .refused(let name, let reason): "\(name) was refused: \(reason)"
                }
            return Answer(
                rehearsal, transcript: "tried on an empty database in memory: \(names)\n\(outcome)",
                elapsed: ContinuousClock.now - started)
        case .failure(let error):
            if Task.isCancelled || error is CancellationError { throw .cancelled }
            throw error as? ProbeError ?? ProbeError(ourSide: "trying the migrations: \(error)")
        }
    }

    /// On the thread.
    private static func rehearse(_ scripts: [MigrationScript], _ job: LedgerJob) throws -> MigrationRehearsal {
        try job.begin()
        let queue = try DatabaseQueue(named: nil, configuration: configuration)
        job.use(queue)
        return try queue.unsafeRead { database in
            var current = ""
            do {
                for script in scripts {
                    current = script.name
                    try job.checkpoint()
                    if let reason = carryOut(script.sql, on: database.sqliteConnection) {
                        // A time limit shows as an interruption.
                        try job.checkpoint()
                        return .refused(name: script.name, reason: reason)
                    }
                }
                let reader = ShapeReader(
                    database: database, checkpoint: { () throws(ProbeError) in try job.checkpoint() })
                return .made(SchemaShape(parts: try reader.parts()))
            } catch let error as ProbeError where error.meeting == .unreachable {
                return .refused(name: current, reason: "does not come to an end within \(DurationText.short(limit))")
            }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "holdpoint-scratch"
        configuration.foreignKeysEnabled = false
        // As the target's own tool has it, if nobody said otherwise.
        configuration.acceptsDoubleQuotedStringLiterals = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA max_page_count = \(pageCap)")
            sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, valueCap)
            sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_ATTACHED, 0)
        }
        return configuration
    }

    /// - Returns: why it was refused; nil when it was carried out to its end.
    private static func carryOut(_ sql: String, on connection: OpaquePointer?) -> String? {
        // GRDB sets a guard of its own before each statement that goes through it; these do not.
        sqlite3_set_authorizer(connection, { _, action, first, _, _, _ in scriptMay(action, first) }, nil)
        defer { sqlite3_set_authorizer(connection, nil, nil) }
        var words: UnsafeMutablePointer<CChar>?
        defer { sqlite3_free(words) }
        guard sqlite3_exec(connection, sql, nil, nil, &words) != SQLITE_OK else { return nil }
        let reason = words.map { String(cString: $0) } ?? "SQLite refused it without a word"
        return String(SafeText.line(reason).prefix(reasonCap))
    }
}

/// What a script may ask for. Another database would be a file; a pragma may name one, or loosen what holds here,
/// so all but those that migrations need are passed over, as they change nothing about what is made.
private func scriptMay(_ action: Int32, _ name: UnsafePointer<CChar>?) -> Int32 {
    switch action {
    case SQLITE_ATTACH, SQLITE_DETACH: return SQLITE_DENY
    case SQLITE_PRAGMA:
        let pragma = name.map { String(cString: $0).lowercased() } ?? ""
        return ["foreign_keys", "defer_foreign_keys", "legacy_alter_table"].contains(pragma)
            ? SQLITE_OK : SQLITE_IGNORE
    default: return SQLITE_OK
    }
}
