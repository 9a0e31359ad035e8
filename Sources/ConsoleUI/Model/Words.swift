import FoundationEssentials
package import Readiness

// How the values of the domain are spelled and marked on the screen: glyph, word and role together, never colour alone.

extension Outcome.Word {
    /// At most five capitals.
    package var shortWord: String {
        switch self {
        case .pass: "PASS"
        case .warn: "WARN"
        case .fail: "FAIL"
        case .error: "ERROR"
        case .unverified: "UNVER"
        case .blocked: "BLOCK"
        case .cancelled: "CANC"
        case .notApplicable: "N/A"
        case .notSelected: "OUT"
        }
    }

    /// The word in a sentence.
    package var inWords: String {
        switch self {
        case .pass: "passed"
        case .warn: "with a warning"
        case .fail: "failing"
        case .error: "in error"
        case .unverified: "unverified"
        case .blocked: "blocked"
        case .cancelled: "cancelled"
        case .notApplicable: "not applicable"
        case .notSelected: "not selected"
        }
    }

    /// How it looks.
    package var role: Role {
        switch self {
        case .pass: .statusPass
        case .warn: .statusWarn
        case .fail: .statusFail
        case .error: .statusError
        case .unverified: .statusUnverified
        case .blocked: .statusBlocked
        case .cancelled: .statusCancelled
        case .notApplicable, .notSelected: .statusNotApplicable
        }
    }

    /// Its sign.
    package var glyph: Glyph {
        switch self {
        case .pass: .pass
        case .warn: .warn
        case .fail: .fail
        case .error: .error
        case .unverified: .unverified
        case .blocked: .blocked
        case .cancelled: .cancelled
        case .notApplicable, .notSelected: .notApplicable
        }
    }
}

extension CheckState {
    /// The word of a check that has no outcome yet.
    var shortWord: String {
        switch self {
        case .running: "RUN"
        case .cancelling: "STOP"
        case .planned, .queued, .waiting, .finished: "WAIT"
        }
    }
}

/// Glyph, word and role of a check as it stands now.
package struct StatusMark: Sendable, Equatable {
    /// Its sign.
    package var glyph: Glyph
    /// At most five capitals.
    package var word: String
    /// How both look.
    package var role: Role

    /// The mark of a record.
    package init(_ record: CheckRecord) {
        if let outcome = record.outcome {
            (glyph, word, role) = (outcome.glyph, outcome.shortWord, outcome.role)
        } else if record.state == .running || record.state == .cancelling {
            (glyph, word, role) = (.running, record.state.shortWord, record.isSlow ? .noticeWarning : .statusRunning)
        } else {
            (glyph, word, role) = (.waiting, record.state.shortWord, .statusWaiting)
        }
    }

    /// The mark of an outcome.
    package init(_ outcome: Outcome.Word) {
        (glyph, word, role) = (outcome.glyph, outcome.shortWord, outcome.role)
    }
}

extension Verdict {
    /// How its badge looks.
    var role: Role {
        switch self {
        case .go: .verdictGo
        case .goWithConditions: .verdictConditions
        case .hold: .verdictHold
        case .noGo: .verdictNoGo
        }
    }

    /// Its sign.
    var glyph: Glyph {
        switch self {
        case .go: .pass
        case .goWithConditions: .warn
        case .hold: .unverified
        case .noGo: .fail
        }
    }
}

extension Measurement {
    /// The number with its unit, for columns that would cut many zeros.
    var shortValue: String { unit == "1" ? ShortNumber.of(value) : shownValue }

    /// The measurement that says most about a check: the worst judged, the first of them.
    static func telling(_ measurements: [Measurement]) -> Measurement? {
        let order: [Result] = [.fail, .implausible, .noisyHost, .tooFewSamples, .warn, .pass]
        let judged = measurements.filter { $0.criterion != nil }
        for result in order { if let found = judged.first(where: { $0.result == result }) { return found } }
        return measurements.first
    }

