package import FoundationEssentials

/// Decimal numbers as text: read strictly from outside, written plainly for it.
package enum DecimalText {
    /// Longer numbers are refused: within this their squares and the sums of those fit a `Decimal` with room to spare.
    static let lengthBound = 48

    /// Reads plain decimal text: an optional minus, digits, at most one point with digits on both sides.
    ///
    /// Strict, because `Decimal(string:)` reads `12abc` as 12. No exponent, blank, plus sign or `NaN`; at most 48
    /// characters, of which some 38 digits count.
    ///
    /// - Returns: nil for anything else.
    package static func parse(_ text: String) -> Decimal? {
        guard (1...lengthBound).contains(text.utf8.count) else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        guard isPlain, let value = Decimal(string: text), value.isFinite else { return nil }
        return value
    }

    /// Decimal text without an exponent, cut (towards zero, not rounded) after so many digits behind the point.
    ///
    /// Zeros at the end are left out down to `atLeast` digits. Cut and not rounded, so that a size is never more than
    /// what was computed.
    package static func cut(_ value: Decimal, digits: Int, atLeast: Int = 0) -> String {
        let parts = value.description.split(separator: ".", maxSplits: 1)
        var fraction = parts.count > 1 ? parts[1].prefix(digits) : ""
        while fraction.utf8.count > atLeast, fraction.last == "0" { fraction.removeLast() }
        let tail = fraction + String(repeating: "0", count: max(0, atLeast - fraction.utf8.count))
        let text = tail.isEmpty ? String(parts[0]) : "\(parts[0]).\(tail)"
        // Nothing is left of a small negative number but its sign.
        return text.utf8.allSatisfy { "-0.".utf8.contains($0) } ? text.filter { $0 != "-" } : text
    }
}
