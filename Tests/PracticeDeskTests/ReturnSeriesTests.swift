import Foundation
import PracticeDesk
import Testing

/// What is kept of a series changes no answer, and no answer is older than the last price.
struct ReturnSeriesTests {
    /// The coefficient computed anew, in decimals, from the returns alone.
    private func anew(_ market: MarketSimulator, _ left: String, _ right: String) -> Decimal? {
        CorrelationRule.coefficient(market.returns(left), market.returns(right))
    }

    private func kept(_ market: MarketSimulator, _ left: String, _ right: String) -> Decimal? {
        let (x, y) = (market.series(left), market.series(right))
        let count = min(x.count, y.count)
        return x.newest(count).coefficient(with: y.newest(count))
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `what is kept is what would be computed anew, to the last digit, through every tick`(seed: UInt64) throws {
        var market = MarketSimulator(seed: seed, now: 0)
        var seen: Set<Decimal> = []
        for round in 0..<25 {
            for left in Instrument.all.map(\.symbol) {
                for right in Instrument.all.map(\.symbol) {
                    let expected = try #require(anew(market, left, right))
                    // Asked twice: computed, then kept.
                    #expect(kept(market, left, right) == expected)
                    #expect(kept(market, left, right) == expected)
                    if left != right { seen.insert(expected) }
                }
            }
            market.tick(Instrument.all[round % Instrument.all.count].symbol, now: 0)
        }
        #expect(seen.count > 50, "the coefficients move")
    }

    @Test func `a price makes another series of its symbol and of no other`() {
        var market = MarketSimulator(seed: 3, now: 0)
        let (sol, eth) = (market.series("SOL-USD"), market.series("ETH-USD"))
        #expect(market.series("SOL-USD") === sol)
        let before = sol.coefficient(with: eth)
        market.tick("SOL-USD", now: 0)
        #expect(market.series("SOL-USD") !== sol)
        #expect(market.series("ETH-USD") === eth)
        #expect(market.series("SOL-USD").coefficient(with: eth) != before)
        #expect(market.series("SOL-USD").coefficient(with: eth) == anew(market, "SOL-USD", "ETH-USD"))
        #expect(sol.coefficient(with: eth) == before, "an old series keeps its own")
    }

    @Test func `a drill's returns are its own, and after it the old ones are back`() throws {
        var market = MarketSimulator(seed: 3, now: 0)
        let before = kept(market, "SOL-USD", "ETH-USD")
        let path = (0..<30).map { Price(e4: 1_290_000 + Int64($0 * $0 % 7) * 900) }
        let play = market.play([("SOL-USD", path)])
        for _ in path { _ = market.step(play: play, now: 0) }
        #expect(market.series("SOL-USD").count == 29)
        let eth = Array(market.returns("ETH-USD").suffix(29))
        let drilled = try #require(kept(market, "SOL-USD", "ETH-USD"))
        #expect(drilled == CorrelationRule.coefficient(market.returns("SOL-USD"), eth))
        #expect(drilled != before)
        let part = market.series("ETH-USD").newest(29)
        #expect(market.series("ETH-USD").newest(29) === part, "a part is kept, too")
        #expect(market.series("ETH-USD").newest(60) === market.series("ETH-USD"))
        _ = market.restore()
        #expect(kept(market, "SOL-USD", "ETH-USD") == before)
    }

    @Test func `whole numbers and decimals give one answer, also beyond what 128 bits hold`() throws {
        var random: UInt64 = 11
        func next(_ bound: Int64) -> Int64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(random >> 1) % bound * (random & 1 == 0 ? 1 : -1)
        }
        // Up to the largest that is computed in whole numbers, and past it.
        for bound in [3, 1000, 250_000_000, 100_000_000_000_000, 1_000_000_000_000_001, Int64.max] {
            for count in [20, 59, 60, 100, 101] {
                let x = (0..<count).map { _ in next(bound) }
                let y = (0..<count).map { x[$0] / 2 + next(bound) / 2 }
                let (left, right) = (ReturnSeries(units: x), ReturnSeries(units: y))
                let expected = try #require(CorrelationRule.coefficient(left.returns, right.returns))
                #expect(left.coefficient(with: right) == expected, "\(bound) \(count)")
                #expect(ReturnSeries(left.returns).coefficient(with: right) == expected)
            }
        }
    }

    @Test func `what has no coefficient has none, however often it is asked`() {
        let moving = ReturnSeries(units: (0..<40).map { Int64($0 * $0 % 11) })
        for other in [
            ReturnSeries(units: Array(repeating: 7, count: 40)), ReturnSeries(units: (0..<39).map(Int64.init)),
            ReturnSeries(units: []), ReturnSeries([]),
        ] {
            for _ in 1...2 {
                #expect(moving.coefficient(with: other) == nil)
                #expect(other.coefficient(with: moving) == nil)
            }
        }
        let short = moving.newest(19)
        #expect(short.coefficient(with: short) == nil)
    }

    @Test func `more companions than are kept change no answer`() throws {
        let held = ReturnSeries(units: (0..<30).map { Int64($0 * $0 % 13) })
        let others = (1...40).map { factor in ReturnSeries(units: (0..<30).map { Int64($0 * factor % 17) }) }
        let first = others.map { held.coefficient(with: $0) }
        #expect(others.map { held.coefficient(with: $0) } == first)
        #expect(first == others.map { CorrelationRule.coefficient(held.returns, $0.returns) })
        #expect(Set(first.compactMap(\.self)).count > 10)
    }
}
