import FoundationEssentials
import Glibc

/// What a serving desk tells of itself: its start line, and `desk.json` or `standby.json` in its home.
package struct DeskRecord: Codable, Hashable, Sendable {
    /// The log file that the process writes.
    package struct Log: Codable, Hashable, Sendable {
        /// Where it is.
        package var path: String
        /// `json-lines`.
        package var format: String
    }

    /// The ledger, described here so that a stopped process does not hide a healthy database.
    package struct LedgerDescription: Codable, Hashable, Sendable {
        /// The server of a ledger, and how others get in to read.
        package struct Server: Codable, Hashable, Sendable {
            /// `127.0.0.1`.
            package var host: String
            /// Where it listens.
            package var port: Int
            /// The database.
            package var database: String
            /// The role that only reads.
            package var user: String
            /// The file with its password, in the home, 0600.
            package var passwordFile: String

            enum CodingKeys: String, CodingKey {
                case host, port, database, user
                case passwordFile = "password_file"
            }
        }

        /// `sqlite` or `postgresql`.
        package var engine: String
        /// The database file; of a server `host:port/database`.
        package var path: String
        /// The server; nil where a file holds the ledger.
        package var server: Server?
        /// How others may use it: `reader`.
        package var role: String
        /// The folder of numbered migrations.
        package var migrations: String
        /// The revision that the code expects.
        package var expectedHead: String
        /// The table that records applied revisions.
        package var revisionTable: String
        /// Rows from which on a table is too large to be scanned.
        package var largeTableRows: Int
        /// The statements that must be quick.
        package var criticalQueries: [CriticalQuery]
        /// The statements that read the books.
        package var books: BookStatements

        enum CodingKeys: String, CodingKey {
            case engine, path, server, role, migrations, books
            case expectedHead = "expected_head"
            case revisionTable = "revision_table"
            case largeTableRows = "large_table_rows"
            case criticalQueries = "critical_queries"
        }
    }

    /// Commands that do to the process what it cannot do over its surface.
    package struct Control: Codable, Hashable, Sendable {
        /// Restarts the process and returns when it is ready again: the program, absolute, and its arguments.
        package var restart: [String]
    }

    /// `serving`.
    package var event: String
    /// `holdpoint-practice-desk`.
    package var desk: String
    /// The process.
    package var pid: Int32
    /// When that process was started, in clock ticks since boot: tells it from a later one with the same id.
    package var pidStartTicks: UInt64
    /// The home's path.
    package var home: String
    /// `http://127.0.0.1:PORT`.
    package var address: String
    /// UTC, ISO 8601.
    package var startedAt: String
    /// The instance's id.
    package var instance: String
    /// The part that it plays.
    package var role: DeskRole
    /// What the names of the accounts begin with that checks may use.
    package var accountPrefix: String
    /// The log.
    package var log: Log
    /// The path of the access log.
    package var accessLog: String
    /// The path of the limits file.
    package var tiersFile: String
    /// The ledger.
    package var ledger: LedgerDescription
    /// The commands behind the capability `control`; nil where it is not offered.
    package var control: Control?
    /// What the fault switch and the kill switch ask for; in the record alone, never in the start line.
    package var token: String?

    enum CodingKeys: String, CodingKey {
        case event, desk, pid, home, address, instance, role, log, ledger, control, token
        case pidStartTicks = "pid_start_ticks"
        case startedAt = "started_at"
        case accountPrefix = "account_prefix"
        case accessLog = "access_log"
        case tiersFile = "tiers_file"
    }

    /// The one line that `desk serve` prints when it serves, without the token and without a line end.
    package var startLine: String {
        var record = self
        record.token = nil
        return String(decoding: record.json, as: UTF8.self)
    }

    private var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            // Text, whole numbers and lists of them: there is nothing in it that could not be encoded.
            preconditionFailure("a desk record cannot be encoded: \(error)")
        }
    }

    /// Reads the record of a home's primary (`desk.json`) or standby (`standby.json`); blocks for the time of a small
    /// file.
    ///
    /// - Throws: `HomeError.missing` when no desk serves there, `.invalidFile` when it is not a desk's.
    package static func read(home: DeskHome, role: DeskRole = .primary) throws(HomeError) -> DeskRecord {
        let path = home.record(of: role)
        let bytes = try HomeFiles.read(path, sizeBound: 64 * 1024)
        do {
            return try JSONDecoder().decode(DeskRecord.self, from: Data(bytes))
        } catch {
            throw .invalidFile(path: path, line: nil, message: "is not the record of a desk")
        }
    }

    /// The records of a home's instances, the primary's first: that of the primary, whether it lives or not, and that
    /// of a standby that lives.
    ///
    /// - Throws: `HomeError.missing` when there is neither.
    static func ofInstances(home: DeskHome) throws(HomeError) -> [DeskRecord] {
        var found: [DeskRecord] = []
        for role in DeskRole.allCases {
            do throws(HomeError) {
                let record = try read(home: home, role: role)
                if role == .primary || record.processLives { found.append(record) }
            } catch .missing {}
        }
        guard !found.isEmpty else { throw .missing(path: home.record(of: .primary)) }
        return found
    }

    func write(home: DeskHome) throws(HomeError) {
        try HomeFiles.write(json + [UInt8(ascii: "\n")], to: home.record(of: role))
    }

    /// Whether the process that wrote this still lives; a reused process id does not count.
    package var processLives: Bool { ProcessStart.ticks(of: pid) == pidStartTicks }
}
