import FoundationEssentials
import Readiness

/// Pairs of series to ask for: on both sides of each tier's limit, and everything that has no coefficient.
struct CorrelationCases: Sendable {
    /// A question with a name for people.
    struct Case: Sendable {
        var name: String
        var request: CorrelationRequest
    }

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// For each tier a hundredth below and above its limit, for series of these lengths; the rest for the first tier.
    mutating func all(for limits: [DeclaredLimit], lengths: [Int]) -> [Case] {
        var cases: [Case] = []
        for limit in limits {
            for length in lengths {
                for offset in [Decimal(-1) / 100, Decimal(1) / 100] {
                    let wanted = min(max(limit.threshold.value.decimal + offset, -1), 1)
                    let pair = CorrelatedSeries(correlation: wanted, count: length, random: &random)
                    cases.append(
                        Case(
                            name: "\(wanted) of \(length)",
                            request: CorrelationRequest(tier: limit.scope, held: pair.held, wanted: pair.wanted)))
                }
            }
        }
        return cases + (limits.first.map { borders(of: $0.scope) } ?? [])
    }

    private mutating func borders(of tier: String) -> [Case] {
        let pair = CorrelatedSeries(correlation: Decimal(1) / 10, count: 60, random: &random)
        let (held, wanted) = (pair.held, pair.wanted)
        let flat = Array(repeating: "0.001", count: 60)
        func with(_ word: String) -> [String] { held.dropLast() + [word] }
        let rows: [(String, [String], [String])] = [
            ("one too few", Array(held.prefix(19)), Array(wanted.prefix(19))),
            ("just enough", Array(held.prefix(20)), Array(wanted.prefix(20))),
            ("none at all", [], []),
            ("different lengths", held, Array(wanted.dropLast())),
            ("NaN held", with("NaN"), wanted), ("NaN wanted", wanted, with("NaN")),
            ("Infinity", with("Infinity"), wanted), ("empty text", with(""), wanted),
            ("constant held", flat, wanted), ("constant wanted", held, flat), ("both constant", flat, flat),
            ("the same", held, held), ("the opposite", held, held.map(Self.negated)),
        ]
        return rows.map { name, held, wanted in
            Case(name: name, request: CorrelationRequest(tier: tier, held: held, wanted: wanted))
        }
    }

    private static func negated(_ text: String) -> String {
        text.hasPrefix("-") ? String(text.dropFirst()) : "-" + text
    }
}
