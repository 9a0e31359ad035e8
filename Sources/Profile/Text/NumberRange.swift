import Readiness

/// The numbers that a key accepts.
struct NumberRange: Sendable {
    let lowest: DecimalValue
    let highest: DecimalValue
    /// Whether the number must be written without a point.
    var isWhole = false
    /// The unit that the key's name gives, for messages.
    let unit: String

    /// What is accepted, in the words of a message.
    var description: String { "a \(isWhole ? "whole" : "decimal") number from \(lowest) to \(highest) (\(unit))" }

    /// Why a number outside is wrong, or nil for one inside.
    func objection(to value: DecimalValue) -> String? {
        if isWhole, value.description.contains(".") { return "is \(value), not a whole number" }
        guard value >= lowest, value <= highest else { return "is \(value), out of range" }
        return nil
    }

    static func milliseconds() -> NumberRange {
        NumberRange(lowest: "0.001", highest: "600000", unit: "ms")
    }

    /// A share that may be nothing or all.
    static func percent() -> NumberRange { NumberRange(lowest: "0", highest: "100", unit: "percent") }

    /// A share that may be nothing or all, as a number from 0 to 1.
    static let share = NumberRange(lowest: "0", highest: "1", unit: "of the whole")

    static func count(upTo highest: DecimalValue, of unit: String) -> NumberRange {
        NumberRange(lowest: "0", highest: highest, isWhole: true, unit: unit)
    }
}

/// Numbers as configuration files may spell them.
enum PlainNumber {
    /// Reads an exact number: an optional minus, digits, at most one point; nil for anything else.
    ///
    /// YAML knows more spellings (`1e3`, `1_000`, `0x10`, `.inf`). They are refused because readers disagree about
    /// them, and so is a leading zero, which one YAML version takes for octal.
    static func parse(_ text: String) -> DecimalValue? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let startsWithZero = digits.first == UInt8(ascii: "0")
        if startsWithZero, let second = digits.dropFirst().first, second != UInt8(ascii: ".") { return nil }
        return DecimalValue(parsing: text)
    }
}
