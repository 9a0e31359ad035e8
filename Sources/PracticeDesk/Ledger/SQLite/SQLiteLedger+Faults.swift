import GRDB

/// What faults do to the ledger's file. Each may be done twice, and after a process that was killed in between.
extension SQLiteLedger {
    func setHeadMigration(applied: Bool) throws(HomeError) {
        let head = Migration.head(.sqlite)
        try perform { database in
            guard try head.isApplied(database) != applied else { return }
            if applied { try head.apply(database) } else { try head.undo(database) }
        }
    }

    func setFloatColumn(present: Bool) throws(HomeError) {
        try perform { database in
            let isThere = try database.columns(in: "cash").contains { $0.name == "interest_amount" }
            guard isThere != present else { return }
            try database.execute(
                sql: present
                    ? "ALTER TABLE cash ADD COLUMN interest_amount REAL NOT NULL DEFAULT 0.1"
                    : "ALTER TABLE cash DROP COLUMN interest_amount")
        }
    }

    func setOrphanFill(present: Bool) throws(HomeError) {
        do {
            try queue.writeWithoutTransaction { database in
                // The engine would refuse it, as it must: the archive job ran where references were not enforced.
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                let change = Result {
                    try database.inTransaction {
                        try database.execute(sql: OrphanFill.removal)
                        if present { try database.execute(sql: OrphanFill.insertion) }
                        return .commit
                    }
                }
                // Whatever came of it: the desk's own writes are held to their references.
                try database.execute(sql: "PRAGMA foreign_keys = ON")
                try change.get()
            }
        } catch {
            throw Self.failure(error, path)
        }
    }
}
