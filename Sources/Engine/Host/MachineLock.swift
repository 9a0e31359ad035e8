import Glibc
import Synchronization

/// `machine.quiet` between processes: two runs on one host do not spoil each other's figures.
///
/// A run holds it shared while any ordinary check runs, and alone while a check measures latency. It is a `flock` on a
/// file, so the kernel frees it when the process dies. A second file is the turnstile: whoever wants the lock waits
/// there, so that a run that wants it alone is not overtaken for ever. Nothing is ever written into either file.
package final class MachineLock: Sendable {
    /// How it is held.
    package enum Hold: Sendable, Equatable { case none, shared, alone }

    fileprivate struct State {
        var lock: Int32 = -1
        var turnstile: Int32 = -1
        var hold = Hold.none
        var holdsTurnstile = false
    }

    private let state = Mutex(State())
    /// The folder of the lock files.
    package let folder: String

    /// Names the folder; nothing is opened before the first use.
    package init(folder: String) { self.folder = folder }

    deinit {
        state.withLock { state in
            if state.lock >= 0 { close(state.lock) }
            if state.turnstile >= 0 { close(state.turnstile) }
        }
    }

    /// Tries once to take the lock, or to change how it is held. Never waits.
    ///
    /// - Returns: whether it is held so now. False: another process is in the way; ask again in a while.
    /// - Throws: `MachineLockError` when the files cannot be used at all.
    package func attempt(_ wanted: Hold) throws(MachineLockError) -> Bool {
        let result = state.withLock { state -> Result<Bool, MachineLockError> in
            if state.hold == wanted { return .success(true) }
            if let error = state.open(in: folder) { return .failure(error) }
            if wanted == .none {
                flock(state.lock, LOCK_UN)
                state.leaveTurnstile()
                state.hold = .none
                return .success(true)
            }
            // The kernel changes a hold by giving it up first, so nothing is lost by saying so.
            if state.hold != .none {
                flock(state.lock, LOCK_UN)
                state.hold = .none
            }
            guard state.enterTurnstile() else { return .success(false) }
            let operation = (wanted == .alone ? LOCK_EX : LOCK_SH) | LOCK_NB
            guard flock(state.lock, operation) == 0 else { return .success(false) }
            state.leaveTurnstile()
            state.hold = wanted
            return .success(true)
        }
        return try result.get()
    }

    /// Gives the place in the queue up without having had the lock.
    package func withdraw() { state.withLock { $0.leaveTurnstile() } }
}

extension MachineLock.State {
    fileprivate mutating func open(in folder: String) -> MachineLockError? {
        func file(_ name: String) -> Int32 { Glibc.open("\(folder)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        if lock < 0 { lock = file("holdpoint-quiet.lock") }
        if turnstile < 0 { turnstile = file("holdpoint-quiet.turn") }
        guard lock >= 0, turnstile >= 0 else { return MachineLockError(folder: folder, code: errno) }
        return nil
    }

    fileprivate mutating func enterTurnstile() -> Bool {
        if !holdsTurnstile { holdsTurnstile = flock(turnstile, LOCK_EX | LOCK_NB) == 0 }
        return holdsTurnstile
    }

    fileprivate mutating func leaveTurnstile() {
        if holdsTurnstile { flock(turnstile, LOCK_UN) }
        holdsTurnstile = false
    }
}

/// Why the machine's lock cannot be used.
package struct MachineLockError: Error, Equatable, CustomStringConvertible {
    /// Where the lock files should be.
    package var folder: String
    /// `errno`.
    package var code: Int32

    /// A fragment that reads after "failed to ".
    package var description: String { "lock the machine in \(folder): \(String(cString: strerror(code)))" }
}
