/// Reads migration files. Never executes them against the target.
package protocol MigrationProbe: Sendable {
    /// The revision files of the target's migrations folder: `.py` (Alembic) and `.sql`, sorted by name.
    func migrationFiles() async throws(ProbeError) -> Answer<[MigrationFile]>
    /// What the scripts make, one after another, of an empty SQLite database in this process's memory, which nothing
    /// else sees and which is gone afterwards.
    ///
    /// Says nothing about what they do to a database that holds something. Scripts that cannot be carried out there are
    /// an answer as well, and no error.
    func rehearse(_ scripts: [MigrationScript]) async throws(ProbeError) -> Answer<MigrationRehearsal>
}

/// The statements of one migration that lead forward.
package struct MigrationScript: Sendable, Codable, Equatable {
    /// The name of its file, with no folder.
    package var name: String
    /// SQL.
    package var sql: String

    /// Names a script.
    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// What became of scripts that were tried on an empty database.
package enum MigrationRehearsal: Sendable, Codable, Equatable {
    /// They were carried out, and this is there now.
    case made(SchemaShape)
    /// A script could not be carried out: the name of its file, and why, in the engine's words or ours.
    case refused(name: String, reason: String)
}

/// A migration as it lies in its folder.
package struct MigrationFile: Sendable, Codable, Equatable {
    /// The file's name, with no folder.
    package var name: String
    /// The folder and name, for a finding's location.
    package var path: String
    /// Its beginning, capped at 64 KiB: identifiers stand there.
    package var text: String

    /// Describes a file.
    package init(name: String, path: String, text: String) {
        self.name = name
        self.path = path
        self.text = text
    }
}
