package import Readiness
import Synchronization

/// Orders that reach a fake venue together: one after the other, or all before the first is counted.
package final class FakeBurst: BurstProbe {
    private struct State {
        var failure: ProbeError?
        var loses = 0
        var bursts = 0
    }
    private let state = Mutex(State())
    private let venue: FakeVenue

    /// Sends to that venue.
    package init(_ venue: FakeVenue) { self.venue = venue }

    /// Throws from now on; nil answers again.
    package func fail(_ failure: ProbeError?) { state.withLock { $0.failure = failure } }

    /// Leaves out so many answers of each burst from now on.
    package func lose(_ answers: Int) { state.withLock { $0.loses = answers } }

    /// How many bursts were sent.
    package var bursts: Int { state.withLock { $0.bursts } }

    /// Sends all of them.
    package func submitTogether(_ orders: [OrderRequest]) async throws(ProbeError) -> Answer<[OrderState]> {
        let now = state.withLock {
            $0.bursts += 1
            return $0
        }
        if let failure = now.failure { throw failure }
        venue.beginBurst()
        var states: [OrderState] = []
        for order in orders { states.append(try await venue.submit(order).value) }
        venue.endBurst()
        return Answer(
            Array(states.dropLast(now.loses)), transcript: "POST \(orders.count) orders together",
            elapsed: .milliseconds(2))
    }
}
