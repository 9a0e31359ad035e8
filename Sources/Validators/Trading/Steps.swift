package import FoundationEssentials
package import Readiness

/// Exact arithmetic with steps of a price or a quantity.
package enum Steps {
    /// The greatest whole number of steps that does not exceed an amount; 0 for a negative one, nil for what no `Int`
    /// holds.
    package static func floor(_ amount: Decimal, step: Decimal) -> Int? {
        guard step > 0, amount.isFinite, step.isFinite else { return nil }
        guard amount > 0 else { return 0 }
        // A quotient of decimals is rounded at its last digit, so it only gives the place to look at.
        guard let near = whole(amount / step), near < Int.max - 1 else { return nil }
        if Decimal(near) * step > amount { return near - 1 }
        return Decimal(near + 1) * step <= amount ? near + 1 : near
    }

    /// The same rounded up.
    package static func ceiling(_ amount: Decimal, step: Decimal) -> Int? {
        guard let below = floor(amount, step: step) else { return nil }
        return amount > 0 && Decimal(below) * step < amount ? below + 1 : below
    }

    /// A quotient for people, cut to eight digits after the point. Exact wherever eight digits are enough.
    package static func shown(_ amount: Decimal, over divisor: Decimal) -> Decimal {
        guard divisor != 1 else { return amount }
        guard let scaled = floor(amount * 100_000_000, step: divisor) else { return amount / divisor }
        return Decimal(sign: .plus, exponent: -8, significand: Decimal(scaled))
    }

    /// A number for people and records, cut towards zero after so many digits behind the point; as it is beyond what an
    /// `Int` holds of such steps.
    package static func cut(_ amount: Decimal, digits: Int) -> Decimal {
        let step = Decimal(sign: .plus, exponent: -digits, significand: 1)
        guard let steps = floor(amount < 0 ? -amount : amount, step: step) else { return amount }
        return Decimal(sign: amount < 0 ? .minus : .plus, exponent: -digits, significand: Decimal(steps))
    }

    private static func whole(_ value: Decimal) -> Int? { Int(value.description.prefix { $0 != "." }) }
}

extension Duration {
    /// Milliseconds as a criteria file writes them, cut to whole microseconds; zero for what makes no sense.
    package init(milliseconds value: DecimalValue) {
        self = .microseconds(Steps.floor(value.decimal * 1000, step: 1) ?? 0)
    }
}
