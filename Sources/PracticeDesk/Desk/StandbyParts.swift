import Glibc

/// The parts of a serving standby: identity, limits and a log of its own. Nothing of the home is written but the files
/// that carry its name; the ledger is not even opened.
final class StandbyParts: DeskInstance {
    private let home: DeskHome
    private let lock: DeskLock
    private let files: BlockingThread
    private let log: DeskLog
    private let accessLog: AccessLog
    private let faults: FaultBoard
    private let limits: RiskLimits
    private let server: HTTPServer
    private let heartbeat: StandbyHeartbeat
    private let record: RecordKeeper
    private let port: Int
    private let endsWithInput: Bool

    /// What it needs before it can listen. Made on a thread that may block.
    private struct Base: Sendable {
        let lock: DeskLock
        let token: String
        let faults = FaultBoard()
        let limits: RiskLimits
        let ledger: DeskRecord.LedgerDescription
        let files: BlockingThread
        let log: DeskLog
        let accessLog: AccessLog

        init(home: DeskHome, options: DeskOptions) throws(HomeError) {
            var reasons = ReasonList(try home.missingFiles())
            do throws(HomeError) {
                lock = try DeskLock(path: home.lock(of: .standby), home: home.path, role: .standby)
            } catch { throw .all(reasons.found + [error]) }
            do throws(HomeError) {
                let (board, home) = (faults, home)
                let token = reasons.attempt { () throws(HomeError) in
                    try RecordKeeper.token(home: home, options: options)
                }
                let limits = reasons.attempt { () throws(HomeError) in
                    try LimitsFile.read(path: home.limits, faults: board)
                }
                guard let token, let limits, reasons.found.isEmpty else { throw .all(reasons.found) }
                (self.token, self.limits) = (token, limits)
                // The primary's, where one serves. It may tell of none while that is broken on purpose.
                let primary = try? DeskRecord.read(home: home)
                ledger = primary?.ledger ?? .of(home, in: nil)
                files = BlockingThread()
                do throws(HomeError) {
                    log = try DeskLog(path: home.log(of: .standby), faults: faults, thread: files)
                    accessLog = try AccessLog(path: home.accessLog(of: .standby), thread: files)
                } catch {
                    files.end()
                    throw error
                }
            } catch {
                lock.release()
                throw error
            }
        }

        func close() async throws {
            try await files.run { [log, accessLog] in
                log.close()
                accessLog.close()
            }
            try await files.finish()
            lock.release()
        }
    }

    func currentRecord() -> DeskRecord { record.current() }

    func restart() -> DeskRestart {
        DeskRestart(home: home, port: port, role: .standby, seed: nil, faults: faults.all, endsWithInput: endsWithInput)
    }

    /// Puts a standby together; on an error whatever was opened is closed again.
    static func assemble(home: DeskHome, options: DeskOptions, ending: DeskEnding) async throws -> StandbyParts {
        let startedAt = DeskClock.wallText()
        let base = try await HTTPServer.telling(of: options) {
            try await BlockingThread.once { try Base(home: home, options: options) }
        }
        do {
            let server = try await HTTPServer(port: options.port, insists: options.isRestarted)
            let parts = StandbyParts(home: home, base: base, server: server, startedAt: startedAt, options: options)
            do {
                try await parts.begin(startedAt: startedAt, options: options, ending: ending)
                return parts
            } catch {
                // What went wrong first is what the caller must know; a second error on the way out is not.
                try? await server.stop()
                try? await parts.heartbeat.stop()
                unlink(home.record(of: .standby))
                throw error
            }
        } catch {
            try? await base.close()
            throw error
        }
    }

    private init(home: DeskHome, base: Base, server: HTTPServer, startedAt: String, options: DeskOptions) {
        self.home = home
        lock = base.lock
        files = base.files
        log = base.log
        accessLog = base.accessLog
        faults = base.faults
        limits = base.limits
        self.server = server
        heartbeat = StandbyHeartbeat()
        port = server.port
        endsWithInput = options.endsWithInput
        record = RecordKeeper(
            home: home, port: server.port, startedAt: startedAt, role: .standby, token: base.token,
            canRestart: options.canRestart, faults: base.faults, ledger: base.ledger)
    }

    private func begin(startedAt: String, options: DeskOptions, ending: DeskEnding) async throws {
        for (fault, magnitude) in options.faults { faults.set(fault, magnitude) }
        let instance = InstanceSurface(
            identity: DeskIdentity(
                role: .standby, startedAt: startedAt, address: record.address, build: options.build, faults: faults),
            limits: limits, faults: faults,
            effects: StandbyFaults(board: faults, thread: files, keepRecord: { [record] in try record.keep() }),
            log: log, token: record.token,
            instances: InstanceList(home: home, role: .standby, address: record.address),
            restart: options.canRestart ? ending.restart : nil)
        try await files.run { [record] in try record.keep() }
        heartbeat.start(log: log)
        try await server.serve(StandbySurface(instance: instance), accessLog: accessLog)
        log.write("desk.serving", ["address": .text(record.address), "state": "standby"])
    }

    func dismantle(keepsPlace: Bool) async throws {
        var firstError: (any Error)?
        func attempt(_ step: () async throws -> Void) async {
            do { try await step() } catch { firstError = firstError ?? error }
        }
        await attempt { try await server.stop() }
        await attempt { try await heartbeat.stop() }
        log.write(keepsPlace ? "desk.restarting" : "desk.stopped", ["state": "halted"])
        await attempt {
            try await files.run { [log, accessLog] in
                log.close()
                accessLog.close()
            }
        }
        await attempt { try await files.finish() }
        if !keepsPlace || firstError != nil { unlink(home.record(of: .standby)) }
        lock.release()
        if let firstError { throw firstError }
    }
}
