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
    let ledger: any Ledger
    /// The ledger's server, where it has one of its own.
    let server: LedgerServer?
    let writer: LedgerWriter
    let books: Books
    let pool: SessionPool
    let token: String

    init(home: DeskHome, options: DeskOptions) throws(HomeError) {
        self.home = home
        var reasons = ReasonList(try home.missingFiles())
        do throws(HomeError) { lock = try DeskLock(path: home.lock, home: home.path) } catch {
            throw .all(reasons.found + [error])
        }
        let read = Self.read(home, options, faults, &reasons)
        do throws(HomeError) {
            guard let token = read.token, let limits = read.limits, let killSwitch = read.killSwitch,
                let keptStops = read.keptStops, let ledger = read.ledger, let books = read.books,
                reasons.found.isEmpty
            else {
                // What is wrong has been found; that it cannot be closed either would say nothing more.
                try? read.ledger?.close()
                throw .all(reasons.found)
            }
            (self.token, self.limits, self.killSwitch, self.keptStops) = (token, limits, killSwitch, keptStops)
            (self.ledger, self.server, self.books) = (ledger, read.server, books)
            // Only now that everything has been read: a desk that does not start leaves its ledger as it was.
            let orphans = try ledger.cancelOrphans(atMicroseconds: DeskClock.wall() / 1000)
            files = BlockingThread()
            do throws(HomeError) {
                log = try DeskLog(path: home.log(of: .primary), faults: faults, thread: files)
                accessLog = try AccessLog(path: home.accessLog(of: .primary), thread: files)
                pool = try SessionPool(
                    ledger: ledger, faults: faults, patience: options.poolPatience,
                    longestHold: options.longestPoolHold)
            } catch {
                files.end()
                throw error
            }
            if orphans > 0 { log.write("orders.cancelled_at_start", ["count": .integer(Int64(orphans))]) }
            if !read.leftOut.isEmpty {
                log.write("ledger.columns_left_out", ["columns": .array(read.leftOut.map { .text($0) })])
            }
            writer = LedgerWriter(ledger: ledger, log: log)
        } catch {
            read.server?.end()
            lock.release()
            throw error
        }
    }

    private struct Reading {
        var token: String?
        var limits: RiskLimits?
        var killSwitch: KillSwitch?
        var keptStops: [Stop]?
        var ledger: (any Ledger)?
        var server: LedgerServer?
        /// Columns of the home's file that did not reach the server.
        var leftOut: [String] = []
        var books: Books?
    }

    /// Reads everything, and goes on after an error: who mends a home wants to know all that is wrong with it.
    private static func read(
        _ home: DeskHome, _ options: DeskOptions, _ faults: FaultBoard, _ reasons: inout ReasonList
    ) -> Reading {
        var reading = Reading()
        reading.token = reasons.attempt { () throws(HomeError) in
            try RecordKeeper.token(home: home, options: options)
        }
        reading.limits = reasons.attempt { () throws(HomeError) in
            try LimitsFile.read(path: home.limits, faults: faults)
        }
        reading.killSwitch = reasons.attempt { () throws(HomeError) in try KillSwitch.read(path: home.killSwitch) }
        reading.keptStops = reasons.attempt { () throws(HomeError) in try StopKeeper.read(folder: home.path) }
        switch options.ledger {
        case .sqlite:
            reading.ledger = reasons.attempt { () throws(HomeError) in try SQLiteLedger(path: home.ledger) }
        // Not for a desk that cannot start anyway: it takes a second or two.
        case .postgresql where !reasons.found.isEmpty: break
        case .postgresql:
            if let opened = reasons.attempt({ () throws(HomeError) in
                try PostgreSQLLedger.open(in: home, options)
            }) {
                (reading.ledger, reading.server, reading.leftOut) = (opened.ledger, opened.server, opened.leftOut)
            }
        }
        if let ledger = reading.ledger {
            reading.books = reasons.attempt { () throws(HomeError) in try ledger.books() }
        }
        return reading
    }

    /// Closes it again when the start fails.
    func close() async throws {
        try await writer.thread.run { [pool, ledger] in
            try pool.close()
            try ledger.close()
        }
        try await writer.thread.finish()
        try await server?.stop()
        try await files.run { [log, accessLog] in
            log.close()
            accessLog.close()
        }
        try await files.finish()
        lock.release()
    }
}
