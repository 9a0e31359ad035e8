package import Readiness
import Synchronization

/// A process that can be restarted.
package final class FakeControl: ControlProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// How long a restart takes.
        package var time = Duration.seconds(1)
        /// When a life says that it started, microseconds since 1970, by its number from 1: the first a day before, and
        /// each later one a minute after, what `FakeTargetClock` shows.
        package var startedAt: @Sendable (Int) -> Int64 = { life in
            1_700_000_000_000_000 + (life == 1 ? -86_400_000_000 : Int64(life) * 60_000_000)
        }
        /// After a restart the same life answers.
        package var keepsLife = false
        /// Thrown by a restart.
        package var restartFailure: ProbeError?
        /// Thrown when asked for the process.
        package var failure: ProbeError?
    }

    private struct State {
        var behaviour = Behaviour()
        var life = 1
        var restarts = 0
        var follow: @Sendable () -> Void = {}
    }
    private let shown = Mutex(State())
    private let clock: ManualClock

    /// A process whose restarts take time of that clock.
    package init(clock: ManualClock) { self.clock = clock }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { shown.withLock { change(&$0.behaviour) } }

    /// Does this at each restart: what loses its memory.
    package func follow(_ follow: @escaping @Sendable () -> Void) { shown.withLock { $0.follow = follow } }

    /// How often it was restarted.
    package var restarts: Int { shown.withLock { $0.restarts } }

    /// The life that answers.
    package func process() async throws(ProbeError) -> Answer<ProcessState> {
        let now = shown.withLock { $0 }
        if let failure = now.behaviour.failure { throw failure }
        let process = ProcessState(
            pid: 4711, bootID: "boot-\(now.life)",
            startedAt: UTCInstant(microseconds: now.behaviour.startedAt(now.life)))
        return Answer(process, transcript: "GET process: boot-\(now.life)", elapsed: .milliseconds(1))
    }

    /// Begins another life.
    package func restart(within limit: Duration) async throws(ProbeError) -> Answer<ProcessState> {
        let now = shown.withLock { state in
            state.restarts += 1
            if !state.behaviour.keepsLife, state.behaviour.restartFailure == nil { state.life += 1 }
            return state
        }
        clock.advance(by: min(limit, now.behaviour.time))
        if let failure = now.behaviour.restartFailure { throw failure }
        guard now.behaviour.time <= limit else {
            throw ProbeError(.unreachable, at: .surface, "no other life within \(DurationText.short(limit))")
        }
        if !now.behaviour.keepsLife { now.follow() }
        return try await process()
    }
}
