package import Readiness
import Synchronization

/// A pool of sessions in memory that can be slow, leaky, or wrong about itself.
package final class FakePool: PoolProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// Sessions that there may be.
        package var size = 8
        /// Sessions that others hold, by name, by the number of check-outs and returns so far.
        package var others: @Sendable (Int) -> [String] = { _ in [] }
        /// Sessions that are in use under no name.
        package var unnamed = 0
        /// Those who wait for one.
        package var waiting = 0
        /// Milliseconds of each next session's check-out inside the pool; the last is repeated with its grain.
        package var milliseconds: [Double] = [0.05]
        /// What the way there and back adds.
        package var way = Duration.microseconds(300)
        /// Whether the way varies by some nanoseconds of its own, whatever the pool says of its times.
        package var hasMeasuredWay = false
        /// Whether the session of the return with this number, from 1, never goes back.
        package var leaks: @Sendable (Int) -> Bool = { _ in false }
        /// A returned session goes back after so many looks at the pool.
        package var lag = 0
        /// Sessions from which on nobody gets one, whatever the size says.
        package var capacity: Int?
        /// A return is answered as if nothing had been held.
        package var forgets = false
        /// What is shown of its state instead.
        package var shows: @Sendable (PoolState) -> PoolState = { $0 }
        /// Thrown by the call with this number, from 1, and all later ones.
        package var failure: (at: Int, error: ProbeError)?

        /// A sound one.
        package init() {}
    }

    private struct State {
        var behaviour = Behaviour()
        var held: Set<String> = []
        var leaked = 0
        var returning: [Int] = []
        var calls = 0
        var looks = 0
        var changes = 0
        var checkOuts = 0
        var granted = 0
        var returns = 0
        var mostHeld = 0
    }
    private let state = Mutex(State())
    private let journal: Journal

    /// Eight sessions, none in use.
    package init(journal: Journal = Journal()) { self.journal = journal }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Names under which sessions are held through us.
    package var held: [String] { state.withLock { $0.held.sorted() } }

    /// The most that was held through us at once.
    package var mostHeld: Int { state.withLock { $0.mostHeld } }

    /// How often a session was asked for.
    package var checkOuts: Int { state.withLock { $0.checkOuts } }

    private func call<Value>(_ work: (inout State) -> Value) throws(ProbeError) -> Value {
        let (value, failure) = state.withLock { state -> (Value, ProbeError?) in
            state.calls += 1
            return (work(&state), state.behaviour.failure.flatMap { state.calls >= $0.at ? $0.error : nil })
        }
        if let failure { throw failure }
        return value
    }

    private static func inUse(_ state: State) -> Int {
        state.held.count + state.leaked + state.returning.count + state.behaviour.unnamed
            + state.behaviour.others(state.changes).count
    }

    /// How full it is.
    package func pool() async throws(ProbeError) -> Answer<PoolState> {
        let shown = try call { state in
            state.looks += 1
            let looks = state.looks
            state.returning.removeAll { looks > $0 }
            return state.behaviour.shows(
                PoolState(
                    size: state.behaviour.size, inUse: Self.inUse(state), waiting: state.behaviour.waiting))
        }
        return Answer(
            shown, transcript: "GET pool: \(shown.inUse) of \(shown.size), \(shown.waiting) waiting",
            elapsed: .milliseconds(1))
    }

    /// A session, if there is one.
    package func checkOut(as holder: String) async throws(ProbeError) -> Answer<PoolCheckOut> {
        journal.write("check out \(holder)")
        let (answer, way) = try call { state in
            let inside = TimerGrain.nanoseconds(of: state.behaviour.milliseconds, at: state.granted)
            state.checkOuts += 1
            state.changes += 1
            let isHeld = Self.inUse(state) < state.behaviour.capacity ?? state.behaviour.size
            if isHeld {
                state.held.insert(holder)
                state.granted += 1
            }
            state.mostHeld = max(state.mostHeld, state.held.count)
            let more = state.behaviour.hasMeasuredWay ? state.checkOuts : 0
            return (
                PoolCheckOut(isHeld: isHeld, waitedNanoseconds: inside), state.behaviour.way + .nanoseconds(more)
            )
        }
        return Answer(
            answer, transcript: "POST checkout \(holder): \(answer.isHeld)",
            elapsed: way + .nanoseconds(answer.waitedNanoseconds))
    }

    /// Takes the session back, if it is held.
    package func giveBack(_ holder: String) async throws(ProbeError) -> Answer<Bool> {
        journal.write("return \(holder)")
        let wasHeld = try call { state in
            state.changes += 1
            guard state.held.remove(holder) != nil else { return false }
            state.returns += 1
            if state.behaviour.leaks(state.returns) {
                state.leaked += 1
            } else if state.behaviour.lag > 0 {
                state.returning.append(state.looks + state.behaviour.lag)
            }
            return !state.behaviour.forgets
        }
        return Answer(wasHeld, transcript: "POST return \(holder): \(wasHeld)", elapsed: .milliseconds(1))
    }

    /// The names under which sessions are held.
    package func holders() async throws(ProbeError) -> Answer<[String]> {
        let names = try call { $0.held.sorted() + $0.behaviour.others($0.changes) }
        return Answer(names, transcript: "GET pool: \(names)", elapsed: .milliseconds(1))
    }
}
