import Glibc

/// The parts of a serving desk, put together and taken apart in order.
final class DeskParts: DeskInstance {
    private let home: DeskHome
    private let lock: DeskLock
    private let files: BlockingThread
    private let log: DeskLog
    private let accessLog: AccessLog
    private let ledger: any Ledger
    private let ledgerServer: LedgerServer?
    private let writer: LedgerWriter
    private let faults: FaultBoard
    private let system: TradingSystem
    private let effects: FaultEffects
    private let server: HTTPServer
    private let clock: MarketClock
    private let record: RecordKeeper
    private let pool: SessionPool
    private let port: Int
    private let seed: UInt64
    private let endsWithInput: Bool

    func currentRecord() -> DeskRecord { record.current() }

    func restart() -> DeskRestart {
        DeskRestart(
            home: home, port: port, role: .primary, seed: seed, faults: faults.all, endsWithInput: endsWithInput,
            ledgerServer: ledgerServer)
    }

    /// Puts a desk together; on an error whatever was opened is closed again.
    static func assemble(home: DeskHome, options: DeskOptions, ending: DeskEnding) async throws -> DeskParts {
        let startedAt = DeskClock.wallText()
        let base = try await HTTPServer.telling(of: options) {
            try await BlockingThread.once { try DeskBase(home: home, options: options) }
        }
        do {
            let server = try await HTTPServer(port: options.port, insists: options.isRestarted)
            let parts = DeskParts(base: base, server: server, startedAt: startedAt, options: options)
            do {
                try await parts.begin(startedAt: startedAt, options: options, ending: ending)
                return parts
            } catch {
                // What went wrong first is what the caller must know; a second error on the way out is not.
                try? await server.stop()
                try? await parts.clock.stop()
                try? await base.writer.thread.run { try parts.effects.clearAll() }
                unlink(home.record(of: .primary))
                throw error
            }
        } catch {
            try? await base.close()
            throw error
        }
    }

    private init(base: DeskBase, server: HTTPServer, startedAt: String, options: DeskOptions) {
        home = base.home
        lock = base.lock
        files = base.files
        log = base.log
        accessLog = base.accessLog
        ledger = base.ledger
        ledgerServer = base.server
        writer = base.writer
        faults = base.faults
        self.server = server
        pool = base.pool
        port = server.port
        seed = options.seed ?? UInt64.random(in: .min ... .max)
        endsWithInput = options.endsWithInput
        let stopKeeper = StopKeeper(folder: base.home.path, thread: base.files, log: base.log)
        let work = WorkCounters()
        var trading = Trading(
            seed: seed, books: base.books, killSwitch: base.killSwitch,
            risk: RiskEngine(limits: base.limits, faults: base.faults), faults: base.faults, ledger: base.writer,
            stopKeeper: stopKeeper, work: work, log: base.log)
        trading.restoreStops(base.keptStops)
        system = TradingSystem(trading, faults: base.faults)
        clock = MarketClock()
        heartbeat = Heartbeat(system: system, ledger: base.ledger, writer: base.writer, work: work)
        tradingParts = TradingParts(
            clock: clock, heartbeat: heartbeat, stopKeeper: stopKeeper, numbers: base.files,
            sizing: KellySizing(policy: base.limits.sizing, faults: base.faults),
            correlation: CorrelationRule(faults: base.faults))
        let record = RecordKeeper(
            home: base.home, port: server.port, startedAt: startedAt, role: .primary, token: base.token,
            canRestart: options.canRestart, faults: base.faults, ledger: .of(base.home, in: base.server?.place))
        self.record = record
        effects = FaultEffects(
            board: base.faults, system: system, ledger: base.ledger, thread: base.writer.thread,
            killSwitchPath: base.home.killSwitch, migrations: base.home.migrations(base.ledger.engine), pool: base.pool,
            keepRecord: { try record.keep() })
        limits = base.limits
    }

    private let limits: RiskLimits
    private let heartbeat: Heartbeat
    private let tradingParts: TradingParts

    private func begin(startedAt: String, options: DeskOptions, ending: DeskEnding) async throws {
        let identity = DeskIdentity(
            role: .primary, startedAt: startedAt, address: record.address, build: options.build, faults: faults)
        let instance = InstanceSurface(
            identity: identity, limits: limits, faults: faults, effects: effects, log: log, token: record.token,
            instances: InstanceList(home: home, role: .primary, address: record.address),
            restart: options.canRestart ? ending.restart : nil)
        let surface = Surface(
            system: system, faults: faults, effects: effects, writer: writer, pool: pool, instance: instance,
            trading: tradingParts)
        try await writer.thread.run { [effects, record] in
            for (fault, magnitude) in options.faults {
                if options.isRestarted { effects.adopt(fault, magnitude) } else { try effects.set(fault, magnitude) }
            }
            try record.keep()
        }
        clock.start(system: system, writer: writer, heartbeat: heartbeat, log: log)
        try await server.serve(surface, accessLog: accessLog)
        log.write("desk.serving", ["address": .text(record.address), "state": "serving"])
    }

    func dismantle(keepsPlace: Bool) async throws {
        var firstError: (any Error)?
        func attempt(_ step: () async throws -> Void) async {
            do { try await step() } catch { firstError = firstError ?? error }
        }
        await attempt { try await server.stop() }
        await attempt { try await clock.stop() }
        system.with { $0.cancelAll() }
        if !keepsPlace { await attempt { try await writer.thread.run { [effects] in try effects.clearAll() } } }
        log.write(keepsPlace ? "desk.restarting" : "desk.stopped", ["state": "halted"])
        await attempt { try await writer.thread.run { [writer] in try writer.finish() } }
        await attempt {
            try await writer.thread.run { [pool, ledger] in
                try pool.close()
                try ledger.close()
            }
        }
        await attempt { try await writer.thread.finish() }
        await attempt {
            try await files.run { [log, accessLog] in
                log.close()
                accessLog.close()
            }
        }
        await attempt { try await files.finish() }
        if !keepsPlace || firstError != nil {
            await attempt { try await ledgerServer?.stop() }
        }
        // After an error there is no restart, and no next life that would look for the record.
        if !keepsPlace || firstError != nil { unlink(home.record(of: .primary)) }
        lock.release()
        if let firstError { throw firstError }
    }
}
