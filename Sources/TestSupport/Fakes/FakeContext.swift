package import Readiness
import Synchronization

/// What happened, in order, across several fakes.
package final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    /// Begins empty.
    package init() {}

    /// Adds a line.
    package func write(_ line: String) { lines.withLock { $0.append(line) } }

    /// All lines so far.
    package var all: [String] { lines.withLock { $0 } }
}

/// Keeps evidence in memory.
package final class FakeEvidence: EvidenceRecorder {
    private let kept = Mutex<[(evidence: Evidence, text: String)]>([])
    private let failure: ProbeError?

    /// Keeps everything, or throws each time.
    package init(failing failure: ProbeError? = nil) { self.failure = failure }

    /// What was kept, with its text.
    package var all: [(evidence: Evidence, text: String)] { kept.withLock { $0 } }

    /// Keeps a text under `e1`, `e2` …
    package func record(
        _ text: String, as kind: Evidence.Kind, mediaType: String, grade: Grade
    ) async throws(ProbeError) -> Evidence {
        if let failure { throw failure }
        return kept.withLock { kept in
            let evidence = Evidence(
                id: "e\(kept.count + 1)", kind: kind, provenance: .live, grade: grade,
                collectedAt: UTCInstant(microseconds: 0), mediaType: mediaType,
                sha256: String(repeating: "0", count: 64), size: text.utf8.count, path: "evidence/\(kept.count + 1)")
            kept.append((evidence, text))
            return evidence
        }
    }
}

/// Remembers what a check told of its progress.
package final class FakeReporter: CheckReporter {
    private let lines = Mutex<[String]>([])

    /// Begins empty.
    package init() {}

    /// `3 of 15 limits` and log lines, in order.
    package var all: [String] { lines.withLock { $0 } }

    /// Remembers how far the check is.
    package func progress(_ done: Int, of total: Int, unit: String) {
        lines.withLock { $0.append("\(done) of \(total) \(unit)") }
    }

    /// Remembers a line.
    package func log(_ text: String) { lines.withLock { $0.append(text) } }
}

/// Remembers what was registered, and takes it back when asked, as the engine does after a body.
package final class FakeEffects: EffectRegistrar {
    private let registered = Mutex<[EffectDescription]>([])
    private let journal: Journal
    private let failure: ProbeError?

    /// Registers everything, or throws each time.
    package init(journal: Journal = Journal(), failing failure: ProbeError? = nil) {
        self.journal = journal
        self.failure = failure
    }

    /// What was registered, in order.
    package var all: [EffectDescription] { registered.withLock { $0 } }

    /// Remembers the effect with its compensation.
    package func register(_ effect: EffectDescription) async throws(ProbeError) {
        if let failure { throw failure }
        journal.write("register \(effect.description)")
        registered.withLock { $0.append(effect) }
    }

    /// Performs every compensation, newest first. Throws the first failure after all were tried.
    package func undoAll(through compensator: any Compensator) async throws(ProbeError) {
        var trouble: ProbeError?
        for effect in all.reversed() {
            do throws(ProbeError) {
                try await compensator.perform(effect.compensation)
            } catch {
                trouble = trouble ?? error
            }
        }
        if let trouble { throw trouble }
    }
}

/// A host that is as busy as it was told to be.
package struct FakeNoise: NoiseMeter {
    private let reading: HostNoise

    /// Quiet, if nothing else is said.
    package init(_ noise: HostNoise = HostNoise(pressure: "0", steal: "0")) { reading = noise }

    /// A mark that means nothing.
    package func begin() -> NoiseMark { NoiseMark(steal: nil, total: nil) }

    /// The given noise, whatever the mark.
    package func noise(since mark: NoiseMark) -> HostNoise { reading }
}

/// A clock on which sleeping takes no time: whoever sleeps moves it on by as much.
package final class ManualClock: CheckClock {
    private let time: Mutex<Duration>

    /// Begins at an arbitrary moment.
    package init(_ now: Duration = .seconds(100)) { time = Mutex(now) }

    /// The moment that it shows.
    package var now: Duration { time.withLock { $0 } }

    /// Moves it on.
    package func advance(by duration: Duration) { time.withLock { $0 += duration } }

    /// Moves on at once, or throws when the task is cancelled.
    package func sleep(for duration: Duration) async throws(ProbeError) {
        guard !Task.isCancelled else { throw .cancelled }
        advance(by: duration)
    }
}
