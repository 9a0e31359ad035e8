package import Readiness
import Synchronization

/// A kill switch in a given state.
package final class FakeKillSwitch: KillSwitchProbe {
    private struct State {
        var answer: KillSwitchState
        var failure: ProbeError?
    }
    private let shown: Mutex<State>

    /// Released, if nothing else is said.
    package init(_ state: KillSwitchState = KillSwitchState(isEngaged: false, by: nil)) {
        shown = Mutex(State(answer: state))
    }

    /// Answers so from now on.
    package func answer(_ state: KillSwitchState) { shown.withLock { $0.answer = state } }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { shown.withLock { $0.failure = failure } }

    /// The state that was set, or the failure.
    package func state() async throws(ProbeError) -> Answer<KillSwitchState> {
        let now = shown.withLock { $0 }
        if let failure = now.failure { throw failure }
        return Answer(now.answer, transcript: "GET killswitch: \(now.answer.isEngaged)", elapsed: .milliseconds(1))
    }
}
