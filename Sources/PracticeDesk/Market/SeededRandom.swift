/// SplitMix64: a small seeded generator, so that a market or a ledger of one seed is the same on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from the range, by remainder: the bias over such small ranges does not matter here, the speed
    /// does.
    mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// Roughly normal noise around zero with a standard deviation of about `deviation`: the sum of four even ones.
    mutating func noise(deviation: Int64) -> Int64 {
        let spread = deviation * 866 / 1000
        return (0..<4).reduce(0) { sum, _ in sum + pick(-spread...spread) }
    }
}
