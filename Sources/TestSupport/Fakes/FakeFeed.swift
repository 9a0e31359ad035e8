package import FoundationEssentials
package import Readiness
import Synchronization

/// A feed that can be scripted and cut, on a clock that somebody moves on. Nothing happens between two looks: what a
/// script has come to is worked out when it is looked at.
package final class FakeFeed: FeedProbe {
    /// How it behaves.
    package struct Behaviour: Sendable {
        /// Answers to a restore, and changes nothing.
        package var ignoresRestore = false
        /// Answers to a cut, and changes nothing.
        package var ignoresCut = false
        /// Thrown by every play.
        package var playFailure: ProbeError?
        /// How much younger than the others' the last tick of a symbol is when all are cut.
        package var younger: [String: Duration] = [:]
        /// Thrown by every cut.
        package var cutFailure: ProbeError?
        /// Thrown by every restore.
        package var restoreFailure: ProbeError?
    }

    private struct Script {
        var prices: [Decimal]
        var interval: Duration
        var begin: Duration
        /// The market's own sequence at the first look: only scripted ticks count from then on.
        var base: Int64?

        func ticks(at now: Duration) -> Int { Int((now - begin) / interval) + 1 }
        func price(ofTick tick: Int) -> Decimal { prices[min(tick, prices.count) - 1] }
    }

    private struct State {
        var behaviour = Behaviour()
        var scripts: [String: Script] = [:]
        var cuts: [String: Duration] = [:]
        var frozen: [String: SymbolState] = [:]
        /// Ticks of ended scripts, so that no sequence ever falls.
        var ended: [String: Int64] = [:]
    }
    private let state = Mutex(State())
    private let clock: ManualClock

    /// The market's own, on that clock.
    package init(clock: ManualClock) { self.clock = clock }

    /// Changes how it behaves.
    package func change(_ change: (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Whether no script plays and nothing is cut.
    package var isMarketsOwn: Bool { state.withLock { $0.scripts.isEmpty && $0.cuts.isEmpty } }

    /// Plays from now on.
    package func play(_ paths: [PricePath], every interval: Duration) async throws(ProbeError) -> Answer<Bool> {
        let failure = state.withLock { state -> ProbeError? in
            if let failure = state.behaviour.playFailure { return failure }
            let lengths = Set(paths.map(\.prices.count))
            guard lengths.count == 1, let length = lengths.first, (1...10_000).contains(length),
                (Duration.milliseconds(5)...Duration.seconds(1)).contains(interval)
            else { return ProbeError(.nonsense, at: .surface, "400 for a script") }
            for path in paths {
                let before = state.scripts[path.symbol]
                let base = before.flatMap { script in
                    script.base.map { $0 + Int64(script.ticks(at: clock.now)) }
                }
                Self.end(path.symbol, at: clock.now, &state)
                state.scripts[path.symbol] = Script(
                    prices: path.prices.map(\.decimal), interval: interval, begin: clock.now, base: base)
            }
            return nil
        }
        if let failure { throw failure }
        return Answer(true, transcript: "POST play \(paths.map(\.symbol))", elapsed: .milliseconds(1))
    }

    /// Freezes these symbols as they are.
    package func cut(_ symbols: [String]) async throws(ProbeError) -> Answer<Bool> {
        let failure = state.withLock { state -> ProbeError? in
            if let failure = state.behaviour.cutFailure { return failure }
            guard !state.behaviour.ignoresCut else { return nil }
            for symbol in symbols {
                state.cuts[symbol] = clock.now + (state.behaviour.younger[symbol] ?? .zero)
            }
            return nil
        }
        if let failure { throw failure }
        return Answer(true, transcript: "POST cut \(symbols)", elapsed: .milliseconds(1))
    }

    /// Gives everything back.
    package func restore() async throws(ProbeError) -> Answer<Bool> {
        let failure = state.withLock { state -> ProbeError? in
            if let failure = state.behaviour.restoreFailure { return failure }
            guard !state.behaviour.ignoresRestore else { return nil }
            for symbol in state.scripts.keys { Self.end(symbol, at: clock.now, &state) }
            state.cuts = [:]
            state.frozen = [:]
            return nil
        }
        if let failure { throw failure }
        return Answer(true, transcript: "POST restore", elapsed: .milliseconds(1))
    }

    private static func end(_ symbol: String, at now: Duration, _ state: inout State) {
        guard let script = state.scripts.removeValue(forKey: symbol) else { return }
        state.ended[symbol, default: 0] += Int64(script.ticks(at: now))
    }

    /// What is shown of a symbol that the market would show so.
    package func shown(_ symbol: SymbolState) -> SymbolState {
        state.withLock { state in
            var shown = symbol
            shown.sequence += state.ended[symbol.symbol] ?? 0
            if let script = state.scripts[symbol.symbol] {
                let ticks = script.ticks(at: clock.now)
                let price = script.price(ofTick: ticks)
                shown.last = DecimalValue(price)
                shown.bid = DecimalValue(price - symbol.tick.decimal)
                shown.ask = DecimalValue(price + symbol.tick.decimal)
                let base = script.base ?? shown.sequence
                state.scripts[symbol.symbol]?.base = base
                shown.sequence = base + Int64(ticks)
            }
            guard let cut = state.cuts[symbol.symbol] else { return shown }
            var frozen = state.frozen[symbol.symbol] ?? shown
            state.frozen[symbol.symbol] = frozen
            frozen.age = max(.zero, clock.now - cut)
            return frozen
        }
    }

    /// The last prices of a symbol, a tick each; nil unless a script has played that many.
    package func prices(of symbol: String, last count: Int) -> [Decimal]? {
        state.withLock { state in
            guard let script = state.scripts[symbol] else { return nil }
            let ticks = script.ticks(at: clock.now)
            guard ticks >= count else { return nil }
            return (ticks - count + 1...ticks).map(script.price(ofTick:))
        }
    }

    /// When a script first came to a price that is meant, and which one it was.
    package func reach(of symbol: String, where isMeant: (Decimal) -> Bool) -> (at: Duration, price: Decimal)? {
        state.withLock { state in
            guard let script = state.scripts[symbol] else { return nil }
            let ticks = min(script.ticks(at: clock.now), script.prices.count)
            guard let place = script.prices.prefix(ticks).firstIndex(where: isMeant) else { return nil }
            return (script.begin + script.interval * place, script.prices[place])
        }
    }
}
