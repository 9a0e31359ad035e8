import FoundationEssentials

/// Two made-up series of returns whose correlation is as wanted: y = ρ·x + √(1 − ρ²)·z, with z made orthogonal to x and
/// as long. Rounded to eight digits, so that the oracle and not the construction has the last word.
struct CorrelatedSeries: Sendable {
    /// Returns as text, oldest first.
    let held: [String]
    /// As many.
    let wanted: [String]

    init(correlation: Decimal, count: Int, random: inout SeededGenerator) {
        let x = Self.centred(count, &random)
        var z = Self.centred(count, &random)
        let share = Self.product(x, z) / Self.product(x, x)
        z = zip(x, z).map { $1 - share * $0 }
        let stretch =
            PearsonOracle.squareRoot(1 - correlation * correlation)
            * PearsonOracle.squareRoot(Self.product(x, x) / Self.product(z, z))
        held = x.map(Self.text)
        wanted = zip(x, z).map { Self.text(correlation * $0 + stretch * $1) }
    }

    /// Whole numbers up to a million either way, less their mean.
    private static func centred(_ count: Int, _ random: inout SeededGenerator) -> [Decimal] {
        let numbers = (0..<count).map { _ in Int.random(in: -1_000_000...1_000_000, using: &random) }
        let mean = Decimal(numbers.reduce(0, +)) / Decimal(count)
        return numbers.map { Decimal($0) - mean }
    }

    private static func product(_ left: [Decimal], _ right: [Decimal]) -> Decimal {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// In hundred-millionths: a million is a return of one percent.
    private static func text(_ value: Decimal) -> String { Steps.cut(value / 100_000_000, digits: 8).description }
}
