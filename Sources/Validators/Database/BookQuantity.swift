import FoundationEssentials
import Readiness

/// A quantity of a ledger as a whole number of its least step, and sums of such: exact, whatever their number.
///
/// An `Int128` holds the sum of 2^64 numbers of 64 bits, so no sum over a ledger can overflow it.
struct BookQuantity: Hashable, Sendable, AdditiveArithmetic, Comparable {
    /// In steps.
    var steps: Int128

    static let zero = BookQuantity(steps: 0)

    /// Takes a value of a row: a whole number of steps, or text of decimal digits with no more of them after the point
    /// than the scale has.
    ///
    /// - Returns: nil for anything else; floating point above all.
    init?(_ value: LedgerValue, scale: Int) {
        switch value {
        case .integer(let steps): self.init(steps: Int128(steps))
        case .text(let text):
            guard let steps = Self.steps(of: text, scale: scale) else { return nil }
            self.init(steps: Int128(steps))
        case .real, .null, .unreadable: return nil
        }
    }

    init(steps: Int128) { self.steps = steps }

    static func + (lhs: BookQuantity, rhs: BookQuantity) -> BookQuantity { .init(steps: lhs.steps + rhs.steps) }
    static func - (lhs: BookQuantity, rhs: BookQuantity) -> BookQuantity { .init(steps: lhs.steps - rhs.steps) }
    static func < (lhs: BookQuantity, rhs: BookQuantity) -> Bool { lhs.steps < rhs.steps }

    /// The quantity in units, with all digits after the point.
    func value(scale: Int) -> DecimalValue {
        let digits = String(steps.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let point = padded.index(padded.endIndex, offsetBy: -scale)
        let text =
            (steps < 0 ? "-" : "") + padded[..<point] + (scale > 0 ? "." + padded[point...] : "")
        // More than 34 digits are beyond any ledger of 64-bit numbers; shown rounded, never compared so.
        return DecimalValue(parsing: text) ?? DecimalValue(Decimal(string: text) ?? 0)
    }

    /// Steps of 64 bits from text: an optional minus, digits, and at most `scale` digits after a point.
    private static func steps(of text: String, scale: Int) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let after = parts.count > 1 ? parts[1] : ""
        guard after.utf8.count <= scale else { return nil }
        let digits = whole.hasPrefix("-") ? whole.dropFirst() : whole
        guard !digits.isEmpty, (digits + after).utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(whole + after + String(repeating: "0", count: scale - after.utf8.count))
    }
}
