import PracticeDesk
import Testing

struct MomentumBreakoutTests {
    private let instrument = Instrument.all[2]
    private let second: Int64 = 1_000_000_000

    private func warm() -> MomentumBreakout {
        var strategy = MomentumBreakout()
        for step in 0..<MomentumBreakout.window {
            let price = Price(e4: 1_290_000 + Int64(step % 2) * 100)
            #expect(strategy.observe(instrument, last: price, position: .zero, now: Int64(step)) == nil)
        }
        return strategy
    }

    @Test func `a trade above the range is bought, below it sold, inside it nothing is done`() {
        let size = MomentumBreakout.size(instrument)
        var inside = warm()
        var above = warm()
        var below = warm()
        #expect(inside.observe(instrument, last: Price(e4: 1_290_100), position: .zero, now: second) == nil)
        #expect(above.observe(instrument, last: Price(e4: 1_290_200), position: .zero, now: second)?.side == .buy)
        let signal = below.observe(instrument, last: Price(e4: 1_289_900), position: .zero, now: second)
        #expect(signal?.side == .sell)
        #expect(signal?.quantity == size)
    }

    @Test func `two orders in one symbol are a pause apart`() {
        var strategy = warm()
        let start = 10 * second
        #expect(strategy.observe(instrument, last: Price(e4: 1_291_000), position: .zero, now: start) != nil)
        let early = start + MomentumBreakout.pause - 1
        #expect(strategy.observe(instrument, last: Price(e4: 1_292_000), position: .zero, now: early) == nil)
        let later = start + MomentumBreakout.pause
        #expect(strategy.observe(instrument, last: Price(e4: 1_293_000), position: .zero, now: later) != nil)
    }

    @Test func `the position never grows past five orders' worth`() {
        let size = MomentumBreakout.size(instrument)
        var full = warm()
        let held = Quantity(lots: 5 * size.lots)
        #expect(full.observe(instrument, last: Price(e4: 1_300_000), position: held, now: second) == nil)
        var other = warm()
        #expect(other.observe(instrument, last: Price(e4: 1_280_000), position: held, now: second)?.side == .sell)
    }
}