    /// The bound with its comparison and unit: `< 10 ms`.
    ///
    /// - Parameter isShort: whether a bound of many zeros is spelled by its power of ten, for columns that would cut it.
    func limitText(_ glyphs: GlyphSet, isShort: Bool = false) -> String {
        guard let criterion else { return "" }
        let bound = isShort ? ShortNumber.of(criterion.fail) : criterion.fail.description
        let sign =
            switch criterion.op {
            case .less: "<"
            case .lessOrEqual: glyphs[.lessOrEqual]
            case .equal: "="
            case .greaterOrEqual: glyphs[.greaterOrEqual]
            case .greater: ">"
            }
        return unit == "1" ? "\(sign) \(bound)" : "\(sign) \(bound) \(unit)"
    }

    /// Value divided by bound, for bars and percentages only; nil without a bound, or with the bound 0.
    var ratio: Double? {
        guard let criterion, let bound = Double(criterion.fail.description), bound != 0,
            let value = Double(value.description)
        else { return nil }
        return value / bound
    }

    /// Where the value stands to its limit, in words that say which side it is on: `98 % below` and `42 % over` an upper
    /// limit, `9 % above` and `12 % short` of a lower one, `equal` or `0.07 over` where it must be met exactly. Empty
    /// without a limit.
    ///
    /// A share of the limit; of a limit of 0, and of one that must be met exactly, the difference itself. On the limit it
    /// is `at limit`: whether that is allowed is what the limit's sign says.
    package var headroom: String {
        guard let criterion else { return "" }
        let difference = value.decimal - criterion.fail.decimal
        let isExact = criterion.op == .equal
        guard difference != 0 else { return isExact ? "equal" : "at limit" }
        let isLower = criterion.op == .greater || criterion.op == .greaterOrEqual
        let side =
            switch (difference > 0, isLower) {
            case (true, true): "above"
            case (false, true): "short"
            case (true, false): "over"
            case (false, false): isExact ? "under" : "below"
            }
        let size = difference < 0 ? -difference : difference
        guard !isExact, criterion.fail.decimal != 0, let ratio else {
            return "\(ShortNumber.of(DecimalValue(size))) \(side)"
        }
        let percent = abs(ratio - 1) * 100
        switch percent {
        case 1_000_000...: return "far \(side)"
        case 10...: return "\(Int(percent.rounded())) % \(side)"
        case 1...: return "\((percent * 10).rounded() / 10) % \(side)"
        case 0.005...: return "\((percent * 100).rounded() / 100) % \(side)"
        default: return "just \(side)"
        }
    }

    /// Glyph, word and role of what the comparison came to.
    var mark: StatusMark {
        switch result {
        case .pass: StatusMark(criterion == nil ? .notApplicable : .pass)
        case .warn: StatusMark(.warn)
        case .fail: StatusMark(.fail)
        case .noisyHost, .tooFewSamples, .implausible: StatusMark(.unverified)
        }
    }
}

/// Numbers where there is little room.
package enum ShortNumber {
    /// `1e-9` for 0.000000001, `3.2e-10`; whatever is not that small is spelled as it was.
    ///
    /// A number that is cut at its end says something else than it is; one in powers of ten does not.
    package static func of(_ value: DecimalValue) -> String {
        let text = value.description
        let isNegative = text.hasPrefix("-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        guard digits.hasPrefix("0.") else { return text }
        let fraction = digits.dropFirst(2)
        let zeros = fraction.prefix { $0 == "0" }.count
        guard zeros >= 4, zeros < fraction.count else { return text }
        var significant = String(fraction.dropFirst(zeros).prefix(3))
        while significant.hasSuffix("0") { significant.removeLast() }
        let rest = significant.dropFirst()
        return (isNegative ? "-" : "") + String(significant.prefix(1)) + (rest.isEmpty ? "" : ".\(rest)")
            + "e-\(zeros + 1)"
    }
}

extension CheckID {
    /// The id without its validator: `limit.enforced`.
    var withinValidator: String { String(description.drop { $0 != "." }.dropFirst()) }
}

enum Counted {
    /// `1 check`, `2 checks`.
    static func of(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `a`, `a and b`, `a, b and c`, `a, b and 3 more`.
    static func list(_ names: [String], showing limit: Int) -> String {
        guard names.count > 1 else { return names.first ?? "" }
        if names.count > limit {
            return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
        }
        return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }
}
