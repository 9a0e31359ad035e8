package import Readiness
import Synchronization

/// File systems with as much room as they were told to have.
package final class FakeStorage: StorageProbe {
    private struct State {
        var volumes: [StorageVolume]
        var failure: ProbeError?
    }
    private let state: Mutex<State>

    /// A home and a ledger on a disk of 100 GB with 40 GB left, if nothing else is said.
    package init(
        _ volumes: [StorageVolume] = [
            StorageVolume(path: "/desk home", freeBytes: 40_000_000_000, totalBytes: 100_000_000_000),
            StorageVolume(
                path: "/desk home/ledger.sqlite", freeBytes: 40_000_000_000, totalBytes: 100_000_000_000),
        ]
    ) {
        state = Mutex(State(volumes: volumes))
    }

    /// Shows these from now on.
    package func show(_ volumes: [StorageVolume]) { state.withLock { $0.volumes = volumes } }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// What is shown, or the failure.
    package func volumes() async throws(ProbeError) -> Answer<[StorageVolume]> {
        let now = state.withLock { $0 }
        if let failure = now.failure { throw failure }
        let lines = now.volumes.map { "\($0.path): \($0.freeBytes) of \($0.totalBytes)" }
        return Answer(now.volumes, transcript: lines.joined(separator: "\n"), elapsed: .milliseconds(1))
    }
}
