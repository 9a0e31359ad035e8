import FoundationEssentials

/// A value at a place in an answer, and what it must be.
package struct ValueRequirement: Sendable, Equatable {
    /// What a value must be.
    package enum Expectation: Sendable, Equatable {
        /// A number that meets the criterion.
        case number(Criterion, unit: String)
        /// This text exactly.
        case text(String)
        /// True, or false.
        case flag(Bool)
        /// Anything but nothing: null counts as nothing.
        case present
    }

    /// The place.
    package var path: JSONPath
    /// What must stand there.
    package var expectation: Expectation

    /// Expects a value at a place.
    package init(_ path: JSONPath, _ expectation: Expectation) {
        self.path = path
        self.expectation = expectation
    }
}

/// A single value as it was seen in an answer or a row.
package enum SeenValue: Sendable, Codable, Equatable {
    /// There is nothing at the place.
    case missing
    case null
    case flag(Bool)
    /// As it was spelled.
    case number(String)
    case text(String)
    /// A list or an object, in words.
    case compound(String)

    /// What stands at a place of a JSON text; texts are capped at 4 KiB.
    package init(_ value: JSONValue?) {
        switch value {
        case nil: self = .missing
        case .null: self = .null
        case .flag(let flag): self = .flag(flag)
        case .number(let digits): self = .number(String(digits.prefix(4096)))
        case .text(let text): self = .text(String(text.prefix(4096)))
        case .list, .object: self = .compound(value?.kind ?? "")
        }
    }

    /// What a column holds.
    package init(_ value: LedgerValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .number(String(number))
        case .real(let number): self = .number(number.description)
        case .text(let text): self = .text(String(text.prefix(4096)))
        case .unreadable(let kind): self = .compound(String(kind.prefix(200)))
        }
    }

    /// In a message of ours.
    package var words: String {
        switch self {
        case .missing: "nothing"
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let digits): String(digits.prefix(60))
        case .text(let text): "\"\(SafeText.line(String(text.prefix(80))))\""
        case .compound(let kind): kind
        }
    }

    /// The number, also where it is spelled as a text: money often is. Exact; nil for anything else.
    package var number: DecimalValue? {
        switch self {
        case .number(let digits), .text(let digits): DecimalValue(scientific: digits)
        default: nil
        }
    }
}

extension ValueRequirement.Expectation {
    /// A value held against the expectation.
    ///
    /// A number is measured as it is. Of anything else only whether it is what it must be is a number, and the
    /// measurement is called so: `$.up 0` would say that 0 stands there.
    ///
    /// - Returns: a measurement, and a finding where the value is none that could meet it.
    package func judged(
        _ seen: SeenValue, name: String, from evidence: Evidence
    ) -> (measurement: Measurement, finding: Finding?) {
        func statement(_ isTrue: Bool, _ wanted: String) -> (Measurement, Finding?) {
            let measurement = Measurement(
                "\(name) as expected", unit: "1", DecimalValue(isTrue ? 1 : 0), Criterion(definition: .equal, "1"),
                from: evidence)
            guard !isTrue else { return (measurement, nil) }
            return (
                measurement,
                Finding(
                    kind: "value-differs", severity: .medium, subject: name,
                    message: "\(name) is \(seen.words), must be \(wanted)")
            )
        }
        switch self {
        case .number(let criterion, let unit):
            guard let number = seen.number else {
                return statement(false, "a number \(criterion.op.rawValue) \(criterion.fail)")
            }
            return (Measurement(name, unit: unit, number, criterion, from: evidence), nil)
        case .text(let text): return statement(seen == .text(text), SeenValue.text(text).words)
        case .flag(let flag): return statement(seen == .flag(flag), flag ? "true" : "false")
        case .present: return statement(seen != .missing && seen != .null, "there")
        }
    }
}

extension DecimalValue {
    /// A number as JSON spells it, also with an exponent of at most 30 either way.
    ///
    /// - Returns: nil for anything else, and for more than 34 digits.
    package init?(scientific text: String) {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count == 2 else {
            self.init(parsing: text)
            return
        }
        let spelled = parts[1].first == "+" ? parts[1].dropFirst() : parts[1]
        guard let first = spelled.utf8.first, first != UInt8(ascii: "+"), let exponent = Int(spelled),
            (-30...30).contains(exponent), let mantissa = DecimalValue(parsing: String(parts[0]))
        else { return nil }
        var value = mantissa.decimal
        for _ in 0..<abs(exponent) { value = exponent < 0 ? value / 10 : value * 10 }
        self.init(value)
    }
}
