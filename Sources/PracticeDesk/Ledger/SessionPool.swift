import NIOCore
import Synchronization

/// The desk's pool of sessions for reading the ledger: so many connections, handed out one by one and taken back.
///
/// Who finds none waits, first come first served, for as long as the pool's patience lasts; a session that somebody
/// keeps for too long is taken back. All of its bookkeeping is memory work; a session proves itself to its taker on a
/// thread of the pool's own.
final class SessionPool: Sendable {
    /// What came of asking for a session.
    enum CheckOut: Sendable {
        case held(waited: Int64)
        case refused(waited: Int64)
        /// That name has a session already, or waits for one.
        case alreadyHeld
    }

    struct State: Sendable {
        var inUse: Int
        var waiting: Int
        /// Who holds a session, by name.
        var holders: [String]
    }

    private struct Waiter {
        let number: Int64
        let holder: String
        let granted: EventLoopPromise<(any LedgerSession)?>
    }

    private struct Hold {
        let number: Int64
        let session: any LedgerSession
    }

    private struct Content {
        var idle: [any LedgerSession]
        var held: [String: Hold] = [:]
        var waiters: [Waiter] = []
        /// Names whose session is on its way.
        var pending: Set<String> = []
        var lost: [any LedgerSession] = []
        var lastNumber: Int64 = 0
        var isClosed = false
    }

    static let size = 8

    private let content: Mutex<Content>
    private let all: [any LedgerSession]
    private let thread: BlockingThread
    private let faults: FaultBoard
    private let patience: TimeAmount
    private let longestHold: TimeAmount

    /// Opens every session at once; blocks.
    init(
        ledger: any Ledger, faults: FaultBoard, patience: Duration, longestHold: Duration
    ) throws(HomeError) {
        var sessions: [any LedgerSession] = []
        for _ in 0..<Self.size { sessions.append(try ledger.openSession()) }
        all = sessions
        content = Mutex(Content(idle: sessions))
        thread = BlockingThread()
        self.faults = faults
        self.patience = TimeAmount(patience)
        self.longestHold = TimeAmount(longestHold)
    }

    var state: State {
        content.withLock {
            State(inUse: Self.size - $0.idle.count, waiting: $0.waiters.count, holders: $0.held.keys.sorted())
        }
    }

    /// Asks for a session under a name. Fails with the ledger's error when the session that was had does not answer; it
    /// is back in the pool then.
    func checkOut(_ holder: String, on loop: any EventLoop) -> EventLoopFuture<CheckOut> {
        let asked = DeskClock.stamp()
        let granted = loop.makePromise(of: (any LedgerSession)?.self)
        let wanted = content.withLock { content -> (session: (any LedgerSession)?, waiter: Int64?)? in
            guard content.held[holder] == nil, content.pending.insert(holder).inserted else { return nil }
            if content.isClosed { return (nil, nil) }
            // Whoever waits already comes first; while anybody does, none is idle.
            if let session = content.idle.popLast() { return (session, nil) }
            content.lastNumber += 1
            content.waiters.append(Waiter(number: content.lastNumber, holder: holder, granted: granted))
            return (nil, content.lastNumber)
        }
        guard let wanted else {
            granted.succeed(nil)
            return loop.makeSucceededFuture(.alreadyHeld)
        }
        if let number = wanted.waiter {
            let patience = loop.scheduleTask(in: patience) { self.giveUp(number) }
            granted.futureResult.whenComplete { _ in patience.cancel() }
        } else {
            granted.succeed(wanted.session)
        }
        return granted.futureResult.flatMap { session in
            guard let session else {
                self.content.withLock { _ = $0.pending.remove(holder) }
                return loop.makeSucceededFuture(.refused(waited: DeskClock.stamp() - asked))
            }
            return self.thread.future(on: loop) { try session.prove() }.map {
                let number = self.hold(session, as: holder)
                loop.scheduleTask(in: self.longestHold) { self.reclaim(holder, number) }
                return .held(waited: DeskClock.stamp() - asked)
            }.flatMapErrorThrowing { error in
                self.content.withLock { _ = $0.pending.remove(holder) }
                self.putBack(session)
                throw error
            }
        }
    }

    /// Takes a session back from who holds it. False where that name holds none.
    func giveBack(_ holder: String) -> Bool { end(of: holder) { _ in true } }

    /// Puts back what the fault `pool-leak` has lost, when that is cleared.
    func findLost() {
        let lost = content.withLock { content in
            defer { content.lost = [] }
            return content.lost
        }
        for session in lost { putBack(session) }
    }

    /// Closes every session, held or not; blocks. Who still waits is told that there is none.
    func close() throws(HomeError) {
        let waiters = content.withLock { content in
            defer { content.waiters = [] }
            content.isClosed = true
            content.idle = []
            return content.waiters
        }
        for waiter in waiters { waiter.granted.succeed(nil) }
        thread.end()
        for session in all { try session.close() }
    }

    private func hold(_ session: any LedgerSession, as holder: String) -> Int64 {
        content.withLock { content in
            content.lastNumber += 1
            content.pending.remove(holder)
            content.held[holder] = Hold(number: content.lastNumber, session: session)
            return content.lastNumber
        }
    }

    /// Takes a session back if it is the one that is meant. Looked at and taken in one step: in between the name could
    /// give it back and take another.
    private func end(of holder: String, _ isMeant: (Hold) -> Bool) -> Bool {
        let ended = content.withLock { content -> Hold? in
            guard let hold = content.held[holder], isMeant(hold) else { return nil }
            content.held[holder] = nil
            return hold
        }
        guard let hold = ended else { return false }
        // Fault `pool-leak`: the way back forgets to put the session where the next one would look for it.
        if faults.isSet(.poolLeak) {
            content.withLock { $0.lost.append(hold.session) }
        } else {
            putBack(hold.session)
        }
        return true
    }

    private func reclaim(_ holder: String, _ number: Int64) {
        // The name may have given it back and taken another since.
        _ = end(of: holder) { $0.number == number }
    }

    private func giveUp(_ number: Int64) {
        let waiter = content.withLock { content -> Waiter? in
            guard let index = content.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return content.waiters.remove(at: index)
        }
        waiter?.granted.succeed(nil)
    }

    /// To the one who has waited longest, or to the others that are idle.
    private func putBack(_ session: any LedgerSession) {
        let next = content.withLock { content -> Waiter? in
            guard !content.isClosed else { return nil }
            guard content.waiters.isEmpty else { return content.waiters.removeFirst() }
            content.idle.append(session)
            return nil
        }
        next?.granted.succeed(session)
    }
}
