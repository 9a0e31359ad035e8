import Glibc

/// Makes the record of a serving desk, and keeps `desk.json` up to date with it.
final class RecordKeeper: Sendable {
    let token = Hex.random(bytes: 32)
    let address: String
    private let home: DeskHome
    private let startedAt: String
    private let role: DeskRole
    private let faults: FaultBoard

    init(home: DeskHome, port: Int, startedAt: String, role: DeskRole, faults: FaultBoard) {
        self.home = home
        address = "http://127.0.0.1:\(port)"
        self.startedAt = startedAt
        self.role = role
        self.faults = faults
    }

    func current() -> DeskRecord {
        // Fault `database-missing`: whoever looks for the ledger is sent to a file that is not there.
        let ledger = faults.isSet(.databaseMissing) ? home.path + "/data/" + Ledger.fileName : home.ledger
        return DeskRecord(
            event: "serving", desk: "holdpoint-practice-desk", pid: getpid(),
            pidStartTicks: ProcessStart.ticks(of: getpid()) ?? 0, home: home.path, address: address,
            startedAt: startedAt, instance: DeskIdentity.instance, role: role, accountPrefix: Account.readinessPrefix,
            log: .init(path: home.log, format: "json-lines"), accessLog: home.accessLog, tiersFile: home.limits,
            ledger: .init(
                engine: "sqlite", path: ledger, role: "reader", migrations: home.migrations,
                expectedHead: Migration.head.revision, revisionTable: Migration.revisionTable, largeTableRows: 10_000,
                criticalQueries: CriticalQuery.all),
            token: token)
    }

    /// Writes `desk.json`; blocks.
    func keep() throws(HomeError) { try current().write(home: home) }
}
