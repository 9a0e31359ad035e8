/// What a desk needs before it can listen: its home locked, its files read, its ledger open. Made on a thread that may
/// block.
struct DeskBase: Sendable {
    let home: DeskHome
    let lock: DeskLock
    let faults = FaultBoard()
    let limits: RiskLimits
    let killSwitch: KillSwitch
    let keptStops: [Stop]
    let files: BlockingThread
    let log: DeskLog
    let accessLog: AccessLog
    let ledger: Ledger
    let writer: LedgerWriter
    let books: Books
    let pool: SessionPool
    let token: String

    init(home: DeskHome, options: DeskOptions) throws(HomeError) {
        self.home = home
        try home.verify()
        lock = try DeskLock(path: home.lock, home: home.path)
        do throws(HomeError) {
            token = try RecordKeeper.token(home: home, options: options)
            limits = try LimitsFile.read(path: home.limits, faults: faults)
            killSwitch = try KillSwitch.read(path: home.killSwitch)
            keptStops = try StopKeeper.read(folder: home.path)
            ledger = try Ledger(path: home.ledger)
            let orphans = try ledger.cancelOrphans(atMicroseconds: DeskClock.wall() / 1000)
            books = try ledger.books()
            files = BlockingThread()
            do throws(HomeError) {
                log = try DeskLog(path: home.log(of: .primary), faults: faults, thread: files)
                accessLog = try AccessLog(path: home.accessLog(of: .primary), thread: files)
                pool = try SessionPool(
                    path: home.ledger, faults: faults, patience: options.poolPatience,
                    longestHold: options.longestPoolHold)
            } catch {
                files.end()
                throw error
            }
            if orphans > 0 { log.write("orders.cancelled_at_start", ["count": .integer(Int64(orphans))]) }
            writer = LedgerWriter(ledger: ledger, log: log)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Closes it again when the start fails.
    func close() async throws {
        try await writer.thread.run { [pool, ledger] in
            try pool.close()
            try ledger.close()
        }
        try await writer.thread.finish()
        try await files.run { [log, accessLog] in
            log.close()
            accessLog.close()
        }
        try await files.finish()
        lock.release()
    }
}
