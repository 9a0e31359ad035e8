import NIOCore

/// Sets and clears faults while the desk runs, with those effects that are states of something: kill switch, index,
/// migration, `desk.json`. All of them are changed on one thread, so that a set and a clear never overtake each other.
final class FaultEffects: Sendable {
    private let board: FaultBoard
    private let system: TradingSystem
    private let ledger: any Ledger
    private let thread: BlockingThread
    private let killSwitchPath: String
    private let migrations: String
    private let pool: SessionPool
    private let keepRecord: @Sendable () throws -> Void

    init(
        board: FaultBoard, system: TradingSystem, ledger: any Ledger, thread: BlockingThread, killSwitchPath: String,
        migrations: String, pool: SessionPool, keepRecord: @escaping @Sendable () throws -> Void
    ) {
        self.board = board
        self.system = system
        self.ledger = ledger
        self.thread = thread
        self.killSwitchPath = killSwitchPath
        self.migrations = migrations
        self.pool = pool
        self.keepRecord = keepRecord
    }

    func set(_ fault: Fault, _ magnitude: FaultMagnitude, on loop: any EventLoop) -> EventLoopFuture<Void> {
        thread.future(on: loop) { try self.set(fault, magnitude) }
    }

    func clear(_ fault: Fault, on loop: any EventLoop) -> EventLoopFuture<Void> {
        thread.future(on: loop) { try self.clear(fault) }
    }

    /// Writes the kill switch as it is by then, for the next process.
    func keepKillSwitch(on loop: any EventLoop) -> EventLoopFuture<Void> {
        thread.future(on: loop) { try self.keepKillSwitch() }
    }

    /// Sets a fault, on the calling thread, which must be the ledger's. A fault whose effect fails is not set.
    func set(_ fault: Fault, _ magnitude: FaultMagnitude) throws {
        let wasSet = board.isSet(fault)
        board.set(fault, magnitude)
        do {
            try change(fault, to: true)
        } catch {
            if !wasSet { board.clear(fault) }
            throw error
        }
    }

    /// Clears a fault, on the calling thread, which must be the ledger's. Clearing one that is not set changes nothing.
    func clear(_ fault: Fault) throws {
        guard board.isSet(fault) else { return }
        board.clear(fault)
        try change(fault, to: false)
    }

    /// Takes a fault for set whose effects an earlier life of the process has left: nothing is done twice, and what has
    /// been undone by hand since stays undone.
    func adopt(_ fault: Fault, _ magnitude: FaultMagnitude) { board.set(fault, magnitude) }

    /// Clears what is set, so that the home that a clean stop leaves behind is whole.
    func clearAll() throws {
        for fault in Fault.allCases { try clear(fault) }
    }

    private func change(_ fault: Fault, to isSet: Bool) throws {
        switch fault {
        case .killSwitchEngaged:
            // Fault `killswitch-engaged`: somebody engaged it and nobody released it.
            _ = system.setKillSwitch(engaged: isSet, by: "night-desk")
            try keepKillSwitch()
        case .indexDropped:
            // Fault `index-dropped`: a migration forgot it.
            try ledger.setFillsByOrderIndex(present: !isSet)
        case .migrationPending:
            // Fault `migration-pending`: the release was deployed and its migration was not.
            try ledger.setHeadMigration(applied: !isSet)
        case .databaseMissing:
            try keepRecord()
        case .lostFill:
            // What was lost comes back with the fault's end, so that it leaves whole books behind.
            if !isSet { system.with { $0.recoverLostFills() } }
        case .notReady, .feedSilent, .venueRejects, .riskOff, .limitNotLoaded, .limitOffByOne, .denyAfterSend,
            .slowRisk, .logSilent, .clockSkew, .staleInstance, .componentDead, .limitRace, .stopIgnored,
            .kellyOverbet, .correlationIgnored, .riskFailsOpen, .killSwitchFlagOnly:
            break
        case .poolLeak:
            if !isSet { pool.findLost() }
        case .duplicateIndex:
            try ledger.setDuplicateIndex(present: isSet)
        case .floatMoney:
            try ledger.setFloatColumn(present: isSet)
        case .orphanFill:
            try ledger.setOrphanFill(present: isSet)
        case .twoHeads:
            try Migration.secondHead(ledger.engine).setFile(present: isSet, folder: migrations)
        case .danglingParent:
            try Migration.dangling(ledger.engine).setFile(present: isSet, folder: migrations)
        }
    }

    private func keepKillSwitch() throws { try system.with(\.killSwitch).write(path: killSwitchPath) }
}
