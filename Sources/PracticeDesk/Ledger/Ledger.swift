/// Where the desk keeps its books, whatever the engine. Every method blocks: only a thread made for that may call them.
protocol Ledger: Sendable {
    var engine: LedgerEngine { get }

    /// Positions, cash and results of the accounts that the desk trades on.
    ///
    /// - Throws: `HomeError.value` for a value that is none of the desk's.
    func books() throws(HomeError) -> Books

    /// The revision that the schema is at; nil if none was ever applied.
    func revision() throws(HomeError) -> String?

    /// Marks the orders that an earlier process left working as cancelled, since the paper venue's book died with it.
    func cancelOrphans(atMicroseconds now: Int64) throws(HomeError) -> Int

    /// Writes a batch in one transaction. After a failure the next one begins with the same entries.
    func write(_ entries: [LedgerEntry]) throws(HomeError)

    /// Executes one statement of the desk's own that answers nothing.
    func execute(_ sql: String) throws(HomeError)

    /// Applies or undoes the last migration, if it is not so already.
    func setHeadMigration(applied: Bool) throws(HomeError)

    /// Fault `float-money`: interest came with a migration that nobody reviewed. A column of its own, which neither the
    /// books' statements nor the desk read.
    func setFloatColumn(present: Bool) throws(HomeError)

    /// Fault `orphan-fill`: an order was archived, and one of its fills was forgotten. Old, small and a market maker's,
    /// so that only the sums over the whole ledger show it.
    func setOrphanFill(present: Bool) throws(HomeError)

    /// Opens a connection for the pool that cannot write.
    func openSession() throws(HomeError) -> any LedgerSession

    /// Ends the connection that the desk writes with, when everything is written.
    func close() throws(HomeError)
}

/// One reader's connection to the ledger: what the pool hands out. Its methods block.
protocol LedgerSession: Sendable {
    /// Has the ledger answer something, so that nobody is given a connection that is dead.
    func prove() throws(HomeError)

    /// Ends the connection.
    func close() throws(HomeError)
}
