import FoundationEssentials
import Glibc

/// What a serving desk tells of itself: its start line, and `desk.json` in its home.
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
        /// `sqlite`.
        package var engine: String
        /// The database file.
        package var path: String
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

        enum CodingKeys: String, CodingKey {
            case engine, path, role, migrations
            case expectedHead = "expected_head"
            case revisionTable = "revision_table"
            case largeTableRows = "large_table_rows"
            case criticalQueries = "critical_queries"
        }
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
    /// What the fault switch and the kill switch ask for; in `desk.json` alone, never in the start line.
    package var token: String?

    enum CodingKeys: String, CodingKey {
        case event, desk, pid, home, address, instance, role, log, ledger, token
        case pidStartTicks = "pid_start_ticks"
        case startedAt = "started_at"
        case accountPrefix = "account_prefix"
        case accessLog = "access_log"
        case tiersFile = "tiers_file"
    }

    static let fileName = "desk.json"

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

    /// Reads `desk.json` of a home; blocks for the time of a small file.
    ///
    /// - Throws: `HomeError.missing` when no desk serves there, `.invalidFile` when it is not a desk's.
    package static func read(home: DeskHome) throws(HomeError) -> DeskRecord {
        let bytes = try HomeFiles.read(home.record, sizeBound: 64 * 1024)
        do {
            return try JSONDecoder().decode(DeskRecord.self, from: Data(bytes))
        } catch {
            throw .invalidFile(path: home.record, line: nil, message: "is not the record of a desk")
        }
    }

    func write(home: DeskHome) throws(HomeError) { try HomeFiles.write(json + [UInt8(ascii: "\n")], to: home.record) }

    /// Whether the process that wrote this still lives; a reused process id does not count.
    package var processLives: Bool { ProcessStart.ticks(of: pid) == pidStartTicks }
}
