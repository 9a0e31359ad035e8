/// What faults do to a ledger in the words of every engine. Each may be done twice, and after a process that was killed
/// in between.
extension Ledger {
    /// Fault `index-dropped`: drops the index of fills by order, or makes it again.
    func setFillsByOrderIndex(present: Bool) throws(HomeError) {
        try execute(present ? Migration.fillsByOrder : "DROP INDEX IF EXISTS fills_by_order")
    }

    /// Fault `duplicate-index`: somebody made the index that was there, under a name of his own.
    func setDuplicateIndex(present: Bool) throws(HomeError) {
        try execute(
            present
                ? "CREATE INDEX IF NOT EXISTS orders_by_account ON orders (account, created_at_us)"
                : "DROP INDEX IF EXISTS orders_by_account")
    }
}

/// The rows of the fault `orphan-fill`.
enum OrphanFill {
    /// The order that is not there.
    static let order = "H0999999"
    /// Takes the fill away.
    static let removal = "DELETE FROM fills WHERE order_id = '\(order)'"
    /// Makes it, of the oldest one.
    static let insertion = """
        INSERT INTO fills (order_id, account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity, filled_at_us)
        SELECT '\(order)', account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity, filled_at_us
        FROM fills WHERE fill_id = (SELECT min(fill_id) FROM fills)
        """
}
