import Readiness
import Synchronization

/// A pool with sessions that are held under names.
final class HeldSessions: PoolProbe {
    private let state: Mutex<(held: [String], leaks: Bool, waiting: String?)>

    init(_ holders: [String]) { state = Mutex((holders, false, nil)) }

    var held: [String] { state.withLock { $0.held } }

    /// From now on nothing comes back.
    func leak() { state.withLock { $0.leaks = true } }

    /// Somebody waits for a session, and gets the next one that comes back.
    func wait(as holder: String) { state.withLock { $0.waiting = holder } }

    func pool() async throws(ProbeError) -> Answer<PoolState> {
        Answer(PoolState(size: 8, inUse: held.count, waiting: 0), transcript: "", elapsed: .zero)
    }

    func checkOut(as holder: String) async throws(ProbeError) -> Answer<PoolCheckOut> {
        state.withLock { $0.held.append(holder) }
        return Answer(PoolCheckOut(isHeld: true, waitedNanoseconds: 1), transcript: "", elapsed: .zero)
    }

    func giveBack(_ holder: String) async throws(ProbeError) -> Answer<Bool> {
        state.withLock { state in
            guard !state.leaks else { return }
            state.held.removeAll { $0 == holder }
            if let next = state.waiting.take() { state.held.append(next) }
        }
        return Answer(true, transcript: "", elapsed: .zero)
    }

    func holders() async throws(ProbeError) -> Answer<[String]> { Answer(held, transcript: "", elapsed: .zero) }
}
