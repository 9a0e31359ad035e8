import FoundationEssentials
import Readiness
import Testing
import Validators

struct PearsonOracleTests {
    /// Twenty returns that repeat a pattern of four, so that sums are small whole numbers.
    private func series(_ pattern: [Int], times: Int = 5) -> [String] {
        (0..<times).flatMap { _ in pattern.map(String.init) }
    }

    private func rounded(_ held: [String], _ wanted: [String]) -> DecimalValue? {
        PearsonOracle.coefficient(held, wanted).map { DecimalValue($0) }
    }

    @Test func `coefficients that can be worked out by hand`() {
        #expect(rounded(series([1, 2, 3, 4]), series([1, 2, 3, 4])) == "1")
        #expect(rounded(series([1, 2, 3, 4]), series([4, 3, 2, 1])) == "-1")
        #expect(rounded(series([1, -1, 1, -1]), series([1, 1, -1, -1])) == "0")
        #expect(rounded(series([1, 2, 3, 4]), series([2, 1, 4, 3])) == "0.6")
        // 1/√5, to 18 digits.
        #expect(rounded(series([1, 2, 3, 4]), series([-1, -1, 1, 1])) == "0.894427190999915879")
        #expect(rounded(series([1, 2, 3, 4]), series([1, -1, -1, 1])) == "0")
    }

    @Test func `scale and place change nothing`() {
        let tiny = series([1, 2, 3, 4]).map { "0.0000000\($0)" }
        #expect(rounded(tiny, series([2, 1, 4, 3])) == "0.6")
        #expect(rounded(series([1_000_001, 1_000_002, 1_000_003, 1_000_004]), series([2, 1, 4, 3])) == "0.6")
    }

    @Test func `twenty are enough, nineteen are not`() {
        let long = series([1, 2, 3, 4])
        #expect(PearsonOracle.coefficient(long, long) != nil)
        #expect(PearsonOracle.coefficient(Array(long.dropLast()), Array(long.dropLast())) == nil)
        #expect(PearsonOracle.coefficient([], []) == nil)
    }

    @Test func `different lengths, constants and what is no number have none`() {
        let long = series([1, 2, 3, 4], times: 6)
        #expect(PearsonOracle.coefficient(long, Array(long.dropLast())) == nil)
        #expect(PearsonOracle.coefficient(long, series([7, 7, 7, 7], times: 6)) == nil)
        #expect(PearsonOracle.coefficient(Array(repeating: "0.001", count: 24), long) == nil)
        for word in ["NaN", "Infinity", "-Infinity", "", "1e3", "0x1", " 1"] {
            #expect(PearsonOracle.coefficient(long.dropLast() + [word], long) == nil, "\(word)")
        }
    }

    @Test(arguments: ["4", "2", "0.0001", "0.000000000000000001", "1000000", "0.7"] as [DecimalValue])
    func `a square root gives back its square to 28 digits`(value: DecimalValue) {
        let root = PearsonOracle.squareRoot(value.decimal)
        #expect(abs(root * root - value.decimal) <= value.decimal * Decimal(sign: .plus, exponent: -28, significand: 1))
        #expect(PearsonOracle.squareRoot(0) == 0)
    }
}
