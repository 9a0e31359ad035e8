import GRDB
import Glibc

/// A ledger in an SQLite file: that of the home.
final class SQLiteLedger: Ledger {
    static let fileName = "ledger.sqlite"

    let engine = LedgerEngine.sqlite
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

    func books() throws(HomeError) -> Books {
        // Reading alone, so that a desk that cannot believe its ledger has not touched it either.
        do { return try queue.read { try Books.read(SQLiteReader(database: $0, path: path)) } } catch {
            throw Self.failure(error, path)
        }
    }

    func revision() throws(HomeError) -> String? {
        // Reading alone: a heartbeat must not ask for the write lock.
        do { return try queue.read { try SQLiteReader(database: $0, path: path).revision() } } catch {
            throw Self.failure(error, path)
        }
    }

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

    func write(_ entries: [LedgerEntry]) throws(HomeError) {
        try perform { database in
            for entry in entries {
                try entry.write { statement, values in
                    try database.cachedStatement(sql: statement.sql(.sqlite)).execute(
                        arguments: StatementArguments(values.map(\.databaseValue)))
                }
            }
        }
    }

    func execute(_ sql: String) throws(HomeError) { try perform { try $0.execute(sql: sql) } }

    func openSession() throws(HomeError) -> any LedgerSession { try SQLiteSession(path: path) }

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
}

extension LedgerCell {
    /// As GRDB hands it to SQLite.
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null, .bytes: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
