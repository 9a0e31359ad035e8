import Glibc
import Synchronization

/// One lock between processes: a `flock` on a file, which the kernel frees when the process dies, however it dies.
///
/// A second file is the turnstile: whoever wants the lock waits there, so that a run that wants it alone is not overtaken
/// for ever. Nothing is ever written into either file.
final class FileLock: Sendable {
    /// How it is held.
    enum Hold: Sendable, Equatable { case none, shared, alone }

    fileprivate struct State {
        var lock: Int32 = -1
        var turnstile: Int32 = -1
        var hold = Hold.none
        var holdsTurnstile = false
    }

    private let state = Mutex(State())
    private let folder: String
    private let stem: String

    /// Names the files `STEM.lock` and `STEM.turn`; nothing is opened before the first use.
    init(folder: String, stem: String) {
        self.folder = folder
        self.stem = stem
    }

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
    func attempt(_ wanted: Hold) throws(MachineLockError) -> Bool {
        let result = state.withLock { state -> Result<Bool, MachineLockError> in
            if state.hold == wanted { return .success(true) }
            if let error = state.open(in: folder, stem) { return .failure(error) }
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
    func withdraw() { state.withLock { $0.leaveTurnstile() } }

    /// Takes the files away, if they were used: for a target that is gone, whose lock nobody will want again. Whoever opened
    /// them before holds a lock that later ones do not see.
    func remove() {
        state.withLock { state in
            if state.lock >= 0 { unlink("\(folder)/\(stem).lock") }
            if state.turnstile >= 0 { unlink("\(folder)/\(stem).turn") }
        }
    }

    /// Who holds it, as the kernel says now; who stands in the turnstile where nobody does. Reads files of `/proc`.
    func holders() -> [LockHolder] {
        let files = state.withLock { [$0.lock, $0.turnstile] }
        for file in files where file >= 0 {
            let holders = LockHolder.of(file, notesIn: folder)
            if !holders.isEmpty { return holders }
        }
        return []
    }
}

extension FileLock.State {
    fileprivate mutating func open(in folder: String, _ stem: String) -> MachineLockError? {
        func file(_ name: String) -> Int32 {
            Glibc.open("\(folder)/\(name)", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        if lock < 0 { lock = file("\(stem).lock") }
        if lock >= 0, turnstile < 0 { turnstile = file("\(stem).turn") }
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

/// Why locks between processes cannot be used.
package struct MachineLockError: Error, Equatable, CustomStringConvertible {
    /// Where the lock files should be.
    package var folder: String
    /// `errno`.
    package var code: Int32

    /// A fragment that reads after "failed to ".
    package var description: String { "use the lock files in \(folder): \(String(cString: strerror(code)))" }
}
