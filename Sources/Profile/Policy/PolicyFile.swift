package import Readiness

/// Reads a gate policy: what must hold before we may go.
package enum PolicyFile {
    private static let keys = ["version", "fail_on_severity", "required"]
    private static let severities = Severity.allCases.map(\.rawValue)
    private static let patterns = "check ids such as risk.limit.enforced, in which * stands for any characters"

    /// Reads a policy file.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - knownChecks: The ids of the registered checks. A pattern that fits none of them requires nothing, so it is
    ///     an error. nil: patterns are only checked for their form.
    ///   - digest: SHA-256 in lower-case hex.
    /// - Throws: `ConfigurationError` with every problem of the file. Unknown keys are errors, and every key must be
    ///   there: a policy does not say anything by silence.
    package static func load(
        _ text: ConfigurationText, knownChecks: [CheckID]? = nil, digest: ([UInt8]) -> String
    ) throws(ConfigurationError) -> GatePolicy {
        let problems = ProblemCollector(file: text.name)
        let top = Section(top: TreeReader(problems: problems).read(text.text), problems: problems)
        top?.refuseKeys(except: keys)
        let version = top.flatMap(Self.version)
        let severity = top.flatMap(Self.severity)
        let required = top.flatMap { Self.required(in: $0, knownChecks: knownChecks) }
        try problems.throwIfAny()
        guard let version, let severity, let required else {
            preconditionFailure("a policy without values and without a problem")
        }
        return GatePolicy(
            version: version, failOnSeverity: severity, required: required, digest: digest(text.bytes))
    }

    private static func version(in top: Section) -> String? {
        let accepted = "a version, one line of text"
        return top.required("version", accepted: accepted)
            .flatMap { top.text("version", $0, accepted: accepted) }
    }

    private static func severity(in top: Section) -> Severity? {
        top.required("fail_on_severity", accepted: severities.joined(separator: ", "))
            .flatMap { top.word("fail_on_severity", $0, among: severities) }
            .flatMap(Severity.init(rawValue:))
    }

    private static func required(in top: Section, knownChecks: [CheckID]?) -> [String]? {
        guard let value = top.required("required", accepted: "a list of \(patterns)"),
            let names = top.names("required", value, accepted: patterns, where: isPattern)
        else { return nil }
        guard let knownChecks, case .list(let items, _) = value else { return names }
        let ids = knownChecks.map(\.description)
        for (item, pattern) in zip(items, names) where !ids.contains(where: GlobPattern(pattern).matches) {
            top.problem(
                "required", item, "holds \(quoted(pattern)), which fits no check",
                nearest: NearestName.of(pattern, among: ids))
        }
        return names
    }

    /// What ids are made of, and `*`.
    private static func isPattern(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "*"):
                    true
                default: false
                }
            }
    }
}
