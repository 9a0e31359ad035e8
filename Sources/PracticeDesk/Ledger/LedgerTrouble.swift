import GRDB

/// What kind of trouble there is with a ledger: what decides what a person can do about it.
package enum LedgerTrouble: String, Codable, Hashable, Sendable {
    /// The file is damaged, or was never a database.
    case corrupt = "ledger_corrupt"
    /// Another process holds it.
    case locked = "ledger_locked"
    /// The operating system lets this process not open or write it.
    case refused = "ledger_refused"
    /// Its file system has no space left.
    case full = "no_space"
    /// The PostgreSQL of the ledger does not start, is gone, or refuses something.
    case server = "ledger_server"
    /// There is no PostgreSQL on this machine.
    case serverMissing = "ledger_server_missing"
    /// Anything else; the message says what.
    case unusable = "ledger_unusable"

    /// The kind of an error of SQLite's.
    ///
    /// - Parameter path: the ledger, whose file system is looked at where SQLite says no more than that it failed.
    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = .unusable
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        // Beside the ledger SQLite makes files of its own, which a full disk refuses in words of another kind.
        case .SQLITE_IOERR where HomeFiles.isFull(path), .SQLITE_CANTOPEN where HomeFiles.isFull(path): self = .full
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .refused
        default: self = .unusable
        }
    }
}
