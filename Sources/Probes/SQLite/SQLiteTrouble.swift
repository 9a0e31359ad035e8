import GRDB
import Readiness

/// Puts an error of SQLite into its row of the table "what the probe met".
enum SQLiteTrouble {
    static func probeError(_ error: any Error, doing what: String) -> ProbeError {
        switch error {
        case let error as ProbeError: return error
        case is CancellationError: return .cancelled
        case let error as DatabaseError:
            // GRDB keeps arguments out of this text, and statements out of `message`.
            let text = "\(what): \(String((error.message ?? "error \(error.resultCode)").prefix(200)))"
            return switch error.resultCode {
            case .SQLITE_NOMEM, .SQLITE_FULL, .SQLITE_NOLFS, .SQLITE_INTERNAL: ProbeError(ourSide: text)
            case .SQLITE_PERM, .SQLITE_AUTH: ProbeError(.unauthorised, at: .ledger, text)
            // READONLY: a crash left it in need of a recovery that would have to write.
            case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL, .SQLITE_READONLY,
                .SQLITE_INTERRUPT:
                ProbeError(.unreachable, at: .ledger, text)
            default: ProbeError(.nonsense, at: .ledger, text)
            }
        default: return ProbeError(ourSide: "\(what): \(String("\(error)".prefix(200)))")
        }
    }
}
