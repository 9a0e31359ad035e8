import NIOCore

/// What the fault switch of an instance turns.
protocol FaultControl: Sendable {
    func set(_ fault: Fault, _ magnitude: FaultMagnitude, on loop: any EventLoop) -> EventLoopFuture<Void>
    func clear(_ fault: Fault, on loop: any EventLoop) -> EventLoopFuture<Void>
}

extension FaultEffects: FaultControl {}

/// A standby's: it has no ledger, market or kill switch of its own, so that a fault is set on its board and nowhere
/// else. Those that bite in what it answers bite; the others are harmless there.
final class StandbyFaults: FaultControl {
    private let board: FaultBoard
    private let thread: BlockingThread
    private let keepRecord: @Sendable () throws -> Void

    init(board: FaultBoard, thread: BlockingThread, keepRecord: @escaping @Sendable () throws -> Void) {
        self.board = board
        self.thread = thread
        self.keepRecord = keepRecord
    }

    func set(_ fault: Fault, _ magnitude: FaultMagnitude, on loop: any EventLoop) -> EventLoopFuture<Void> {
        thread.future(on: loop) { [board, keepRecord] in
            board.set(fault, magnitude)
            try keepRecord()
        }
    }

    func clear(_ fault: Fault, on loop: any EventLoop) -> EventLoopFuture<Void> {
        thread.future(on: loop) { [board, keepRecord] in
            board.clear(fault)
            try keepRecord()
        }
    }
}
