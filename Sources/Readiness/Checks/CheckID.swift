/// The stable name of a check: validator, subject and property, joined by dots.
///
/// It says what is checked, never the threshold or the fault: `recovery.backup.fresh`. Ids are public: they stand in
/// configuration, logs, waivers and reports, so a renamed check keeps its old id as an alias.
package struct CheckID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The id as written, `validator.subject.property`.
    package let description: String

    /// Takes an id that comes from outside.
    ///
    /// - Returns: nil unless the text is three or more dot-separated parts of lower-case letters, digits and hyphens.
    package init?(parsing text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        for part in parts {
            guard let first = part.utf8.first, first.isLowercaseLetter else { return nil }
            guard part.utf8.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }) else {
                return nil
            }
        }
        description = text
    }

    /// The validator that the check belongs to: the part before the first dot.
    package var validator: String { String(description.prefix { $0 != "." }) }

    /// Orders by spelling, which is what ties in the schedule are broken by.
    package static func < (lhs: CheckID, rhs: CheckID) -> Bool { lhs.description < rhs.description }
}

extension CheckID: ExpressibleByStringLiteral {
    /// Takes an id that stands in the source. A malformed one is a bug and stops the program.
    package init(stringLiteral value: String) {
        guard let id = CheckID(parsing: value) else { preconditionFailure("not a check id: \(value)") }
        self = id
    }
}

extension CheckID: Codable {
    /// Reads the id from a single string; a malformed one is a decoding error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = CheckID(parsing: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a check id: \(text)")
        }
        self = id
    }

    /// Writes the id as a single string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    fileprivate var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
