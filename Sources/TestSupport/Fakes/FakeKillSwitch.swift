package import Readiness
import Synchronization

/// A kill switch in a given state.
package final class FakeKillSwitch: KillSwitchProbe {
    private struct State {
        var answer: KillSwitchState
        var failure: ProbeError?
        var ignores = false
        var follow: @Sendable (Bool) -> Void = { _ in }
    }
    private let shown: Mutex<State>

    /// Released, if nothing else is said.
    package init(_ state: KillSwitchState = KillSwitchState(isEngaged: false, by: nil)) {
        shown = Mutex(State(answer: state))
    }

    /// Answers so from now on.
    package func answer(_ state: KillSwitchState) { shown.withLock { $0.answer = state } }

    /// Tells this whenever it is set: what it stops.
    package func follow(_ follow: @escaping @Sendable (Bool) -> Void) { shown.withLock { $0.follow = follow } }

    /// Answers to being set, and stays as it is.
    package func ignore(_ ignores: Bool = true) { shown.withLock { $0.ignores = ignores } }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { shown.withLock { $0.failure = failure } }

    /// The state that was set, or the failure.
    package func state() async throws(ProbeError) -> Answer<KillSwitchState> {
        let now = shown.withLock { $0 }
        if let failure = now.failure { throw failure }
        return Answer(now.answer, transcript: "GET killswitch: \(now.answer.isEngaged)", elapsed: .milliseconds(1))
    }

    /// Takes the state that it is told, or throws.
    package func set(engaged: Bool, by: String) async throws(ProbeError) -> Answer<KillSwitchState> {
        let now = shown.withLock { shown in
            if shown.failure == nil, !shown.ignores {
                shown.answer = KillSwitchState(isEngaged: engaged, by: engaged ? by : nil)
            }
            return shown
        }
        if let failure = now.failure { throw failure }
        if !now.ignores { now.follow(engaged) }
        return Answer(now.answer, transcript: "POST killswitch: \(engaged)", elapsed: .milliseconds(1))
    }
}
