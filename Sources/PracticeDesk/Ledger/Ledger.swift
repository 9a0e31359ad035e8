import GRDB
import Glibc

/// The desk's SQLite file. Every method blocks: only a thread made for that may call them.
final class Ledger: Sendable {
    static let fileName = "ledger.sqlite"

    let queue: DatabaseQueue
    let path: String

    /// Opens a ledger that is there; never makes one.
    init(path: String) throws(HomeError) {
        guard HomeFiles.exists(path) else { throw .missing(path: path) }
        self.path = path
        var configuration = Configuration()
        configuration.label = "desk-ledger"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let tables = try queue.read { database in
                try String.fetchSet(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            let missing = ["orders", "fills", "positions", "cash", Migration.revisionTable].filter {
                !tables.contains($0)
            }
            guard missing.isEmpty else {
                throw HomeError.ledger(path: path, message: "has no table \(missing.joined(separator: ", "))")
            }
        } catch { throw Self.failure(error, path) }
    }

    /// Positions, cash and results of the accounts that the desk trades on.
    ///
    /// - Throws: `HomeError.value` for a value that is none of the desk's.
    func books() throws(HomeError) -> Books {
        // Reading alone, so that a desk that cannot believe its ledger has not touched it either.
        do { return try queue.read { try Books.read($0, path: path) } } catch { throw Self.failure(error, path) }
    }

    /// The revision that the schema is at; nil if none was ever applied.
    func revision() throws(HomeError) -> String? {
        do {
            // Reading alone: a heartbeat must not ask for the write lock.
            return try queue.read { database in
                var revision: String?
                try LedgerRow.forEach(
                    of: Migration.revisionTable, ["revision"], "ORDER BY revision DESC LIMIT 1", in: database,
                    path: path
                ) { revision = try $0.text("revision") }
                return revision
            }
        } catch { throw Self.failure(error, path) }
    }

    /// Marks the orders that an earlier process left working as cancelled, since the paper venue's book died with it.
    func cancelOrphans(atMicroseconds now: Int64) throws(HomeError) -> Int {
        try perform { database in
            // By account, so that an index serves it: a scan of every order would cost the start.
            try Account.all.reduce(0) { count, account in
                try database.execute(
                    sql: """
                        UPDATE orders SET status = 'cancelled', updated_at_us = ?
                        WHERE account = ? AND status = 'working'
                        """, arguments: [now, account.name])
                return count + database.changesCount
            }
        }
    }

    /// Writes a batch in one transaction.
    func write(_ entries: [LedgerEntry]) throws(HomeError) {
        try perform { database in
            for entry in entries {
                switch entry {
                case .order(let order, let at): try Self.write(order, at: at, to: database)
                case .fill(let order, let fill, let at):
                    try Self.write(order, at: at, to: database)
                    try Self.write(fill, of: order, at: at, to: database)
                    try Self.book(fill, of: order, to: database)
                case .fillWithoutRow(let order, let fill, let at):
                    try Self.write(order, at: at, to: database)
                    try Self.book(fill, of: order, to: database)
                case .fillRow(let order, let fill, let at):
                    try Self.write(fill, of: order, at: at, to: database)
                }
            }
        }
    }

    /// Drops the index of fills by order, or makes it again.
    func setFillsByOrderIndex(present: Bool) throws(HomeError) {
        try perform { database in
            try database.execute(sql: present ? Migration.fillsByOrder : "DROP INDEX IF EXISTS fills_by_order")
        }
    }

    /// Applies or undoes the last migration, if it is not so already.
    func setHeadMigration(applied: Bool) throws(HomeError) {
        try perform { database in
            guard try Migration.head.isApplied(database) != applied else { return }
            if applied { try Migration.head.apply(database) } else { try Migration.head.undo(database) }
        }
    }

    /// Folds the write-ahead log into the file and closes it.
    func close() throws(HomeError) {
        do { try queue.close() } catch {
            throw .ledger(path: path, message: "closing: \(error)", trouble: LedgerTrouble(error, path: path))
        }
    }

    func perform<Value>(_ work: (Database) throws -> Value) throws(HomeError) -> Value {
        do { return try queue.write(work) } catch { throw Self.failure(error, path) }
    }

    /// An error of SQLite's in the desk's words; the desk's own ones as they are.
    static func failure(_ error: any Error, _ path: String) -> HomeError {
        error as? HomeError ?? .ledger(path: path, message: "\(error)", trouble: LedgerTrouble(error, path: path))
    }

    private static func write(_ order: Order, at: Int64, to database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO orders (order_id, client_order_id, account, symbol, side, quantity_lots, price_e4, status,
                filled_lots, created_at_us, updated_at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (order_id) DO UPDATE SET quantity_lots = excluded.quantity_lots,
                price_e4 = excluded.price_e4, status = excluded.status, filled_lots = excluded.filled_lots,
                updated_at_us = excluded.updated_at_us
                """
        ).execute(arguments: [
            order.id, order.clientOrderID, order.terms.account.name, order.terms.instrument.symbol,
            order.terms.side.rawValue, order.terms.quantity.lots, order.terms.price.e4, order.status.rawValue,
            order.filled.lots, at, at,
        ])
    }

    private static func write(_ fill: PaperVenue.Fill, of order: Order, at: Int64, to database: Database) throws {
        let account = order.terms.account.name
        let symbol = order.terms.instrument.symbol
        try database.cachedStatement(
            sql: """
                INSERT INTO fills (order_id, account, symbol, side, quantity_lots, price_e4, fee_e6, liquidity,
                filled_at_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            order.id, account, symbol, order.terms.side.rawValue, fill.quantity.lots, fill.price.e4, fill.fee.e6,
            fill.isMaker ? "maker" : "taker", at,
        ])
    }

    /// What a fill does to position and cash.
    private static func book(_ fill: PaperVenue.Fill, of order: Order, to database: Database) throws {
        let account = order.terms.account.name
        let symbol = order.terms.instrument.symbol
        try database.cachedStatement(
            sql: """
                INSERT INTO positions (account, symbol, quantity_lots) VALUES (?, ?, ?)
                ON CONFLICT (account, symbol) DO UPDATE SET quantity_lots = quantity_lots + excluded.quantity_lots
                """
        ).execute(arguments: [account, symbol, order.terms.side.sign * fill.quantity.lots])
        let change = -order.terms.side.sign * Money.value(fill.price, fill.quantity).e6 - fill.fee.e6
        try database.cachedStatement(
            sql: """
                INSERT INTO cash (account, balance_e6) VALUES (?, ?)
                ON CONFLICT (account) DO UPDATE SET balance_e6 = balance_e6 + excluded.balance_e6
                """
        ).execute(arguments: [account, change])
    }
}
