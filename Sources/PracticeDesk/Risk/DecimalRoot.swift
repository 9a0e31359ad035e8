import FoundationEssentials

/// Square roots in decimals: `Decimal` has none, and a binary one would have 16 digits at best.
enum DecimalRoot {
    /// The root of a number to some 36 digits; nil for one that has none.
    static func of(_ value: Decimal) -> Decimal? {
        guard value.isFinite, value >= 0 else { return nil }
        if value == 0 { return 0 }
        // Newton's method from above comes down to the root and then stands still, or turns up by the last digit.
        var root = firstGuess(value)
        for _ in 0..<100 {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
        return root
    }

    /// A power of ten that is at least the root, and at most ten times it.
    private static func firstGuess(_ value: Decimal) -> Decimal {
        var root = Decimal(1)
        while root * root < value { root *= 10 }
        while root * root > value * 100 { root /= 10 }
        return root
    }
}
