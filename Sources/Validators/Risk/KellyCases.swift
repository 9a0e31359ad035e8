import FoundationEssentials
import Readiness

/// Edges to ask sizes for: made up from a seed, at every border of the rules, and in ladders that only rise.
struct KellyCases: Sendable {
    /// A question, and the ladder that it belongs to.
    struct Case: Sendable {
        var request: SizeRequest
        var symbol: SymbolState
        /// Cases of one ladder come one after the other, each with at least the edge of the one before.
        var ladder: String?
    }

    private let tiers: [String]
    private let market: [SymbolState]
    private let minTrades: Int
    private var random: SeededGenerator

    init(tiers: [String], market: [SymbolState], minTrades: Int, seed: UInt64) {
        self.tiers = tiers
        self.market = market
        self.minTrades = minTrades
        random = SeededGenerator(seed: seed)
    }

    /// The borders, the ladders, and so many made-up cases, for each tier in turn.
    mutating func all(generated count: Int) -> [Case] {
        edges() + ladders() + (0..<count).map { generated($0) }
    }

    // MARK: - Made up

    private mutating func generated(_ number: Int) -> Case {
        let symbol = market[Int.random(in: market.indices, using: &random)]
        let ticks = max(1, Steps.floor(symbol.reference.decimal, step: symbol.tick.decimal) ?? 1)
        let price = Decimal(Int.random(in: max(1, ticks / 2)...(ticks * 2), using: &random)) * symbol.tick.decimal
        // Three scales of odds, because people quote 0.02 as well as 40.
        let odds = decimal(in: 1...999_999, digits: [2, 4, 6][Int.random(in: 0...2, using: &random)])
        return Case(
            request: request(
                number, symbol, p: decimal(in: 1...999_999, digits: 6), b: odds,
                trades: minTrades + Int.random(in: 0...500, using: &random),
                capital: decimal(in: 1...1_000_000_000, digits: 2), price: price.description),
            symbol: symbol)
    }

    private mutating func decimal(in range: ClosedRange<Int>, digits: Int) -> String {
        Decimal(
            sign: .plus, exponent: -digits, significand: Decimal(Int.random(in: range, using: &random))
        ).description
    }

    // MARK: - Borders

    private func edges() -> [Case] {
        let enough = minTrades + 100
        let rows: [(p: String, b: String, trades: Int, capital: String)] = [
            // No edge: exactly none, a little less, none at all; and the least that is one.
            ("0.5", "1", enough, "100000.00"), ("0.4", "1.5", enough, "100000.00"),
            ("0.399999", "1.5", enough, "100000.00"), ("0.400001", "1.5", enough, "100000.00"),
            ("0", "2", enough, "100000.00"), ("0", "1000000", enough, "100000.00"),
            ("0.000000000001", "1000000", enough, "100000.00"),
            // Certainty, and odds from tiny to huge.
            ("1", "1", enough, "100000.00"), ("1", "0.000001", enough, "100000.00"),
            ("0.999999", "0.000001", enough, "100000.00"), ("0.999999", "0.00001", enough, "100000.00"),
            ("0.000002", "1000000", enough, "100000.00"), ("0.9", "1000000000", enough, "100000.00"),
            // At the upper bound, on both sides of it, and a share without an exact decimal form.
            ("0.7", "1", enough, "100000.00"), ("0.699999", "1", enough, "100000.00"),
            ("0.700001", "1", enough, "100000.00"), ("0.35", "3", enough, "100000.00"),
            ("0.55", "1.5", enough, "100000.00"),
            // Capital for less than a lot, for one, and for a great many.
            ("0.55", "1.5", enough, "0.01"), ("0.55", "1.5", enough, "1.00"), ("0.55", "1.5", enough, "10000000.00"),
            // Trades: one too few, just enough, none.
            ("0.55", "1.5", minTrades - 1, "100000.00"), ("0.55", "1.5", minTrades, "100000.00"),
            ("0.55", "1.5", 0, "100000.00"),
            // No numbers, and numbers that make no sense.
            ("NaN", "1.5", enough, "100000.00"), ("0.55", "NaN", enough, "100000.00"),
            ("0.55", "1.5", enough, "NaN"), ("Infinity", "1.5", enough, "100000.00"),
            ("0.55", "Infinity", enough, "100000.00"), ("0.55", "1.5", enough, "-Infinity"),
            ("", "1.5", enough, "100000.00"), ("0.55", "", enough, "100000.00"), ("0.55", "1.5", enough, ""),
            ("-0.1", "1.5", enough, "100000.00"), ("1.000001", "1.5", enough, "100000.00"),
            ("55", "1.5", enough, "100000.00"), ("0.55", "-1.5", enough, "100000.00"),
            ("0.55", "0", enough, "100000.00"), ("0.55", "1.5", enough, "0"),
            ("0.55", "1.5", enough, "-100000.00"), ("0.55abc", "1.5", enough, "100000.00"),
            // Two reasons at once: the first one counts.
            ("1.5", "1.5", 0, "100000.00"), ("0.1", "1", 0, "100000.00"),
        ]
        let prices = ["0", "-1", "NaN", ""]
        let symbol = market[0]
        return rows.enumerated().map { number, row in
            Case(
                request: request(
                    number, symbol, p: row.p, b: row.b, trades: row.trades, capital: row.capital,
                    price: symbol.reference.description), symbol: symbol)
        }
            + prices.enumerated().map { number, price in
                Case(
                    request: request(
                        number, symbol, p: "0.55", b: "1.5", trades: enough, capital: "100000.00", price: price),
                    symbol: symbol)
            }
    }

    /// With a rising probability, and with rising odds, the size never falls.
    private func ladders() -> [Case] {
        tiers.indices.flatMap { place in
            let symbol = market[place % market.count]
            func rung(_ ladder: String, p: Decimal, b: Decimal) -> Case {
                Case(
                    request: request(
                        place, symbol, p: p.description, b: b.description, trades: minTrades + 1,
                        capital: "250000.00", price: symbol.reference.description),
                    symbol: symbol, ladder: "\(ladder).\(tiers[place])")
            }
            return (30...70).map { rung("probability", p: Decimal($0) / 100, b: Decimal(3) / 2) }
                + (5...45).map { rung("odds", p: Decimal(45) / 100, b: Decimal($0) / 10) }
        }
    }

    private func request(
        _ number: Int, _ symbol: SymbolState, p: String, b: String, trades: Int, capital: String, price: String
    ) -> SizeRequest {
        SizeRequest(
            tier: tiers[number % tiers.count], symbol: symbol.symbol, winProbability: p, odds: b, trades: trades,
            capital: capital, price: price)
    }
}
