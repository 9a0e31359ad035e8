extension Surface {
    func marketData() -> HTTPResponse {
        let (quotes, ages) = system.with { trading in
            let now = DeskClock.stamp()
            return (trading.market.quotes, Instrument.all.map { trading.market.ageMilliseconds($0.symbol, now: now) })
        }
        let symbols = zip(Instrument.all, ages).compactMap { instrument, age -> JSONValue? in
            guard let quote = quotes[instrument.symbol] else { return nil }
            return [
                "symbol": .text(instrument.symbol), "reference_price": .text(instrument.reference.text(instrument)),
                "last": .text(quote.last.text(instrument)), "bid": .text(quote.book.bid.text(instrument)),
                "ask": .text(quote.book.ask.text(instrument)), "tick_size": .text(instrument.tick.text(instrument)),
                "lot_size": .text(Instrument.lot.text), "min_quantity": .text(Instrument.lot.text),
                "sequence": .integer(quote.sequence), "age_ms": .integer(age),
            ]
        }
        return HTTPResponse(["venue": .text(PaperVenue.name), "symbols": .array(symbols)])
    }
}
