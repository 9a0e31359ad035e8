package import Readiness
import Synchronization

/// The parts of a target, whose every look is made by a function of how often they were looked at.
package final class FakeComponents: ComponentProbe {
    private struct State {
        var states: @Sendable (Int) -> [ComponentState]
        var failure: ProbeError?
        var failsAt = 0
        var looks = 0
    }
    private let state: Mutex<State>

    /// Shows what the function makes of the look's number, from 0. Default: the practice desk's six parts, at work.
    package init(_ states: @escaping @Sendable (Int) -> [ComponentState] = { ComponentState.working($0) }) {
        state = Mutex(State(states: states))
    }

    /// Shows this from now on, counting looks anew.
    package func show(_ states: @escaping @Sendable (Int) -> [ComponentState]) {
        state.withLock {
            $0.states = states
            $0.looks = 0
        }
    }

    /// Throws from the look with this number on, from 0; nil answers again.
    package func fail(_ failure: ProbeError?, at look: Int = 0) {
        state.withLock {
            $0.failure = failure
            $0.failsAt = look
        }
    }

    /// How often they were looked at.
    package var looks: Int { state.withLock { $0.looks } }

    /// The next look.
    package func components() async throws(ProbeError) -> Answer<[ComponentState]> {
        let (states, failure, look) = state.withLock { state in
            defer { state.looks += 1 }
            return (state.states, state.looks >= state.failsAt ? state.failure : nil, state.looks)
        }
        if let failure { throw failure }
        let parts = states(look)
        return Answer(parts, transcript: "GET components: \(parts.count)", elapsed: .milliseconds(1))
    }
}

extension ComponentState {
    /// The practice desk's six parts, busier with each look.
    package static func working(_ look: Int) -> [ComponentState] {
        ["market_data", "state_machine", "risk", "gateway", "repositories", "database_models"].map {
            ComponentState(name: $0, state: "running", events: 800 + Int64(look))
        }
    }
}
