import FoundationEssentials
import Readiness
import Testing
import Validators

struct KellyOracleTests {
    private let oracle = KellyOracle(fraction: Decimal(1) / 4, maxFraction: Decimal(1) / 10, minTrades: 30)

    private func answer(
        p: String, b: String, trades: Int = 100, capital: String = "100000.00", price: String = "100.00"
    ) -> KellyOracle.Answer {
        oracle.answer(
            to: SizeRequest(
                tier: "hunter", symbol: "SOL-USD", winProbability: p, odds: b, trades: trades, capital: capital,
                price: price), lot: DecimalValue("0.01").decimal)
    }

    private func size(_ fraction: DecimalValue, _ quantity: DecimalValue) -> KellyOracle.Answer {
        .size(fraction: fraction.decimal, least: quantity.decimal, most: quantity.decimal)
    }

    @Test func `sizes that can be worked out by hand`() {
        // f* = (0.55·1.5 − 0.45)/1.5 = 0.25; a quarter of it is a sixteenth.
        #expect(answer(p: "0.55", b: "1.5") == size("0.0625", "62.50"))
        #expect(answer(p: "0.6", b: "1") == size("0.05", "50.00"))
        #expect(answer(p: "0.55", b: "1.5", price: "99.99") == size("0.0625", "62.50"))
        #expect(answer(p: "0.55", b: "1.5", price: "100.01") == size("0.0625", "62.49"))
    }

    @Test func `the clamp holds from the share on that reaches it`() {
        #expect(answer(p: "0.699999", b: "1") == size("0.0999995", "99.99"))
        #expect(answer(p: "0.7", b: "1") == size("0.1", "100.00"))
        #expect(answer(p: "0.700001", b: "1") == size("0.1", "100.00"))
        #expect(answer(p: "1", b: "0.000001") == size("0.1", "100.00"))
    }

    @Test func `a share without a decimal form that falls on a whole lot leaves the last lot open`() {
        // (0.35·3 − 0.65)/3/4 = 1/30; of 90000 that is 3000, 30 units of 100.
        let answer = answer(p: "0.35", b: "3", capital: "90000.00")
        guard case .size(let fraction, let least, let most) = answer else {
            Issue.record("no size: \(answer)")
            return
        }
        #expect(Steps.cut(fraction, digits: 12) == DecimalValue("0.033333333333").decimal)
        #expect(least == DecimalValue("29.99").decimal)
        #expect(most == 30)
    }

    @Test func `capital for less than a lot buys none`() {
        #expect(answer(p: "0.55", b: "1.5", capital: "0.01") == size("0.0625", "0"))
    }

    @Test(arguments: [
        ("0.4", "1.5"), ("0.399999", "1.5"), ("0.5", "1"), ("0", "2"), ("0", "1000000"), ("0.000000000001", "1000000"),
    ])
    func `no edge, to the last digit, is no size`(p: String, b: String) {
        #expect(answer(p: p, b: b) == .none(reason: "no_edge"))
    }

    @Test func `the least edge is one`() {
        #expect(answer(p: "0.400001", b: "1.5") != .none(reason: "no_edge"))
    }

    @Test(arguments: [
        ("NaN", "1.5", "1"), ("0.55", "NaN", "1"), ("0.55", "1.5", "Infinity"), ("", "1.5", "1"), ("-0.1", "1.5", "1"),
        ("1.000001", "1.5", "1"), ("0.55", "0", "1"), ("0.55", "-1", "1"), ("0.55", "1.5", "0"),
        ("0.55abc", "1.5", "1"), ("5.5e-1", "1.5", "1"),
    ])
    func `what is no number or makes no sense is invalid`(p: String, b: String, capital: String) {
        #expect(answer(p: p, b: b, capital: capital) == .none(reason: "invalid_input"))
        #expect(answer(p: "0.55", b: "1.5", price: capital == "1" ? "0" : capital) == .none(reason: "invalid_input"))
    }

    @Test func `just enough trades are enough, and invalid input goes before, no edge after`() {
        #expect(answer(p: "0.55", b: "1.5", trades: 30) == size("0.0625", "62.50"))
        #expect(answer(p: "0.55", b: "1.5", trades: 29) == .none(reason: "too_few_trades"))
        #expect(answer(p: "1.5", b: "1.5", trades: 0) == .none(reason: "invalid_input"))
        #expect(answer(p: "0.1", b: "1", trades: 0) == .none(reason: "too_few_trades"))
    }
}
