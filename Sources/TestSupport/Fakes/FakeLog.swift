package import Readiness
import Synchronization

/// A log that a marker appears in, or does not.
package final class FakeLog: LogProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// Where it says that it is.
        package var description = LogDescription(path: "/desk home/desk.log", format: "json-lines")
        /// Whether a marker is said to be taken.
        package var accepts = true
        /// The look that is the first to find the marker, from 1; nil: it never appears.
        package var visibleAt: Int? = 1
        /// What the line with the marker looks like.
        package var line: @Sendable (String) -> String = { #"{"event":"marker","marker":"\#($0)"}"# }
        /// Thrown when asked where the log is.
        package var describeFailure: ProbeError?
        /// Thrown when asked to write a marker.
        package var markFailure: ProbeError?
        /// Thrown when the file is looked at.
        package var findFailure: ProbeError?
        /// How long a look at the file takes, by the given clock.
        package var lookTime: Duration = .zero
    }

    private struct State {
        var behaviour = Behaviour()
        var markers: [String] = []
        var looks = 0
    }
    private let state = Mutex(State())
    private let clock: ManualClock

    /// A log in which every marker appears at once.
    package init(clock: ManualClock) { self.clock = clock }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Every marker that was sent.
    package var markers: [String] { state.withLock { $0.markers } }

    /// How often the file was looked at.
    package var looks: Int { state.withLock { $0.looks } }

    /// Where the log is, or the failure.
    package func describeLog() async throws(ProbeError) -> Answer<LogDescription> {
        let behaviour = state.withLock { $0.behaviour }
        if let failure = behaviour.describeFailure { throw failure }
        return Answer(behaviour.description, transcript: "GET logs", elapsed: .milliseconds(1))
    }

    /// Takes a marker, or throws.
    package func mark(_ marker: String) async throws(ProbeError) -> Answer<Bool> {
        let behaviour = state.withLock { state in
            if state.behaviour.markFailure == nil { state.markers.append(marker) }
            return state.behaviour
        }
        if let failure = behaviour.markFailure { throw failure }
        return Answer(behaviour.accepts, transcript: "POST marker \(marker)", elapsed: .milliseconds(1))
    }

    /// The line of a marker that was sent, once it is time for it.
    package func find(_ marker: String, in log: LogDescription) async throws(ProbeError) -> Answer<String?> {
        let (behaviour, isVisible) = state.withLock { state in
            state.looks += 1
            let isDue = state.behaviour.visibleAt.map { state.looks >= $0 } ?? false
            return (state.behaviour, isDue && state.markers.contains(marker))
        }
        if let failure = behaviour.findFailure { throw failure }
        clock.advance(by: behaviour.lookTime)
        let line = isVisible ? behaviour.line(marker) : nil
        return Answer(line, transcript: "read \(log.path): \(line ?? "no marker")", elapsed: .milliseconds(1))
    }
}
