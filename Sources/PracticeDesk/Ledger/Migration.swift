import Crypto
import GRDB

/// One numbered step of the ledger's schema, with the way back.
struct Migration: Sendable {
    let revision: String
    /// The revision that it follows; nil for the first.
    let parent: String?
    let name: String
    let up: String
    let down: String

    var fileName: String { "\(revision)_\(name).sql" }

    /// The file that a home keeps of it.
    var file: String {
        "-- revision: \(revision)\n-- revises: \(parent ?? "none")\n\n-- migrate:up\n\(up)\n-- migrate:down\n\(down)"
    }

    static let folder = "migrations"
    static let revisionTable = "schema_revision"
    static let head = all[all.count - 1]

    /// What is kept of the seeded ledger is valid for exactly this schema and seed.
    static let digest = Hex.text(
        SHA256.hash(data: Array((all.map(\.file).joined() + LedgerSeed.version).utf8))
    ).prefix(16)

    func apply(_ database: Database) throws {
        try database.execute(sql: up)
        try database.execute(
            sql: "INSERT INTO schema_revision(revision, applied_at) VALUES (?, ?)",
            arguments: [revision, DeskClock.wallText()])
    }

    func undo(_ database: Database) throws {
        try database.execute(sql: down)
        try database.execute(sql: "DELETE FROM schema_revision WHERE revision = ?", arguments: [revision])
    }

    func isApplied(_ database: Database) throws -> Bool {
        try Row.fetchOne(database, sql: "SELECT 1 FROM schema_revision WHERE revision = ?", arguments: [revision])
            != nil
    }
}
