package import FoundationEssentials

/// An exact number as it was written: money, a limit, a measured value.
///
/// Equality and order are by value, so `500.0` equals `500.00`; the text is kept for showing. In JSON it is a string,
/// never a number, so that no reader rounds it.
package struct DecimalValue: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number.
    package let decimal: Decimal
    /// The spelling.
    package let description: String

    /// Takes a number of ours.
    package init(_ decimal: Decimal) {
        self.decimal = decimal
        description = decimal.description
    }

    /// Takes a whole number.
    package init(_ integer: Int) { self.init(Decimal(integer)) }

    /// Takes a number from outside: an optional minus, digits, at most one point, at most 34 digits.
    ///
    /// - Returns: nil for anything else. (`Decimal(string:)` takes `12abc` for 12.)
    package init?(parsing text: String) {
        var digits = 0
        var points = 0
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): points += 1
            case UInt8(ascii: "-") where offset == 0: continue
            default: return nil
            }
        }
        guard digits > 0, digits <= 34, points <= 1, let decimal = Decimal(string: text) else { return nil }
        self.decimal = decimal
        description = text
    }

    /// By value.
    package static func == (lhs: DecimalValue, rhs: DecimalValue) -> Bool { lhs.decimal == rhs.decimal }

    /// By value.
    package static func < (lhs: DecimalValue, rhs: DecimalValue) -> Bool { lhs.decimal < rhs.decimal }

    /// By value.
    package func hash(into hasher: inout Hasher) { hasher.combine(decimal) }
}

extension DecimalValue: ExpressibleByStringLiteral {
    /// A number in the source. A malformed one is a bug and stops the program.
    package init(stringLiteral value: String) {
        guard let parsed = DecimalValue(parsing: value) else { preconditionFailure("not a decimal: \(value)") }
        self = parsed
    }
}

extension DecimalValue: Codable {
    /// Reads a string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = DecimalValue(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a decimal: \(text)")
        }
        self = value
    }

    /// Writes the text as it was.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
