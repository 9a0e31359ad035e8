import Foundation
import PracticeDesk
import Testing

/// Drills of the feed: scripted paths, cuts and their end.
struct DrillTests {
    private func market() -> MarketSimulator { MarketSimulator(seed: 5, now: 0) }

    private func prices(_ e4: Int64...) -> [Price] { e4.map(Price.init(e4:)) }

    @Test func `a cold market has a whole window of returns for every symbol`() {
        let market = market()
        for instrument in Instrument.all {
            #expect(market.returns(instrument.symbol).count == ReturnHistory.window)
            #expect(Set(market.returns(instrument.symbol)).count > 10, "\(instrument.symbol) moves")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the simulator's own symbols are not alike`(seed: UInt64) throws {
        var market = MarketSimulator(seed: seed, now: 0)
        let limit = try #require(Decimal(string: "0.7"))
        for _ in 0..<20 {
            for instrument in Instrument.all { market.tick(instrument.symbol, now: 0) }
            let sol = market.returns("SOL-USD")
            for other in Instrument.all where other.symbol != "SOL-USD" {
                #expect(try #require(CorrelationRule.coefficient(sol, market.returns(other.symbol))) < limit)
            }
        }
    }

    @Test func `a script takes its symbols alone, price by price, and holds the last one`() throws {
        var market = market()
        let play = market.play([("SOL-USD", prices(1_300_000, 1_235_000))])
        let sequence = try #require(market.quotes["SOL-USD"]).sequence
        #expect(market.quotes["SOL-USD"]?.last != Price(e4: 1_300_000), "not before the first step")
        var seen: [Int64] = []
        for step in 1...4 {
            #expect(market.step(play: play, now: Int64(step)).map(\.symbol) == ["SOL-USD"])
            let quote = try #require(market.quotes["SOL-USD"])
            seen.append(quote.last.e4)
            #expect(quote.book.bid < quote.last && quote.last < quote.book.ask)
            #expect(quote.sequence == sequence + Int64(step))
            #expect(quote.tickedAt == Int64(step))
            // The simulator's clock passes the symbol by, and goes on with the others.
            let (scripted, free) = (market.tick("SOL-USD", now: 99), market.tick("ETH-USD", now: 99))
            #expect(!scripted && free)
        }
        #expect(seen == [1_300_000, 1_235_000, 1_235_000, 1_235_000])
        #expect(market.returns("SOL-USD") == [Decimal(-5) / 100], "held prices are no observations")
    }

    @Test func `after a restore the market is as if there had been no drill`() throws {
        var drilled = market()
        var other = market()
        let play = drilled.play([("SOL-USD", prices(1_000_000, 900_000)), ("ADA-USD", prices(1000, 5000))])
        _ = drilled.step(play: play, now: 0)
        drilled.cut(["BTC-USD", "SOL-USD"])
        #expect(drilled.step(play: play, now: 0).map(\.symbol) == ["ADA-USD"], "the cut has taken SOL")
        #expect(Set(drilled.restore().map(\.symbol)) == ["BTC-USD", "SOL-USD", "ADA-USD"])
        #expect(drilled.restore().isEmpty)
        #expect(drilled.step(play: play, now: 0).isEmpty, "the play is over")
        for symbol in Instrument.all.map(\.symbol) {
            #expect(drilled.quotes[symbol]?.last == other.quotes[symbol]?.last)
            #expect(drilled.returns(symbol) == other.returns(symbol))
            for _ in 0..<100 {
                drilled.tick(symbol, now: 0)
                other.tick(symbol, now: 0)
            }
            #expect(drilled.quotes[symbol]?.last == other.quotes[symbol]?.last)
            #expect(drilled.returns(symbol) == other.returns(symbol))
        }
    }

    @Test func `a second play replaces the first, and its returns are its own`() {
        var market = market()
        let first = market.play([("SOL-USD", prices(1_300_000))])
        _ = market.step(play: first, now: 0)
        let second = market.play([("SOL-USD", prices(1_200_000, 1_260_000))])
        #expect(market.step(play: first, now: 0).isEmpty)
        _ = market.step(play: second, now: 0)
        _ = market.step(play: second, now: 0)
        #expect(market.returns("SOL-USD") == [Decimal(5) / 100])
    }

    @Test func `the venue fills at scripted prices, and the restored price comes from before`() async throws {
        try await withDesk { desk async throws in
            #expect(try await desk.submit(TestOrder(price: "125.00"))["status"] == .text("accepted"))
            try await desk.play([("SOL-USD", ["129.00", "127.00", "124.90"])])
            #expect(try await desk.reached("SOL-USD", "124.90"))
            #expect(try await eventually { try await desk.position("READY-HUNTER", "SOL-USD") == "1.00" })
            #expect(try await desk.dropCopy("hp-1").last == "fill")
            // The last price goes on ticking.
            let sequence = try #require(try await desk.quote("SOL-USD")["sequence"].integer)
            #expect(try await eventually { try await desk.quote("SOL-USD")["sequence"].integer ?? 0 > sequence + 5 })
            #expect(try await desk.restore() == ["SOL-USD"])
            let last = try #require(Decimal(string: try await desk.quote("SOL-USD")["last"].text ?? ""))
            #expect(last > 127, "within a percent of the reference, as the simulator has it")
            #expect(try await desk.restore() == [])
        }
    }

    @Test func `a cut feed ticks no more, its orders are denied as stale, a restore ends it at once`() async throws {
        try await withDesk { desk async throws in
            try await desk.cut(["SOL-USD"])
            let sequence = try await desk.quote("SOL-USD")["sequence"]
            #expect(
                try await eventually {
                    try await desk.evaluate(TestOrder())["reason_code"] == .text("stale_market_data")
                })
            #expect(try #require(try await desk.quote("SOL-USD")["age_ms"].integer) >= RiskEngine.staleAfter)
            #expect(try await desk.quote("SOL-USD")["sequence"] == sequence)
            let eth = TestOrder(symbol: "ETH-USD", quantity: "0.10", price: "2450.00")
            #expect(try await desk.evaluate(eth)["decision"] == .text("accept"), "its neighbour ticks on")
            _ = try await desk.faults.set("risk-fails-open")
            #expect(try await desk.evaluate(TestOrder())["decision"] == .text("accept"))
            _ = try await desk.faults.clear("risk-fails-open")
            #expect(try await desk.evaluate(TestOrder())["decision"] == .text("deny"))
            #expect(try await desk.restore() == ["SOL-USD"])
            #expect(try await desk.evaluate(TestOrder())["decision"] == .text("accept"))
        }
    }

