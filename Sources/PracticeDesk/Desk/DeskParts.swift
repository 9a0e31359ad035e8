import Glibc

/// The parts of a serving desk, put together and taken apart in order.
final class DeskParts: Sendable {
    private let home: DeskHome
    private let lock: DeskLock
    private let files: BlockingThread
    private let log: DeskLog
    private let accessLog: AccessLog
    private let ledger: Ledger
    private let writer: LedgerWriter
    private let faults: FaultBoard
    private let system: TradingSystem
    private let effects: FaultEffects
    private let server: HTTPServer
    private let clock: MarketClock
    private let record: RecordKeeper

    func currentRecord() -> DeskRecord { record.current() }

    /// Puts a desk together; on an error whatever was opened is closed again.
    static func assemble(home: DeskHome, options: DeskOptions) async throws -> DeskParts {
        let startedAt = DeskClock.wallText()
        let base = try await BlockingThread.once { try DeskBase(home: home) }
        do {
            let server = try await HTTPServer(port: options.port)
            let parts = DeskParts(base: base, server: server, startedAt: startedAt, options: options)
            do {
                try await parts.begin(startedAt: startedAt, options: options)
                return parts
            } catch {
                // What went wrong first is what the caller must know; a second error on the way out is not.
                try? await server.stop()
                try? await parts.clock.stop()
                try? await base.writer.thread.run { try parts.effects.clearAll() }
                unlink(home.record)
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
        writer = base.writer
        faults = base.faults
        self.server = server
        let trading = Trading(
            seed: options.seed ?? UInt64.random(in: .min ... .max), books: base.books, killSwitch: base.killSwitch,
            risk: RiskEngine(limits: base.limits, faults: base.faults), faults: base.faults, ledger: base.writer,
            log: base.log)
        system = TradingSystem(trading, faults: base.faults)
        clock = MarketClock()
        let record = RecordKeeper(
            home: base.home, port: server.port, startedAt: startedAt, role: options.role, faults: base.faults)
        self.record = record
        effects = FaultEffects(
            board: base.faults, system: system, ledger: base.ledger, thread: base.writer.thread,
            killSwitchPath: base.home.killSwitch, keepRecord: { try record.keep() })
        limits = base.limits
    }

    private let limits: RiskLimits

    private func begin(startedAt: String, options: DeskOptions) async throws {
        let identity = DeskIdentity(
            role: options.role, startedAt: startedAt, address: record.address, build: options.build, thread: files)
        let surface = Surface(
            system: system, limits: limits, faults: faults, effects: effects, writer: writer, identity: identity,
            token: record.token)
        try await writer.thread.run { [effects, record] in
            for (fault, magnitude) in options.faults { try effects.set(fault, magnitude) }
            try record.keep()
        }
        clock.start(system: system, writer: writer, log: log)
        try await server.serve(surface, accessLog: accessLog)
        log.write("desk.serving", ["address": .text(record.address), "state": "serving"])
    }

    /// Takes the desk apart; goes on after an error, and throws the first at the end.
    func dismantle() async throws {
        var firstError: (any Error)?
        func attempt(_ step: () async throws -> Void) async {
            do { try await step() } catch { firstError = firstError ?? error }
        }
        await attempt { try await server.stop() }
        await attempt { try await clock.stop() }
        system.with { $0.cancelAll() }
        await attempt { try await writer.thread.run { [effects] in try effects.clearAll() } }
        log.write("desk.stopped", ["state": "halted"])
        await attempt { try await writer.thread.run { [writer] in try writer.finish() } }
        await attempt { try await writer.thread.run { [ledger] in try ledger.close() } }
        await attempt { try await writer.thread.finish() }
        await attempt {
            try await files.run { [log, accessLog] in
                log.close()
                accessLog.close()
            }
        }
        await attempt { try await files.finish() }
        unlink(home.record)
        lock.release()
        if let firstError { throw firstError }
    }
}
