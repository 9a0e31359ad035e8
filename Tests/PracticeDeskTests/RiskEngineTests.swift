import Foundation
import PracticeDesk
import Testing

struct RiskEngineTests {
    private let faults = FaultBoard()

    private func limits() throws -> RiskLimits {
        let blocks = [
            ("sniper", "100.00", "10000.00", "4.00", "200.00", 5, "0.70"),
            ("hunter", "500.00", "50000.00", "5.00", "1000.00", 10, "0.80"),
            ("strategist", "2500.00", "250000.00", "6.00", "5000.00", 20, "0.85"),
        ].map { tier, quantity, notional, collar, position, open, correlation in
            """
              \(tier):
                max_order_quantity: \(quantity)
                max_order_notional: \(notional)
                price_collar_percent: \(collar)
                max_position_quantity: \(position)
                max_open_orders: \(open)
                max_correlation: \(correlation)
            """
        }
        let sizing = "sizing: {kelly_fraction: 0.25, kelly_max_fraction: 0.10, kelly_min_trades: 30}"
        let text = "schema: 1\n\(sizing)\ntiers:\n" + blocks.joined(separator: "\n")
        return try LimitsFile.parse(Array(text.utf8), path: "limits.yaml", faults: faults)
    }

    private func engine() throws -> RiskEngine { RiskEngine(limits: try limits(), faults: faults) }

    private func terms(
        _ tier: Tier, _ symbol: String = "SOL-USD", _ side: Side = .buy, lots: Int64 = 100, e4: Int64 = 1_290_000
    ) throws -> OrderTerms {
        OrderTerms(
            account: try #require(Account.all.first { $0.tier == tier && $0.acceptsOrders }),
            instrument: try #require(Instrument.named(symbol)), side: side, quantity: Quantity(lots: lots),
            price: Price(e4: e4))
    }

    @Test(arguments: [(Tier.sniper, 10_000), (.hunter, 50_000), (.strategist, 250_000)] as [(Tier, Int64)])
    func `an order quantity is accepted at its limit and denied one lot above`(tier: Tier, lots: Int64) throws {
        let engine = try engine()
        for (extra, reason) in [(-1, nil), (0, nil), (1, .maxOrderQuantity)] as [(Int64, ReasonCode?)] {
            let order = try terms(tier, "ADA-USD", lots: lots + extra, e4: 4000)
            #expect(engine.decide(order, in: RiskContext()).reason == reason)
        }
    }

    @Test(arguments: [(Tier.sniper, 10_000), (.hunter, 50_000), (.strategist, 250_000)] as [(Tier, Int64)])
    func `a notional is accepted at its limit and denied one tick above`(tier: Tier, dollars: Int64) throws {
        let engine = try engine()
        // 4 BTC per 240,000 dollars; the price is chosen so that quantity × price is the limit exactly.
        let lots = dollars * 100 / 62_500
        let price = Price(e4: 625_000_000)
        #expect(Quantity(lots: lots).decimal * price.decimal == Decimal(dollars))
        let at = try terms(tier, "BTC-USD", lots: lots, e4: price.e4)
        // 62,500 is beyond the sniper's collar of 4 %, which is tried after the notional.
        #expect(engine.decide(at, in: RiskContext()).reason == (tier == .sniper ? .priceCollar : nil))
        let above = try terms(tier, "BTC-USD", lots: lots, e4: price.e4 + 100)
        #expect(engine.decide(above, in: RiskContext()).reason == .maxOrderNotional)
    }

    @Test(arguments: [(Tier.sniper, 4), (.hunter, 5), (.strategist, 6)] as [(Tier, Int64)], [Side.buy, .sell])
    func `a price is accepted on the collar and denied one tick outside, both ways`(
        limit: (Tier, Int64), side: Side
    ) throws {
        let engine = try engine()
        let (tier, percent) = limit
        for symbol in ["SOL-USD", "ADA-USD"] {
            let instrument = try #require(Instrument.named(symbol))
            let distance = instrument.reference.e4 * percent / 100
            for direction in [-1, 1] as [Int64] {
                let edge = instrument.reference.e4 + direction * distance
                let inside = try terms(tier, symbol, side, lots: 1, e4: edge)
                #expect(engine.decide(inside, in: RiskContext()).reason == nil)
                let outside = try terms(tier, symbol, side, lots: 1, e4: edge + direction * instrument.tick.e4)
                #expect(engine.decide(outside, in: RiskContext()).reason == .priceCollar)
            }
        }
    }

    @Test(arguments: [Side.buy, .sell])
    func `a position counts what is held, what works on the same side and the order`(side: Side) throws {
        let engine = try engine()
        let sign: Int64 = side == .buy ? 1 : -1
        let context = RiskContext(position: Quantity(lots: sign * 9000), workingSameSide: Quantity(lots: 6000))
        let at = try terms(.sniper, "ADA-USD", side, lots: 5000, e4: 4000)
        #expect(engine.decide(at, in: context).reason == nil)
        let above = try terms(.sniper, "ADA-USD", side, lots: 5001, e4: 4000)
        #expect(engine.decide(above, in: context).reason == .maxPositionQuantity)
        // The other way the same order only brings the position down.
        let other = try terms(.sniper, "ADA-USD", side == .buy ? .sell : .buy, lots: 5001, e4: 4000)
        #expect(engine.decide(other, in: context).reason == nil)
    }

    @Test(arguments: [(Tier.sniper, 5), (.hunter, 10), (.strategist, 20)])
    func `as many orders may work as the limit says, and not one more`(tier: Tier, open: Int) throws {
        let engine = try engine()
        let order = try terms(tier, lots: 1)
        #expect(engine.decide(order, in: RiskContext(openOrdersAfter: open)).reason == nil)
        #expect(engine.decide(order, in: RiskContext(openOrdersAfter: open + 1)).reason == .maxOpenOrders)
    }

