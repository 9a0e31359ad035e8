package import FoundationEssentials

/// Whole numbers that stand for decimals with a fixed number of digits after the point: reading and writing them.
package enum FixedPoint {
    /// The number `units` × 10^−scale, exactly.
    package static func decimal(_ units: Int64, scale: Int) -> Decimal {
        Decimal(sign: units < 0 ? .minus : .plus, exponent: -scale, significand: Decimal(units.magnitude))
    }

    /// Decimal text of `units` × 10^−scale with all its digits after the point.
    package static func text(_ units: Int64, scale: Int) -> String {
        var digits = String(units.magnitude)
        if digits.utf8.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
        }
        let whole = digits.prefix(digits.utf8.count - scale)
        let sign = units < 0 ? "-" : ""
        return scale == 0 ? sign + digits : "\(sign)\(whole).\(digits.suffix(scale))"
    }

    /// Reads plain decimal text (`12`, `12.50`) as a whole number of 10^−scale.
    ///
    /// Strict: no sign, exponent, blank, bare point or `NaN`; digits past the scale only if they are zeros; at most 24
    /// characters. `Decimal(string:)` would read `12abc` as 12.
    ///
    /// - Returns: nil for anything else, and for what does not fit.
    package static func parse(_ text: some StringProtocol, scale: Int) -> Int64? {
        guard (1...24).contains(text.utf8.count) else { return nil }
        var units: Int64 = 0
        var wholeDigits = 0
        var fractionDigits: Int?
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard fractionDigits == nil, wholeDigits > 0 else { return nil }
                fractionDigits = 0
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            if let seen = fractionDigits {
                fractionDigits = seen + 1
                if seen >= scale {
                    guard digit == 0 else { return nil }
                    continue
                }
            } else {
                wholeDigits += 1
            }
            guard let next = appending(digit, to: units) else { return nil }
            units = next
        }
        guard wholeDigits > 0, fractionDigits != 0 else { return nil }
        for _ in min(fractionDigits ?? 0, scale)..<scale {
            guard let next = appending(0, to: units) else { return nil }
            units = next
        }
        return units
    }

    private static func appending(_ digit: Int64, to units: Int64) -> Int64? {
        let (product, overflow) = units.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        return overflow || carry ? nil : sum
    }
}
