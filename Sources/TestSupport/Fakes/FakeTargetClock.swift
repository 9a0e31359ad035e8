package import Readiness
import Synchronization

/// A target's clock that is as wrong, and as far away, as it was told to be.
package final class FakeTargetClock: ClockProbe {
    /// One question and its answer.
    package struct Reading: Sendable {
        /// The target's clock less ours, at the moment that it was looked at.
        package var offset: Duration
        /// The way to the target.
        package var there: Duration
        /// The way back.
        package var back: Duration

        /// So wrong, over so long a way.
        package init(offset: Duration, there: Duration = .microseconds(200), back: Duration = .microseconds(200)) {
            self.offset = offset
            self.there = there
            self.back = back
        }
    }

    private struct State {
        var readings: [Reading]
        var failure: ProbeError?
        var failsAt = 0
        var looks = 0
        var now: Int64 = 1_700_000_000_000_000_000
    }
    private let state: Mutex<State>

    /// Answers so to each next look; the last one is repeated. Right to a hundred microseconds, if nothing is said.
    package init(_ readings: [Reading] = [Reading(offset: .microseconds(100))]) {
        state = Mutex(State(readings: readings))
    }

    /// Answers so from now on.
    package func show(_ readings: [Reading]) { state.withLock { $0.readings = readings } }

    /// Throws from the look with this number on, from 0; nil answers again.
    package func fail(_ failure: ProbeError?, at look: Int = 0) {
        state.withLock {
            $0.failure = failure
            $0.failsAt = look
        }
    }

    /// How often it was looked at.
    package var looks: Int { state.withLock { $0.looks } }

    /// The next reading, or the failure.
    package func clock() async throws(ProbeError) -> Answer<ClockReading> {
        let (reading, way, failure) = state.withLock { state in
            let script = state.readings.count > 1 ? state.readings.removeFirst() : state.readings[0]
            let before = state.now
            let after = before + script.there.nanoseconds + script.back.nanoseconds
            let target = before + script.there.nanoseconds + script.offset.nanoseconds
            state.now = after + 1_000_000
            defer { state.looks += 1 }
            return (
                ClockReading(target: target, before: before, after: after), script.there + script.back,
                state.looks >= state.failsAt ? state.failure : nil
            )
        }
        if let failure { throw failure }
        return Answer(reading, transcript: "GET clock: \(reading.target)", elapsed: way)
    }
}
