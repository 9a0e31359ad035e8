package import Readiness

/// A file of limits per tier, read: what the policy declares, and checks compare the target with.
///
/// It must give every limit of every tier: a limit that is left out would be one that nobody checks.
package struct LimitsFile: Sendable, Equatable {
    /// In the order of the file, each with its line.
    package var limits: [DeclaredLimit]
    /// What the digest function makes of the file's bytes.
    package var digest: String

    /// The tiers, in order of capital.
    package static let tiers = ["sniper", "hunter", "strategist"]

    /// The names of the limits, in the order in which a risk engine tries them.
    package static let names = ranges.map(\.name)

    /// Reads a file of limits.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - digest: SHA-256 in lower-case hex.
    /// - Throws: `ConfigurationError` with every problem of the file. Unknown keys are errors.
    package static func load(
        _ text: ConfigurationText, digest: ([UInt8]) -> String
    ) throws(ConfigurationError) -> LimitsFile {
        let problems = ProblemCollector(file: text.name)
        let top = Section(top: TreeReader(problems: problems).read(text.text), problems: problems)
        top?.refuseKeys(except: ["tiers"])
        let accepted = "a map with the keys \(tiers.joined(separator: ", "))"
        let limits = top?.required("tiers", accepted: accepted)
            .flatMap { top?.section("tiers", $0, keys: tiers) }
            .map(limits(in:))
        try problems.throwIfAny()
        guard let limits else { preconditionFailure("a file without limits and without a problem") }
        return LimitsFile(limits: limits, digest: digest(text.bytes))
    }

    // MARK: -

    // The bounds are far from any honest limit: they catch a slipped point or a unit mistaken, not a policy.
    private static let ranges: [(name: String, range: NumberRange)] = [
        ("max_order_quantity", NumberRange(lowest: "0.00000001", highest: "1000000000", unit: "units")),
        ("max_order_notional", NumberRange(lowest: "0.01", highest: "1000000000000", unit: "USD")),
        ("price_collar_percent", NumberRange(lowest: "0.01", highest: "100", unit: "percent")),
        ("max_position_quantity", NumberRange(lowest: "0.00000001", highest: "1000000000", unit: "units")),
        ("max_open_orders", NumberRange(lowest: "1", highest: "1000000", isWhole: true, unit: "orders")),
        ("max_correlation", NumberRange(lowest: "-1", highest: "1", unit: "coefficient")),
    ]

    private static func limits(in section: Section) -> [DeclaredLimit] {
        section.refuseKeys(except: tiers)
        for tier in tiers {
            _ = section.required(tier, accepted: "a map with the keys \(names.joined(separator: ", "))")
        }
        return section.entries.filter { tiers.contains($0.key) }.flatMap { entry -> [DeclaredLimit] in
            guard let tier = section.section(entry.key, entry.value, keys: names) else { return [] }
            tier.refuseKeys(except: names)
            for (name, range) in ranges { _ = tier.required(name, accepted: range.description) }
            return tier.entries.compactMap { limit(in: tier, of: entry.key, $0) }
        }
    }

    private static func limit(in tier: Section, of scope: String, _ entry: KeyValueTree.Entry) -> DeclaredLimit? {
        guard let range = ranges.first(where: { $0.name == entry.key })?.range,
            let number = tier.number(entry.key, entry.value, in: range)
        else { return nil }
        return DeclaredLimit(
            scope: scope, name: entry.key, threshold: Threshold(number, source: tier.source(of: entry.value)))
    }
}
