package import Readiness
import Synchronization

/// A feed whose every look is made by a function of how often it was looked at.
package final class FakeMarket: MarketDataProbe {
    private struct State {
        var states: @Sendable (Int) -> [SymbolState]
        var failure: ProbeError?
        var failsAt = 0
        var looks = 0
    }
    private let state: Mutex<State>
    private let feed: FakeFeed?

    /// Shows what the function makes of the look's number, from 0. Default: the practice desk's six symbols, ticking.
    ///
    /// A script or a cut of that feed goes before.
    package init(
        feed: FakeFeed? = nil, _ states: @escaping @Sendable (Int) -> [SymbolState] = { SymbolState.ticking($0) }
    ) {
        self.feed = feed
        state = Mutex(State(states: states))
    }

    /// Shows this from now on, counting looks anew.
    package func show(_ states: @escaping @Sendable (Int) -> [SymbolState]) {
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

    /// How often it was looked at.
    package var looks: Int { state.withLock { $0.looks } }

    /// The next look.
    package func snapshot() async throws(ProbeError) -> Answer<[SymbolState]> {
        let (states, failure, look) = state.withLock { state in
            defer { state.looks += 1 }
            return (state.states, state.looks >= state.failsAt ? state.failure : nil, state.looks)
        }
        if let failure { throw failure }
        let market = states(look).map { feed?.shown($0) ?? $0 }
        return Answer(market, transcript: "GET marketdata: \(market.count) symbols", elapsed: .milliseconds(1))
    }
}

extension SymbolState {
    /// A symbol as the practice desk has it: quoted a twenty-thousandth around its reference.
    package static func sample(
        _ symbol: String, reference: DecimalValue, tick: DecimalValue = "0.01", lot: DecimalValue = "0.01",
        sequence: Int64 = 1
    ) -> SymbolState {
        SymbolState(
            symbol: symbol, reference: reference, last: reference, bid: DecimalValue(reference.decimal - tick.decimal),
            ask: DecimalValue(reference.decimal + tick.decimal), tick: tick, lot: lot, sequence: sequence,
            age: .milliseconds(20))
    }

    /// The practice desk's six symbols at rest.
    package static let desk: [SymbolState] = [
        .sample("BTC-USD", reference: "60000.00"), .sample("ETH-USD", reference: "2500.00"),
        .sample("SOL-USD", reference: "129.00"), .sample("LINK-USD", reference: "14.00"),
        .sample("XRP-USD", reference: "0.5000", tick: "0.0001"),
        .sample("ADA-USD", reference: "0.4000", tick: "0.0001"),
    ]

    /// The same at their nth tick: sequence one higher each time, last price going to and fro.
    package static func ticking(_ look: Int) -> [SymbolState] { desk.map { $0.ticked(look) } }

    /// The symbol some ticks later.
    package func ticked(_ ticks: Int) -> SymbolState {
        var state = self
        state.sequence += Int64(ticks)
        if !ticks.isMultiple(of: 2) { state.last = ask }
        return state
    }
}
