/// Reads migration files. Never executes them.
package protocol MigrationProbe: Sendable {
    /// The revision files of the target's migrations folder: `.py` (Alembic) and `.sql`, sorted by name.
    func migrationFiles() async throws(ProbeError) -> Answer<[MigrationFile]>
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
