import GRDB

/// What faults do to the ledger's file. Each may be done twice, and after a process that was killed in between.
extension Ledger {
    /// Fault `duplicate-index`: somebody made the index that was there, under a name of his own.
    func setDuplicateIndex(present: Bool) throws(HomeError) {
        try perform { database in
            try database.execute(
                sql: present
                    ? "CREATE INDEX IF NOT EXISTS orders_by_account ON orders (account, created_at_us)"
                    : "DROP INDEX IF EXISTS orders_by_account")
        }
    }

    /// Fault `float-money`: interest came with a migration that nobody reviewed. A column of its own, which neither the
    /// books' statements nor the desk read.
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

    /// Fault `orphan-fill`: an order was archived, and one of its fills was forgotten. Old, small and a market maker's,
    /// so that only the sums over the whole ledger show it.
    func setOrphanFill(present: Bool) throws(HomeError) {
        do {
            try queue.writeWithoutTransaction { database in
                // The engine would refuse it, as it must: the archive job ran where references were not enforced.
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                let change = Result {
                    try database.inTransaction {
                        try database.execute(
                            sql: "DELETE FROM fills WHERE order_id = ?", arguments: [Self.archivedOrder])
                        if present {
                            try database.execute(
                                sql: """
                                    INSERT INTO fills (order_id, account, symbol, side, quantity_lots, price_e4, fee_e6,
                                    liquidity, filled_at_us)
                                    SELECT ?, account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity,
                                    filled_at_us
                                    FROM fills WHERE fill_id = (SELECT min(fill_id) FROM fills)
                                    """, arguments: [Self.archivedOrder])
                        }
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

    private static let archivedOrder = "H0999999"
}
