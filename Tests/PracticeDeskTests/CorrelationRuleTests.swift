import Foundation
import PracticeDesk
import Testing

struct CorrelationRuleTests {
    private static let held = """
        0.01 -0.02 0.015 0.003 -0.007 0.011 -0.004 0.009 0.002 -0.013 0.006 0.001 -0.008 0.017 -0.005 0.012 -0.01 0.004 \
        0.008 -0.003
        """.split(separator: " ").map(String.init)
    private static let wanted = """
        0.008 -0.015 0.02 -0.001 -0.002 0.006 0.003 0.004 0.007 -0.02 0.001 0.005 -0.003 0.01 -0.009 0.018 -0.004 \
        -0.002 0.013 0.001
        """.split(separator: " ").map(String.init)

    private func numbers(_ texts: [String]) throws -> [Decimal] {
        try texts.map { try #require(DecimalText.parse($0)) }
    }

    @Test func `the coefficient is Pearson's to twenty digits`() throws {
        // By Python's decimal module with 60 digits: 0.8553026453573787182502029809…
        let expected = try #require(Decimal(string: "0.85530264535737871825"))
        let (x, y) = (try numbers(Self.held), try numbers(Self.wanted))
        #expect(CorrelationRule.coefficient(x, y) == expected)
        #expect(CorrelationRule.coefficient(y, x) == expected)
        // Neither scale nor offset changes it.
        let huge = Decimal(sign: .plus, exponent: 30, significand: 1)
        let tiny = Decimal(sign: .plus, exponent: -30, significand: 1)
        #expect(CorrelationRule.coefficient(x.map { $0 * huge }, y.map { $0 * tiny }) == expected)
        #expect(CorrelationRule.coefficient(x.map { $0 + 1000 }, y) == expected)
        #expect(CorrelationRule.coefficient(x.map { -$0 }, y) == -expected)
    }

    @Test func `the same series is one, its mirror minus one`() throws {
        let x = try numbers(Self.held)
        #expect(CorrelationRule.coefficient(x, x) == 1)
        #expect(CorrelationRule.coefficient(x, x.map { -$0 * 3 }) == -1)
    }

    @Test func `without movement, length or pairs there is no coefficient`() throws {
        let x = try numbers(Self.held)
        // Its sum has more digits than a decimal holds, so the mean is not the number itself.
        let odd = try #require(Decimal(string: "0.12345678901234567890123456789012345678"))
        for constant in [0, 1, odd] {
            #expect(CorrelationRule.coefficient(x, Array(repeating: constant, count: x.count)) == nil)
        }
        #expect(CorrelationRule.coefficient(Array(x.dropLast()), Array(x.dropLast())) == nil)
        #expect(CorrelationRule.coefficient(x, x + x) == nil)
        #expect(CorrelationRule.coefficient([], []) == nil)
    }

    @Test func `a coefficient at the limit is accepted, one above it denied`() throws {
        let rule = CorrelationRule(faults: FaultBoard())
        let plain = (0..<40).map { Decimal($0 % 2 == 0 ? 1 : -1) }
        // 4/√(4² + 3²) = 0.8 exactly.
        let mixed = (0..<40).map { plain[$0] * 4 + Decimal($0 / 2 % 2 == 0 ? 3 : -3) }
        let limit = try #require(Decimal(string: "0.8"))
        #expect(rule.verdict(held: plain, wanted: mixed, limit: limit) == .init(coefficient: limit, reason: nil))
        let below = try #require(Decimal(string: "0.79"))
        #expect(rule.verdict(held: plain, wanted: mixed, limit: below).reason == .maxCorrelation)
        #expect(rule.verdict(held: plain, wanted: mixed.map { -$0 }, limit: below).reason == nil)
        #expect(rule.verdict(held: plain, wanted: [], limit: below) == .init(reason: .correlationUnknown))
    }

    private func body(_ held: [String], _ wanted: [String], tier: String = "hunter") -> String {
        func list(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ",") }
        return #"{"tier":"\#(tier)","held":[\#(list(held))],"wanted":[\#(list(wanted))]}"#
    }

    @Test func `over the surface each tier has its own limit`() async throws {
        try await withDesk { desk async throws in
            let coefficient = JSONNode.text("0.85530264535737871825")
            for tier in ["sniper", "hunter", "strategist"] {
                let answer = try await desk.post(
                    "/readyz/risk/correlation", body(Self.held, Self.wanted, tier: tier))
                #expect(
                    answer.body
                        == .object([
                            "coefficient": coefficient, "decision": .text("deny"),
                            "reason_code": .text("max_correlation"),
                        ]))
            }
            let inverse = Self.wanted.map { $0.hasPrefix("-") ? String($0.dropFirst()) : "-" + $0 }
            let accepted = try await desk.post("/readyz/risk/correlation", body(Self.held, inverse)).body
            #expect(accepted["decision"] == .text("accept"))
            #expect(accepted["reason_code"] == .null)
            _ = try await desk.faults.set("correlation-ignored")
            let ignored = try await desk.post("/readyz/risk/correlation", body(Self.held, Self.wanted)).body
            #expect(
                ignored == .object(["coefficient": .null, "decision": .text("accept"), "reason_code": .null]))
            _ = try await desk.faults.clear("correlation-ignored")
            let again = try await desk.post("/readyz/risk/correlation", body(Self.held, Self.wanted)).body
            #expect(again["coefficient"] == coefficient)
        }
    }

    private static let unknown: [(held: [String], wanted: [String])] = [
        (held, wanted.dropLast() + ["NaN"]), (held.dropLast(), wanted), (held.dropLast(), wanted.dropLast()),
        (held, Array(repeating: "0.01", count: 20)), ([], []), (held, wanted.dropLast() + ["1e-3"]),
        (held, wanted.dropLast() + [""]),
        // One of each is no number: dropping both would leave a pair of twenty.
        (held + ["x"], wanted + ["x"]),
    ]

    @Test func `what cannot be told is denied, and is an answer`() async throws {
        try await withDesk { desk async throws in
            for (held, wanted) in Self.unknown {
                let answer = try await desk.post("/readyz/risk/correlation", body(held, wanted))
                #expect(answer.status == 200)
                #expect(answer.body["coefficient"] == .null)
                #expect(answer.body["decision"] == .text("deny"))
                #expect(answer.body["reason_code"] == .text("correlation_unknown"), "\(held.count) \(wanted.suffix(2))")
            }
        }
    }

    @Test func `ten thousand returns are taken, one more is not, and neither is another shape`() async throws {
        try await withDesk { desk async throws in
            let long = (0..<10_000).map { $0 % 2 == 0 ? "0.0123456789" : "-0.0000\($0)" }
            let answer = try await desk.post("/readyz/risk/correlation", body(long, long))
            #expect(answer.body["coefficient"] == .text("1"))
            for (wrong, code) in [
                (body(long + ["0"], long), "series_too_long"), (body(long, long, tier: "x"), "unknown_tier"),
                (#"{"tier":"hunter","held":[0.1],"wanted":[]}"#, "malformed_json"),
                (#"{"tier":"hunter","held":[]}"#, "missing_field"), ("{}", "missing_field"),
            ] {
                let refused = try await desk.post("/readyz/risk/correlation", wrong)
                #expect(refused.status == 400)
                #expect(refused.body["error"]["code"] == .text(code))
            }
            let flood = body(Array(repeating: "0.1234567890", count: 100_000), [])
            #expect(try await desk.post("/readyz/risk/correlation", flood).status == 413)
        }
    }
}
