import GRDB
package import Readiness

extension SQLiteConnection {
    /// The most complaints of the engine that are asked for.
    package static let damageCap = 100

    /// `PRAGMA integrity_check` or `quick_check`: its complaints, at most 100, each cut to 200 characters.
    ///
    /// A file that is so damaged that the check itself cannot go on is a complaint as well, in the engine's words: a
    /// file that is no database any more is not one that could not be observed.
    package func structuralDamage(isFull: Bool) async throws(ProbeError) -> Answer<[String]> {
        let pragma = isFull ? "integrity_check" : "quick_check"
        return try await perform("checking the ledger's structure") { database, way, job in
            let started = ContinuousClock.now
            var complaints: [String] = []
            do {
                let rows = try Row.fetchCursor(database, sql: "PRAGMA \(pragma)(\(Self.damageCap))")
                while let row = try rows.next() {
                    try job.checkpoint()
                    guard let text = String.fromDatabaseValue(row[0]) else {
                        throw ProbeError(.nonsense, at: .ledger, "what \(pragma) says is not text")
                    }
                    complaints.append(String(SafeText.line(text).prefix(200)))
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                complaints.append(error.message ?? "the database is malformed")
            }
            guard !complaints.isEmpty else { throw ProbeError(.nonsense, at: .ledger, "\(pragma) said nothing") }
            let text = "opened \(way)\nPRAGMA \(pragma)\n" + Self.capped(complaints.joined(separator: "\n"))
            return Answer(
                complaints == ["ok"] ? [] : complaints, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }

    /// `PRAGMA foreign_key_check`, stopped after `limit` rows (at least one is asked for).
    ///
    /// - Throws: `ProbeError` of nonsense also where a reference is to columns that cannot be referred to, so that the
    ///   engine cannot tell.
    package func orphans(limit: Int) async throws(ProbeError) -> Answer<[OrphanRow]> {
        let limit = max(1, limit)
        return try await perform("looking for rows without their parents") { database, way, job in
            let started = ContinuousClock.now
            var orphans: [OrphanRow] = []
            let rows = try Row.fetchCursor(database, sql: "PRAGMA foreign_key_check")
            while orphans.count < limit, let row = try rows.next() {
                try job.checkpoint()
                guard let table = String.fromDatabaseValue(row[0]), let parent = String.fromDatabaseValue(row[2]) else {
                    throw ProbeError(.nonsense, at: .ledger, "what foreign_key_check says is not text")
                }
                orphans.append(OrphanRow(table: table, row: Int64.fromDatabaseValue(row[1]), parent: parent))
            }
            let list = orphans.map { "\($0.table) row \($0.row.map(String.init) ?? "?") → \($0.parent)" }
            let text =
                "opened \(way)\nPRAGMA foreign_key_check\n\(orphans.count) rows, of at most \(limit)\n"
                + Self.capped(list.joined(separator: "\n"))
            return Answer(orphans, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }
}
