import FoundationEssentials
import Readiness
import Testing
import Validators

struct StepsTests {
    @Test(arguments: [
        ("1.00", "0.01", 100), ("0.999", "0.01", 99), ("0.01", "0.01", 1), ("0.009", "0.01", 0), ("-1", "0.01", 0),
        ("80000000000", "1.25", 64_000_000_000), ("0.3", "0.1", 3), ("1", "3", 0), ("3", "3", 1),
        ("2.9999999999999999", "3", 0),
    ])
    func `steps are counted down to whole ones`(amount: String, step: String, count: Int) throws {
        let amount = try #require(Decimal(string: amount))
        #expect(Steps.floor(amount, step: try #require(Decimal(string: step))) == count)
    }

    @Test func `an amount that is a third times three is not lost to rounding`() {
        let third = Decimal(1) / 3
        #expect(Steps.floor(third * 3, step: third) == 3)
        #expect(Steps.floor(Decimal(1), step: third) == 3)
    }

    @Test func `rounding up counts a part as a whole`() {
        #expect(Steps.ceiling(Decimal(string: "0.011")!, step: Decimal(string: "0.01")!) == 2)
        #expect(Steps.ceiling(Decimal(string: "0.02")!, step: Decimal(string: "0.01")!) == 2)
    }

    @Test func `no step, and more steps than can be counted, are no number`() {
        #expect(Steps.floor(1, step: 0) == nil)
        #expect(Steps.floor(Decimal(string: "1e30")!, step: Decimal(string: "0.01")!) == nil)
        #expect(Steps.floor(.nan, step: 1) == nil)
    }

    @Test func `a duration from a criterion is cut to microseconds`() {
        #expect(Duration(milliseconds: "2000") == .seconds(2))
        #expect(Duration(milliseconds: "0.5") == .microseconds(500))
        #expect(Duration(milliseconds: "-3") == .zero)
    }
}
