import FoundationEssentials
package import Readiness

/// What a practice desk says when it serves: one line of JSON on its standard output, and the same in `desk.json`.
///
/// Strict in what is used, blind to what it does not know. It is a claim: what it says has not been seen to be so.
package struct DeskStartLine: Sendable, Equatable {
    /// The desk's process.
    package let pid: Int32
    /// When that process began, in clock ticks since boot (`/proc/PID/stat`, field 22); nil where the desk does not
    /// say.
    package let pidStartTicks: UInt64?
    /// Its home, absolute.
    package let home: String
    /// Its readiness surface.
    package let address: SurfaceAddress
    /// When it began to serve, by its own clock.
    package let startedAt: UTCInstant
    /// Its name among the instances.
    package let instance: String
    /// `primary` or `standby`.
    package let role: String
    /// What the accounts for checks begin with.
    package let accountPrefix: String
    /// Its log, absolute.
    package let logPath: String
    /// The log's form: `json-lines`.
    package let logFormat: String
    /// Its access log, absolute.
    package let accessLog: String
    /// The file in which its limits are declared, absolute.
    package let tiersFile: String
    /// Where the ledger is and what is critical in it.
    package let ledger: LedgerDescription
    /// The folder of the ledger's migrations, absolute.
    package let migrationsFolder: String
    /// Above how many rows the desk calls a table large.
    package let largeTableRows: Int
    /// The command that restarts it: the program's absolute path and its arguments; nil where the desk names none. It
    /// is a claim like the rest: whoever runs it trusts the record first.
    package let controlRestart: [String]?

    /// The name that a practice desk gives itself.
    package static let deskName = "holdpoint-practice-desk"

    static let roles: Set = ["primary", "standby"]

    /// Decodes a line or a file.
    ///
    /// - Throws: `ProbeError` of nonsense at the surface, which names the field.
    package init(parsing bytes: [UInt8]) throws(ProbeError) {
        self = try DeskStartLine(Wire.decoded(from: bytes))
    }

    init(_ wire: Wire) throws(ProbeError) {
        func check(_ holds: Bool, _ complaint: String) throws(ProbeError) {
            guard holds else { throw ProbeError(.nonsense, at: .surface, "the desk's record: \(complaint)") }
        }
        try check(wire.event == "serving", "event is not serving")
        try check(wire.desk == Self.deskName, "desk is not \(Self.deskName)")
        try check(wire.pid > 1, "pid is not a process id")
        let paths: [(String, String)] =
            [
                ("home", wire.home), ("log.path", wire.log.path), ("access_log", wire.access_log),
                ("tiers_file", wire.tiers_file), ("ledger.migrations", wire.ledger.migrations),
            ]
            + (wire.ledger.engine == "postgresql" ? [] : [("ledger.path", wire.ledger.path)])
        for (field, path) in paths {
            try check(path.hasPrefix("/") && path.utf8.count < 4096, "\(field) is not an absolute path")
            try check(!path.utf8.contains(0), "\(field) holds a NUL")
        }
        guard let address = SurfaceAddress(parsing: wire.address) else {
            throw ProbeError(.nonsense, at: .surface, "the desk's record: address is not http://HOST:PORT")
        }
        try check(
            !wire.account_prefix.isEmpty && wire.account_prefix.utf8.count <= 32
                && wire.account_prefix.utf8.allSatisfy(Self.isAccountByte), "account_prefix is not a prefix of accounts"
        )
        try check(wire.ledger.critical_queries.count <= 64, "more than 64 critical queries")
        try check(
            Set(wire.ledger.critical_queries.map(\.name)).count == wire.ledger.critical_queries.count,
            "two critical queries have one name")
        try check(wire.ledger.large_table_rows > 0, "ledger.large_table_rows is not above zero")
        try check(Self.roles.contains(wire.role), "role is not primary or standby")
        try check(WireText.isName(wire.instance), "instance is not a name")
        try check(WireText.isName(wire.log.format), "log.format is not a name")
        if let argv = wire.control?.restart { try Self.checkCommand(argv) }
        pid = wire.pid
        pidStartTicks = wire.pid_start_ticks
        home = wire.home
        self.address = address
        startedAt = wire.started_at
        instance = wire.instance
        role = wire.role
        accountPrefix = wire.account_prefix
        logPath = wire.log.path
        logFormat = wire.log.format
        accessLog = wire.access_log
        tiersFile = wire.tiers_file
        let server = try wire.ledger.place(in: wire.home)
        ledger = LedgerDescription(
            engine: wire.ledger.engine, path: server?.place ?? wire.ledger.path, server: server,
            criticalQueries: wire.ledger.critical_queries.map {
                CriticalQuery(name: $0.name, sql: $0.sql, parameters: $0.parameters)
            },
            expectedHead: wire.ledger.expected_head, revisionTable: wire.ledger.revision_table,
            books: try wire.ledger.books?.books())
        controlRestart = wire.control?.restart
        migrationsFolder = wire.ledger.migrations
        largeTableRows = wire.ledger.large_table_rows
    }

    /// Arguments go to the system as they are: none may end early, and the program is not looked for in a path.
    private static func checkCommand(_ argv: [String]) throws(ProbeError) {
        let isCommand =
            (1...32).contains(argv.count) && argv[0].hasPrefix("/")
            && argv.allSatisfy { $0.utf8.count < 4096 && !$0.utf8.contains(0) }
        guard isCommand else {
            throw ProbeError(
                .nonsense, at: .surface, "the desk's record: control.restart is not a command with an absolute path")
        }
    }

    private static func isAccountByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
