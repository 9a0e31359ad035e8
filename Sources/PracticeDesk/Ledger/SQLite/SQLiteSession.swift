import GRDB

/// One reader's connection to the ledger's file.
final class SQLiteSession: LedgerSession {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens a connection that cannot write.
    init(path: String) throws(HomeError) {
        self.path = path
        var configuration = Configuration()
        configuration.label = "desk-session"
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw .ledger(
                path: path, message: "opening a session: \(error)", trouble: LedgerTrouble(error, path: path))
        }
    }

    /// Has the ledger answer something, so that nobody is given a connection that is dead.
    func prove() throws(HomeError) {
        do {
            try queue.read { _ = try Row.fetchOne($0, sql: "SELECT 1 FROM \(Migration.revisionTable) LIMIT 1") }
        } catch {
            throw .ledger(
                path: path, message: "a session does not answer: \(error)", trouble: LedgerTrouble(error, path: path))
        }
    }

    func close() throws(HomeError) {
        do { try queue.close() } catch { throw .ledger(path: path, message: "closing a session: \(error)") }
    }
}
