import Glibc

/// Makes the record of a serving desk, and keeps its file up to date with it.
final class RecordKeeper: Sendable {
    let token: String
    let address: String
    private let home: DeskHome
    private let startedAt: String
    private let role: DeskRole
    private let faults: FaultBoard
    private let ledger: DeskRecord.LedgerDescription
    private let control: DeskRecord.Control?

    init(
        home: DeskHome, port: Int, startedAt: String, role: DeskRole, token: String, canRestart: Bool,
        faults: FaultBoard, ledger: DeskRecord.LedgerDescription
    ) {
        self.home = home
        address = "http://127.0.0.1:\(port)"
        self.startedAt = startedAt
        self.role = role
        self.token = token
        self.faults = faults
        self.ledger = ledger
        control =
            canRestart && role == .primary
            ? .init(restart: [Self.program, "desk", "restart", "--home", home.path]) : nil
    }

    /// The token that a process is to have: the one in the record that it left when it replaced itself, or a new one.
    ///
    /// - Throws: `HomeError` if there should be a record of this very process and there is none.
    static func token(home: DeskHome, options: DeskOptions) throws(HomeError) -> String {
        guard options.isRestarted else { return Hex.random(bytes: 32) }
        let record = try DeskRecord.read(home: home, role: options.role)
        guard record.pid == getpid(), record.processLives, let token = record.token else {
            throw .invalidFile(
                path: home.record(of: options.role), line: nil,
                message: "is not the record of this process, which cannot have restarted then")
        }
        return token
    }

    func current() -> DeskRecord {
        // Fault `database-missing`: whoever looks for the ledger is sent to one that is not there.
        let ledger = faults.isSet(.databaseMissing) ? ledger.missing(home) : ledger
        return DeskRecord(
            event: "serving", desk: "holdpoint-practice-desk", pid: getpid(),
            pidStartTicks: ProcessStart.ticks(of: getpid()) ?? 0, home: home.path, address: address,
            startedAt: startedAt, instance: role.instance, role: role, accountPrefix: Account.readinessPrefix,
            log: .init(path: home.log(of: role), format: DeskLog.format), accessLog: home.accessLog(of: role),
            tiersFile: home.limits, ledger: ledger, control: control, token: token)
    }

    /// Writes the record's file; blocks.
    func keep() throws(HomeError) { try current().write(home: home) }

    /// The executable's path. After the file has been replaced the kernel calls the old one deleted; who restarts the
    /// desk by command then asks with the new one.
    private static let program: String = {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let deleted = " (deleted)"
        return path.hasSuffix(deleted) ? String(path.dropLast(deleted.count)) : path
    }()
}
