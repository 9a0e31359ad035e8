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
    /// The measurement that says most about a check: the worst judged, the first of them.
    static func telling(_ measurements: [Measurement]) -> Measurement? {
        let order: [Result] = [.fail, .implausible, .noisyHost, .tooFewSamples, .warn, .pass]
        let judged = measurements.filter { $0.criterion != nil }
        for result in order { if let found = judged.first(where: { $0.result == result }) { return found } }
        return measurements.first
    }

    /// The bound with its comparison and unit: `< 10 ms`.
    func limitText(_ glyphs: GlyphSet) -> String {
        guard let criterion else { return "" }
        let sign =
            switch criterion.op {
            case .less: "<"
            case .lessOrEqual: glyphs[.lessOrEqual]
            case .equal: "="
            case .greaterOrEqual: glyphs[.greaterOrEqual]
            case .greater: ">"
            }
        return unit == "1" ? "\(sign) \(criterion.fail)" : "\(sign) \(criterion.fail) \(unit)"
    }

    /// Value divided by bound, for bars and percentages only; nil without a bound, or with the bound 0.
    var ratio: Double? {
        guard let criterion, let bound = Double(criterion.fail.description), bound != 0,
            let value = Double(value.description)
        else { return nil }
        return value / bound
    }

    /// How far the value is from its bound: `+42 %`; for a bound that must be met exactly the difference itself.
    var marginText: String {
        if let criterion, criterion.op == .equal {
            let difference = value.decimal - criterion.fail.decimal
            return (difference > 0 ? "+" : "") + difference.description
        }
        guard let ratio else { return "" }
        let percent = (ratio - 1) * 100
        let size = abs(percent)
        guard size < 1_000_000 else { return percent > 0 ? "far over" : "far under" }
        let sign = percent < 0 ? "-" : "+"
        switch size {
        case 10...: return "\(sign)\(Int(size.rounded())) %"
        case 1...: return "\(sign)\((size * 10).rounded() / 10) %"
        default: return size == 0 ? "0 %" : "\(sign)\((size * 100).rounded() / 100) %"
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
