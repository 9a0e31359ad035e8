import Readiness
import Synchronization

/// Says what is waited for whenever nothing has moved for two seconds.
final class SilenceWatch: Sendable {
    private struct State {
        var summary = RunSummary()
        var movedAt: Duration
    }

    private let clock: any CheckClock
    private let state: Mutex<State>

    /// How long silence may last unexplained.
    static let patience = Duration.seconds(2)

    init(clock: any CheckClock) {
        self.clock = clock
        state = Mutex(State(movedAt: clock.now))
    }

    /// Something has happened.
    func moved(by event: ValidationEvent) {
        let now = clock.now
        state.withLock { state in
            state.summary.fold(event)
            // Progress moves a figure and nothing that a line was printed for.
            if !event.body.kind.mayBeCoalesced { state.movedAt = now }
        }
    }

    /// Watches until the task is cancelled.
    func watch(_ tell: @Sendable (String) async -> Void) async {
        while true {
            do throws(ProbeError) { try await clock.sleep(for: .milliseconds(500)) } catch { return }
            let now = clock.now
            let line = state.withLock { state -> String? in
                guard now - state.movedAt >= Self.patience else { return nil }
                state.movedAt = now
                return Self.sentence(state.summary)
            }
            if let line { await tell(line) }
        }
    }

    /// What a run is waiting for, in a line.
    static func sentence(_ summary: RunSummary) -> String {
        let running = summary.checks.filter { $0.state == .running || $0.state == .cancelling }.map { check in
            let progress =
                check.progress.map { " (\($0.done)\($0.total > 0 ? " of \($0.total)" : "") \($0.unit))" } ?? ""
            return check.id.description + progress
        }
        if !running.isEmpty { return "still running: \(running.joined(separator: ", "))" }
        let waiting = summary.checks.filter { $0.state == .waiting && $0.waiting?.on == "lock" }
        if let check = waiting.first {
            return "waiting: \(check.id) for \(check.waiting?.names.joined(separator: ", ") ?? "")"
        }
        return summary.checks.isEmpty ? "waiting for the practice desk" : "waiting for the run to close"
    }
}
