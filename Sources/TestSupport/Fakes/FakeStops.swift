package import FoundationEssentials
package import Readiness
import Synchronization

/// Stops that close positions when a script of the feed comes to them; and get it wrong in many ways.
package final class FakeStops: StopProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// Nobody looks at an armed stop.
        package var isIgnored = false
        /// The side of the exit is turned round.
        package var turnsSide = false
        /// The exit's quantity, made from what is held.
        package var quantity: @Sendable (Decimal) -> Decimal = { $0 }
        /// The exit's price, made from the price that reached the stop.
        package var price: @Sendable (Decimal) -> Decimal = { $0 }
        /// How long after the price the exit comes.
        package var delay = Duration.zero
        /// The exit comes at once, wherever the price is.
        package var isHasty = false
        /// What a stop is answered with when it is armed.
        package var armedAs = StopState.Status.armed
        /// What a stop is told to be after its exit.
        package var after = StopState.Status.triggered
        /// A disarm is answered, and the stop stays armed.
        package var ignoresDisarm = false
        /// Thrown by everything.
        package var failure: ProbeError?
    }

    private struct Stop {
        var state: StopState
        var account: String
    }

    private struct State {
        var behaviour = Behaviour()
        var stops: [Stop] = []
    }
    private let state = Mutex(State())
    private let feed: FakeFeed
    private let books: FakeBooks
    private let clock: ManualClock

    /// Watches that feed, and closes what these books hold.
    package init(feed: FakeFeed, books: FakeBooks, clock: ManualClock) {
        self.feed = feed
        self.books = books
        self.clock = clock
    }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// How many stops are armed.
    package var armed: Int { state.withLock { $0.stops.count { $0.state.status == .armed } } }

    /// The fills of exits that are due by now, each once.
    package func exits() -> [DropCopy.Event] {
        state.withLock { state in
            let behaviour = state.behaviour
            guard !behaviour.isIgnored else { return [] }
            return state.stops.indices.compactMap { place -> DropCopy.Event? in
                let stop = state.stops[place]
                let held = books.held(stop.account, stop.state.symbol)
                guard stop.state.status == .armed, held != 0 else { return nil }
                let line = stop.state.stopPrice.decimal
                let reach = feed.reach(of: stop.state.symbol) {
                    behaviour.isHasty || (held > 0 ? $0 <= line : $0 >= line)
                }
                guard let reach, reach.at + behaviour.delay <= clock.now else { return nil }
                state.stops[place].state.status = behaviour.after
                let side: OrderRequest.Side = (held > 0) != behaviour.turnsSide ? .sell : .buy
                return DropCopy.Event(
                    sequence: 0, kind: .fill, clientOrderID: stop.state.exitClientOrderID, account: stop.account,
                    symbol: stop.state.symbol, side: side,
                    quantity: DecimalValue(behaviour.quantity(held > 0 ? held : -held)),
                    price: DecimalValue(behaviour.price(reach.price)), fee: "0",
                    at: UTCInstant(microseconds: clock.now.nanoseconds / 1000))
            }
        }
    }

    /// Arms one, if the account holds something.
    package func arm(
        account: String, symbol: String, stopPrice: DecimalValue
    ) async throws(ProbeError) -> Answer<StopState> {
        let held = books.held(account, symbol)
        let (stop, failure) = state.withLock { state -> (StopState?, ProbeError?) in
            if let failure = state.behaviour.failure { return (nil, failure) }
            guard held != 0 else { return (nil, ProbeError(.nonsense, at: .surface, "400 no_position")) }
            let number = state.stops.count + 1
            let stop = StopState(
                stopID: "s-\(number)", symbol: symbol, status: state.behaviour.armedAs, stopPrice: stopPrice,
                exitClientOrderID: "stop-\(number)")
            state.stops.append(Stop(state: stop, account: account))
            return (stop, nil)
        }
        guard let stop else { throw failure ?? ProbeError(ourSide: "no stop") }
        return Answer(stop, transcript: "POST stop \(symbol) \(stopPrice)", elapsed: .milliseconds(1))
    }

    /// The account's.
    package func stops(of account: String) async throws(ProbeError) -> Answer<[StopState]> {
        let (stops, failure) = state.withLock { state in
            (state.stops.filter { $0.account == account }.map(\.state), state.behaviour.failure)
        }
        if let failure { throw failure }
        return Answer(stops, transcript: "GET stops: \(stops.count)", elapsed: .milliseconds(1))
    }

    /// Takes one back, if it is told to.
    package func disarm(stopID: String) async throws(ProbeError) -> Answer<StopState> {
        let (stop, failure) = state.withLock { state -> (StopState?, ProbeError?) in
            if let failure = state.behaviour.failure { return (nil, failure) }
            guard let place = state.stops.firstIndex(where: { $0.state.stopID == stopID }) else { return (nil, nil) }
            if state.stops[place].state.status == .armed, !state.behaviour.ignoresDisarm {
                state.stops[place].state.status = .disarmed
            }
            return (state.stops[place].state, nil)
        }
        guard let stop else { throw failure ?? ProbeError(.nonsense, at: .surface, "404 unknown_stop") }
        return Answer(stop, transcript: "POST disarm \(stopID)", elapsed: .milliseconds(1))
    }
}