    @Test func `data is stale after a second and a half`() { #expect(RiskEngine.staleAfter == 1500) }

    @Test func `symbols that are scripted alike cannot be held together, and can again after a restore`() async throws {
        try await withDesk { desk async throws in
            // The last step is there once: who sees its price knows that all were played.
            let steps = (0..<30).map { ($0 * 7 % 11) - 5 } + [6]
            let sol = steps.map { String(format: "%.2f", 129 + Double($0) * 0.1) }
            let eth = steps.map { String(format: "%.2f", 2500 + Double($0) * 2) }
            // As far apart as returns can be: every second step is turned round.
            let link = steps.enumerated().map { index, step in
                String(format: "%.2f", 14 + Double(index / 2 % 2 == 0 ? step : -step) * 0.02)
            }
            try await desk.play([("SOL-USD", sol), ("ETH-USD", eth), ("LINK-USD", link)])
            #expect(try await desk.reached("SOL-USD", sol[30]))
            #expect(
                try await eventually {
                    try await desk.evaluate(TestOrder(symbol: "LINK-USD", price: "13.80"))["decision"]
                        == .text("accept")
                })
            let bought = try await desk.submit(TestOrder(id: "sol", quantity: "1.00", price: "131.00"))
            #expect(bought["status"] == .text("filled"))
            let like = TestOrder(id: "eth", symbol: "ETH-USD", quantity: "0.10", price: "2450.00")
            let denied = try await desk.evaluate(like)
            #expect(denied["reason_code"] == .text("max_correlation"))
            #expect(denied["rules"].items.last == .text("max_correlation"))
            #expect(try await desk.submit(like)["status"] == .text("denied"))
            #expect(try await desk.dropCopy("eth").isEmpty)
            let other = TestOrder(id: "link", symbol: "LINK-USD", price: "13.80")
            #expect(try await desk.evaluate(other)["decision"] == .text("accept"))
            _ = try await desk.faults.set("correlation-ignored")
            #expect(try await desk.evaluate(like)["decision"] == .text("accept"))
            _ = try await desk.faults.clear("correlation-ignored")
            #expect(try await desk.evaluate(like)["decision"] == .text("deny"))
            // Closing is never denied by it.
            let sell = TestOrder(id: "flat", side: "sell", quantity: "1.00", price: "127.00")
            #expect(try await desk.submit(sell)["status"] == .text("filled"))
            #expect(try await desk.evaluate(like)["decision"] == .text("accept"))
            // Held again, and the market restored: the two are strangers as before.
            #expect(try await desk.submit(TestOrder(id: "sol-2", price: "131.00"))["status"] == .text("filled"))
            #expect(try await desk.evaluate(like)["decision"] == .text("deny"))
            _ = try await desk.restore()
            #expect(try await desk.evaluate(like)["decision"] == .text("accept"))
        }
    }

