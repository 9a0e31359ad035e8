extension Migration {
    /// Fault `two-heads`: two people made a migration from the same parent, and both were merged.
    static func secondHead(_ engine: LedgerEngine) -> Migration {
        Migration(
            revision: "0004", parent: "0002", name: "settlement_days",
            up: """
                CREATE TABLE settlement_days (
                    day_us \(engine.wholeNumber) PRIMARY KEY
                );

                """,
            down: """
                DROP TABLE settlement_days;

                """)
    }

    /// Fault `dangling-parent`: it was made from a migration of a branch that never came.
    static func dangling(_ engine: LedgerEngine) -> Migration {
        Migration(
            revision: "0005", parent: "0009", name: "venue_calendar",
            up: """
                CREATE TABLE venue_calendar (
                    day_us  \(engine.wholeNumber) PRIMARY KEY,
                    is_open \(engine.wholeNumber) NOT NULL
                );

                """,
            down: """
                DROP TABLE venue_calendar;

                """)
    }

    /// Puts the file of a migration that nobody applies into a home's folder, or takes it away again.
    func setFile(present: Bool, folder: String) throws(HomeError) {
        let path = "\(folder)/\(fileName)"
        if present { return try HomeFiles.write(Array(file.utf8), to: path) }
        try HomeFiles.remove(path)
    }
}
