import GRDB
import GRDBSQLite
import Glibc
import Readiness

/// An open database and how it was opened.
struct LedgerOpening: Sendable {
    /// How SQLite was told to treat the file.
    enum Way: Equatable, Sendable {
        /// As a file that nobody writes: no lock is taken and nothing is made beside it. Only while it stays this
        /// version.
        case immutable(LedgerFile.Version)
        /// As one that others may be writing.
        case readOnly
    }

    /// The most bytes that SQLite may make of one value or row: 64 MiB. Its own limit is 1 GB, and a hostile ledger
    /// would have it all.
    private static let valueCap: Int32 = 64 << 20

    let queue: DatabaseQueue
    let file: LedgerFile
    let way: Way

    /// Opens a ledger without changing anything. Blocks: only for a thread of its own.
    ///
    /// `immutable=1` when no `-wal` lies beside it, its header says WAL, no other process has it open and it is the
    /// same before and after; otherwise `mode=ro`. A read-only connection to a cleanly closed WAL database would make
    /// `-wal` and `-shm` beside it; an immutable one to a live database would silently read old rows.
    ///
    /// - Throws: `ProbeError` at the ledger; of our side when our opening left a side file with nobody else in the
    ///   file.
    static func open(_ path: String, busy: Duration) throws(ProbeError) -> LedgerOpening {
        let file = try LedgerFile(path)
        let before = file.sideFiles
        let version = try file.version()
        guard version.isDatabase else {
            throw ProbeError(.nonsense, at: .ledger, "\(path) is not a SQLite database")
        }
        if !before.contains("-wal"), version.isWAL, !file.isOpenElsewhere {
            let opening = LedgerOpening(
                queue: try database(immutableName(of: file.path), busy), file: file, way: .immutable(version))
            if try opening.isCurrent { return opening }
            try opening.close()
        }
        let opening = LedgerOpening(queue: try database(file.path, busy), file: file, way: .readOnly)
        let appeared = file.sideFiles.subtracting(before)
        if !appeared.isEmpty, !file.isOpenElsewhere {
            try opening.close()
            let names = appeared.sorted().map { path + $0 }.joined(separator: ", ")
            throw ProbeError(ourSide: "reading the ledger made \(names), and nobody else had the ledger open")
        }
        return opening
    }

    /// Whether what was opened is still what lies there. An immutable connection is current only while nobody writes.
    var isCurrent: Bool {
        get throws(ProbeError) {
            guard file.isInPlace else { return false }
            guard case .immutable(let version) = way else { return true }
            return try file.version() == version && !file.sideFiles.contains("-wal")
        }
    }

    /// Closes the connection. The descriptor beside it goes with the last connection to the file.
    func close() throws(ProbeError) {
        do { try queue.close() } catch { throw ProbeError(ourSide: "closing the ledger: \(error)") }
    }

    /// In words, for transcripts.
    var wayText: String {
        switch way {
        case .immutable: "read-only, immutable"
        case .readOnly: "read-only"
        }
    }

    private static func database(_ name: String, _ busy: Duration) throws(ProbeError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "holdpoint-ledger"
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, valueCap)
        }
        configuration.busyMode = .timeout(Double(busy.milliseconds) / 1000)
        do {
            return try DatabaseQueue(path: name, configuration: configuration)
        } catch {
            throw SQLiteTrouble.probeError(error, doing: "opening the ledger")
        }
    }

    /// The file as a URI. Debian's and Ubuntu's SQLite reads URIs (`USE_URI`); one that does not finds no file of that
    /// name, and the opening fails instead of meaning something else.
    private static func immutableName(of path: String) -> String {
        path.utf8.reduce(into: "file:") { uri, byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default: uri += "%" + Hex.digits(byte)
            }
        } + "?immutable=1"
    }
}