    private static let senseless: [(body: String, code: String)] = [
        (#"{"action":"rewind"}"#, "unknown_action"), ("{}", "missing_field"), ("[]", "malformed_json"),
        (#"{"action":"cut"}"#, "missing_field"), (#"{"action":"cut","symbols":[]}"#, "invalid_symbols"),
        (#"{"action":"cut","symbols":["SOL-USD","SOL-USD"]}"#, "invalid_symbols"),
        (#"{"action":"cut","symbols":["DOGE-USD"]}"#, "unknown_symbol"),
        (#"{"action":"play","paths":[]}"#, "missing_field"),
        (#"{"action":"play","interval_ms":20}"#, "missing_field"),
        (#"{"action":"play","interval_ms":4,"paths":[]}"#, "invalid_interval"),
        (#"{"action":"play","interval_ms":1001,"paths":[]}"#, "invalid_interval"),
        (#"{"action":"play","interval_ms":20.5,"paths":[]}"#, "malformed_json"),
        (#"{"action":"play","interval_ms":20,"paths":[]}"#, "invalid_paths"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD"}]}"#, "missing_field"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":[]}]}"#, "invalid_paths"),
        (#"{"action":"play","interval_ms":20,"paths":[{"prices":["129.00"]}]}"#, "missing_field"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"X","prices":["129.00"]}]}"#, "unknown_symbol"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":[129]}]}"#, "malformed_json"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["129.001"]}]}"#, "invalid_price"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["12.89"]}]}"#, "invalid_price"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["1290.01"]}]}"#, "invalid_price"),
        (#"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["NaN"]}]}"#, "invalid_price"),
        (
            #"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["129.00"]},"#
                + #"{"symbol":"ADA-USD","prices":["0.4","0.4"]}]}"#, "invalid_paths"
        ),
        (
            #"{"action":"play","interval_ms":20,"paths":[{"symbol":"SOL-USD","prices":["129.00"]},"#
                + #"{"symbol":"SOL-USD","prices":["129.00"]}]}"#, "invalid_paths"
        ),
    ]

    @Test func `a drill that makes no sense is a 400 with a code and changes nothing`() async throws {
        try await withDesk { desk async throws in
            for (body, code) in Self.senseless {
                #expect(try await desk.post("/readyz/marketdata/inject", body).status == 401, "not without the token")
                let answer = try await desk.post("/readyz/marketdata/inject", body, token: desk.record.token)
                #expect(answer.status == 400)
                #expect(answer.body["error"]["code"] == .text(code), "\(body)")
                #expect(try await desk.restore() == [])
            }
        }
    }

    @Test func `paths of ten thousand prices fit, and of one more do not`() async throws {
        try await withDesk { desk async throws in
            func body(_ count: Int) -> String {
                let prices = Array(repeating: "\"60000.00\"", count: count).joined(separator: ",")
                let paths = Instrument.all.prefix(1).map { #"{"symbol":"\#($0.symbol)","prices":[\#(prices)]}"# }
                return #"{"action":"play","interval_ms":1000,"paths":[\#(paths.joined(separator: ","))]}"#
            }
            let target = "/readyz/marketdata/inject"
            #expect(try await desk.post(target, body(10_001), token: desk.record.token).status == 400)
            #expect(try await desk.post(target, body(10_000), token: desk.record.token).status == 200)
            #expect(try await desk.quote("BTC-USD")["last"] == .text("60000.00"), "the first price at once")
        }
    }
}
