/// A length of time as a command line gives it: a whole number and a unit.
struct TimeBudget: Sendable, Equatable {
    /// From 1 ms to 30 days.
    let duration: Duration

    /// What is accepted, for a message.
    static let accepted = "a whole number and a unit, such as 500ms, 90s, 30m or 2h, at most 30 days"

    /// Takes a text; nil for what is no such time.
    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number > 0,
            let milliseconds = Self.milliseconds[String(text.dropFirst(digits.count))]
        else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: milliseconds)
        guard !overflows, product <= Self.most else { return nil }
        duration = .milliseconds(product)
    }

    private static let milliseconds: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000]
    private static let most: Int64 = 30 * 24 * 3_600_000
}
