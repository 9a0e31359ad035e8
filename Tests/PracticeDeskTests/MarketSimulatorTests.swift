import PracticeDesk
import Testing

struct MarketSimulatorTests {
    @Test(arguments: [UInt64(1), 2, 3, .max])
    func `every quote stays within one percent of the reference, and bid below ask`(seed: UInt64) throws {
        var market = MarketSimulator(seed: seed, now: 0)
        for round in 1...5000 {
            for instrument in Instrument.all {
                market.tick(instrument.symbol, now: Int64(round))
                let quote = try #require(market.quotes[instrument.symbol])
                let bound = instrument.reference.e4 / 100
                #expect(quote.book.bid < quote.book.ask)
                #expect(abs(quote.book.bid.e4 - instrument.reference.e4) <= bound)
                #expect(abs(quote.book.ask.e4 - instrument.reference.e4) <= bound)
                #expect(quote.book.bid.e4 % instrument.tick.e4 == 0)
                // Not even the deepest level is reached by an order 3 % away.
                var book = quote.book
                let low = Price(e4: instrument.reference.e4 * 97 / 100)
                let high = Price(e4: instrument.reference.e4 * 103 / 100)
                #expect(book.take(.buy, Quantity(lots: 100), limit: low).isEmpty)
                #expect(book.take(.sell, Quantity(lots: 100), limit: high).isEmpty)
            }
        }
    }

    @Test func `the same seed makes the same market`() throws {
        func path(_ seed: UInt64) -> [Int64] {
            var market = MarketSimulator(seed: seed, now: 0)
            return (1...200).compactMap { step in
                market.tick("SOL-USD", now: Int64(step))
                return market.quotes["SOL-USD"]?.last.e4
            }
        }
        #expect(path(11) == path(11))
        #expect(path(11) != path(12))
        #expect(Set(path(11)).count > 10, "the price moves")
    }

    @Test func `a tick raises the sequence of its symbol alone and makes it young`() throws {
        var market = MarketSimulator(seed: 1, now: 0)
        market.tick("SOL-USD", now: 5_000_000_000)
        #expect(market.quotes["SOL-USD"]?.sequence == 2)
        #expect(market.quotes["ADA-USD"]?.sequence == 1)
        #expect(market.ageMilliseconds("SOL-USD", now: 5_000_000_000) == 0)
        #expect(market.ageMilliseconds("ADA-USD", now: 5_000_000_000) == 5000)
    }

    @Test func `a book gives its liquidity once, best price first, and keeps its quotes`() {
        var book = OrderBook(
            bids: [.init(price: Price(e4: 99), size: Quantity(lots: 5))],
            asks: [
                .init(price: Price(e4: 101), size: Quantity(lots: 5)),
                .init(price: Price(e4: 102), size: Quantity(lots: 5)),
                .init(price: Price(e4: 103), size: Quantity(lots: 5)),
            ])
        let first = book.take(.buy, Quantity(lots: 7), limit: Price(e4: 102))
        #expect(first.map(\.price.e4) == [101, 102])
        #expect(first.map(\.size.lots) == [5, 2])
        let second = book.take(.buy, Quantity(lots: 7), limit: Price(e4: 102))
        #expect(second.map(\.size.lots) == [3])
        #expect(book.ask == Price(e4: 101))
        #expect(book.take(.sell, Quantity(lots: 1), limit: Price(e4: 100)).isEmpty)
    }
}
