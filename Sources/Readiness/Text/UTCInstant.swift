/// A moment of the wall clock, UTC, for records. Durations are never computed from it.
package struct UTCInstant: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z. Range: the years 0000 to 9999.
    package let microseconds: Int64

    /// Takes microseconds since 1970.
    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// `2026-11-20T23:08:11.299481Z`.
    package var description: String {
        let days = microseconds.floorDivided(by: 86_400_000_000)
        let rest = microseconds - days * 86_400_000_000
        let (year, month, day) = Self.civil(days)
        let seconds = rest / 1_000_000
        return Self.pad(year, 4) + "-" + Self.pad(month, 2) + "-" + Self.pad(day, 2) + "T" + Self.pad(seconds / 3600, 2)
            + ":"
            + Self.pad(seconds / 60 % 60, 2) + ":" + Self.pad(seconds % 60, 2) + "." + Self.pad(rest % 1_000_000, 6)
            + "Z"
    }

    /// The time of day, `23:08:11`, UTC.
    package var timeOfDay: String {
        let text = description
        return String(text.dropFirst(11).prefix(8))
    }

    /// Takes the form that `description` writes, with one to six digits of fraction or none.
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        func number(_ from: Int, _ count: Int) -> Int64? {
            guard from + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[from..<from + count] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        let marks: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        guard marks.allSatisfy({ bytes[$0.0] == $0.1.asciiValue }) else { return nil }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2)
        else { return nil }
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61 else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes.count - 21
            guard bytes[19] == UInt8(ascii: "."), (1...9).contains(digits), var value = number(20, digits) else {
                return nil
            }
            for _ in digits..<max(6, digits) { value *= 10 }
            for _ in 6..<max(6, digits) { value /= 10 }
            fraction = value
        }
        let days = Self.days(year, month, day)
        microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    /// By time.
    package static func < (lhs: UTCInstant, rhs: UTCInstant) -> Bool { lhs.microseconds < rhs.microseconds }

    // Howard Hinnant's civil_from_days and days_from_civil (https://howardhinnant.github.io/date_algorithms.html).
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension UTCInstant: Codable {
    /// Reads a string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = UTCInstant(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UTC time: \(text)")
        }
        self = instant
    }

    /// Writes `description`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