    @Test func `kill switch and stale data come first, and the rules name what was tried`() throws {
        let engine = try engine()
        let huge = try terms(.sniper, lots: 1_000_000)
        let stopped = engine.decide(huge, in: RiskContext(killSwitchEngaged: true, marketDataAge: 9999))
        #expect(stopped == RiskDecision(reason: .killSwitch, rules: ["kill_switch"]))
        let stale = engine.decide(huge, in: RiskContext(marketDataAge: RiskEngine.staleAfter))
        #expect(stale == RiskDecision(reason: .staleMarketData, rules: ["kill_switch", "stale_market_data"]))
        let fresh = engine.decide(huge, in: RiskContext(marketDataAge: RiskEngine.staleAfter - 1))
        #expect(fresh.reason == .maxOrderQuantity)
        #expect(fresh.rules == ["kill_switch", "stale_market_data", "max_order_quantity"])
        let accepted = engine.decide(try terms(.sniper, lots: 1), in: RiskContext())
        #expect(accepted.rules == ["kill_switch", "stale_market_data"] + LimitName.allCases.map(\.rawValue))
    }

    /// A series that goes up and down, and one that does the same in part: their coefficient is known.
    private func series(likeness: Int) -> [Decimal] {
        (0..<40).map { Decimal($0 % 2 == 0 ? 1 : -1) * Decimal(10) + Decimal(($0 / 2 % 2 == 0 ? 1 : -1) * likeness) }
    }

    @Test func `what moves too much like what is held is denied, and closing never is`() throws {
        let engine = try engine()
        let wanted = ReturnSeries(series(likeness: 0))
        // 10/√(100 + likeness²): 0.8 exactly at 7.5, so 7 is above the hunter's limit and 8 below it.
        func reason(_ likeness: Int, _ order: OrderTerms, position: Int64 = 0) -> ReasonCode? {
            let context = RiskContext(
                position: Quantity(lots: position), returns: wanted,
                returnsHeld: [ReturnSeries(series(likeness: likeness))])
            return engine.decide(order, in: context).reason
        }
        let buy = try terms(.hunter)
        #expect(reason(7, buy) == .maxCorrelation)
        #expect(reason(8, buy) == nil)
        #expect(engine.decide(buy, in: RiskContext(returns: wanted)).reason == nil, "nothing else is held")
        let sell = try terms(.hunter, "SOL-USD", .sell)
        #expect(reason(0, sell, position: 100) == nil, "closes what is held")
        #expect(reason(0, sell, position: 99) == .maxCorrelation, "turns the position round")
        #expect(reason(0, buy, position: -100) == nil, "closes a short position")
    }

    @Test func `each symbol that is held is compared, over as many returns as both have`() throws {
        let engine = try engine()
        let order = try terms(.hunter)
        let wanted = series(likeness: 0)
        func reason(_ held: [[Decimal]]) -> ReasonCode? {
            let context = RiskContext(returns: ReturnSeries(wanted), returnsHeld: held.map { ReturnSeries($0) })
            return engine.decide(order, in: context).reason
        }
        #expect(reason([series(likeness: 50), series(likeness: 0)]) == .maxCorrelation)
        #expect(reason([Array(wanted.suffix(20))]) == .maxCorrelation)
        #expect(reason([Array(wanted.suffix(19))]) == .correlationUnknown)
        #expect(reason([Array(repeating: 1, count: 40)]) == .correlationUnknown)
        let same = RiskContext(returns: ReturnSeries(wanted), returnsHeld: [ReturnSeries(wanted)])
        let denied = engine.decide(order, in: same)
        #expect(denied.rules.last == "max_correlation")
        faults.set(.correlationIgnored, .none)
        #expect(reason([wanted]) == nil)
        #expect(reason([Array(repeating: 1, count: 40)]) == nil)
        faults.clear(.correlationIgnored)
        faults.set(.riskOff, .none)
        #expect(reason([wanted]) == nil, "a limit like the others")
    }

    @Test func `risk-fails-open lets old data pass and no other rule`() throws {
        let engine = try engine()
        faults.set(.riskFailsOpen, .none)
        let old = RiskContext(marketDataAge: 60_000)
        #expect(engine.decide(try terms(.sniper, lots: 1), in: old).reason == nil)
        #expect(engine.decide(try terms(.sniper, lots: 10_001), in: old).reason == .maxOrderQuantity)
        let stopped = RiskContext(killSwitchEngaged: true, marketDataAge: 60_000)
        #expect(engine.decide(try terms(.sniper, lots: 1), in: stopped).reason == .killSwitch)
    }

    @Test(arguments: [Int64(1), 7])
    func `limit-off-by-one moves the hunter's order quantity by that many lots and nothing else`(ticks: Int64) throws {
        let engine = try engine()
        faults.set(.limitOffByOne, .lots(ticks))
        #expect(
            engine.decide(try terms(.hunter, "ADA-USD", lots: 50_000 + ticks, e4: 4000), in: RiskContext()).reason
                == nil)
        let above = try terms(.hunter, "ADA-USD", lots: 50_001 + ticks, e4: 4000)
        #expect(engine.decide(above, in: RiskContext()).reason == .maxOrderQuantity)
        let sniper = try terms(.sniper, "ADA-USD", lots: 10_001, e4: 4000)
        #expect(engine.decide(sniper, in: RiskContext()).reason == .maxOrderQuantity)
        #expect(try limits().inForce(.maxOrderQuantity, for: .hunter)?.text == "500.00")
    }
}
