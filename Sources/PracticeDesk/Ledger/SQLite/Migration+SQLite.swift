import GRDB

/// Migrations as they are carried out on an SQLite file.
extension Migration {
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
