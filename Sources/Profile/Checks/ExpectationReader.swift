import Readiness

/// Reads what a single value must be: a number with its bound, a text, true or false, or anything at all.
struct ExpectationReader {
    let section: Section

    private static let comparisons: [(key: String, op: Criterion.Comparison)] = [
        ("below", .less), ("at_most", .lessOrEqual), ("at_least", .greaterOrEqual), ("above", .greater),
    ]
    private static let choices = ["equals"] + comparisons.map(\.key) + ["present"]

    static let keys = choices + ["warn", "unit"]
    static let numberKeys = comparisons.map(\.key) + ["equals", "warn"]

    private static let anyNumber = NumberRange(
        lowest: "-1000000000000000000000000", highest: "1000000000000000000000000", unit: "of any unit")

    /// The expectation, or nil after stating why there is none.
    func expectation() -> ValueRequirement.Expectation? {
        let given = Self.choices.filter { section[$0] != nil }
        guard given.count == 1, let value = section[given[0]] else {
            let message = given.isEmpty ? "does not say what must stand there" : "is held against \(given.count) things"
            section.problems.error(
                line: section.line, section.path, message, accepted: "one of \(Self.choices.joined(separator: ", "))")
            return nil
        }
        let expectation: ValueRequirement.Expectation?
        switch given[0] {
        case "equals": expectation = equals(value)
        case "present": expectation = present(value)
        default:
            let unit = section["unit"].map { section.text("unit", $0, accepted: "a unit such as ms, s, 1") } ?? "1"
            let op = Self.comparisons.first { $0.key == given[0] }?.op ?? .equal
            guard let criterion = criterion(given[0], value, op), let unit else { return nil }
            return .number(criterion, unit: unit)
        }
        for key in ["warn", "unit"] {
            guard let extra = section[key] else { continue }
            if case .number(let criterion, _)? = expectation, key == "unit" {
                return section.text("unit", extra, accepted: "a unit such as ms, s, 1")
                    .map { .number(criterion, unit: $0) }
            }
            section.problem(
                key, extra, "belongs to a number's bound only",
                accepted: Self.comparisons.map(\.key).joined(separator: ", "))
        }
        return expectation
    }

    /// A bound that is a number, among `numberKeys`.
    func criterion() -> Criterion? {
        let choices = Self.numberKeys.filter { $0 != "warn" }
        let given = choices.filter { section[$0] != nil }
        guard given.count == 1, let value = section[given[0]] else {
            section.problems.error(
                line: section.line, section.path, given.isEmpty ? "gives no bound" : "gives \(given.count) bounds",
                accepted: "one of \(choices.joined(separator: ", "))")
            return nil
        }
        return criterion(given[0], value, Self.comparisons.first { $0.key == given[0] }?.op ?? .equal)
    }

    private func criterion(_ key: String, _ value: KeyValueTree, _ op: Criterion.Comparison) -> Criterion? {
        let fail = section.number(key, value, in: Self.anyNumber).map {
            Threshold($0, source: section.source(of: value))
        }
        guard let band = section["warn"] else { return fail.map { Criterion(op, $0) } }
        let warn = section.number("warn", band, in: Self.anyNumber).map {
            Threshold($0, source: section.source(of: band))
        }
        guard let fail, let warn else { return nil }
        // A value that is a fail would otherwise not even be a warning.
        guard op != .equal, op.holds(warn.value, fail.value) || warn.value == fail.value else {
            section.problem("warn", band, "is \(warn.value), outside of \(key) \(fail.value)")
            return nil
        }
        return Criterion(op, fail, warn: warn)
    }

    private func equals(_ value: KeyValueTree) -> ValueRequirement.Expectation? {
        guard case .scalar(let text, _, let isQuoted) = value, !text.isEmpty || isQuoted, text.utf8.count <= 4_000
        else {
            section.wrongType("equals", value, accepted: "a number, true, false, or a text (in quotation marks always)")
            return nil
        }
        if isQuoted { return .text(text) }
        switch text {
        case "true": return .flag(true)
        case "false": return .flag(false)
        default:
            guard let number = PlainNumber.parse(text) else { return .text(text) }
            return .number(Criterion(.equal, Threshold(number, source: section.source(of: value))), unit: "1")
        }
    }

    private func present(_ value: KeyValueTree) -> ValueRequirement.Expectation? {
        guard case .scalar("true", _, false) = value else {
            section.wrongType("present", value, accepted: "true")
            return nil
        }
        return .present
    }
}
