package import Readiness

/// A criteria file, read: the accepted values, what each mode runs, and what in the file was not understood.
///
/// The form is the one of the brief (requirements.md A13) with keys of our own beside it. A file of that form from
/// elsewhere loads unchanged over the shipped one: what it does not give is taken from there, and keeps that file's
/// name and line as its source.
package struct CriteriaFile: Sendable, Equatable {
    /// Numbers and lists under their dotted key without `thresholds.`: `performance.max_latency_ms`.
    ///
    /// A flag is the number 1 or 0 (`security.require_encryption`), a word a list with one name
    /// (`security.min_password_strength`). The limits per tier are empty here: they have a file of their own.
    package var criteria: Criteria
    /// What each mode runs.
    package var modes: ValidationModes
    /// Unknown names of sets and validators in a file from elsewhere, in the order of its lines. Empty for our own.
    /// Unknown keys are never here: they end the load.
    package var warnings: [ConfigurationProblem]
    /// Keys that the file does not give and the defaults do, sorted. Empty without defaults.
    package var inheritedKeys: [String]
    /// What the digest function makes of the file's bytes. Says nothing of the defaults beneath it.
    package var digest: String

    /// Reads a criteria file.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - isOurs: Whether unknown names in a mode are errors; in a file from elsewhere they are warnings. Unknown keys
    ///     are errors in both.
    ///   - defaults: The shipped file, for what this one does not give. nil: every key must be given.
    ///   - knownNames: The names of sets and validators that a mode may list. nil: any well-formed name. A name that
    ///     is not among them is an error in our own file, and a warning in one from elsewhere, where it stays in the
    ///     mode's selection: the program decides whether what is left is enough to run.
    ///   - own: The numbers of the target's own checks, which `thresholds.checks` may give instead. nil: they are not
    ///     known, and `thresholds.checks` is passed over.
    ///   - digest: SHA-256 in lower-case hex. Handed in because this module hashes nothing itself.
    /// - Throws: `ConfigurationError` with every problem of the file.
    package static func load(
        _ text: ConfigurationText, isOurs: Bool, over defaults: CriteriaFile? = nil, knownNames: [String]? = nil,
        own: [CheckID: [String: Threshold]]? = [:], digest: ([UInt8]) -> String
    ) throws(ConfigurationError) -> CriteriaFile {
        let problems = ProblemCollector(file: text.name, unknownNamesAreErrors: isOurs)
        let top = Section(top: TreeReader(problems: problems).read(text.text), problems: problems)
        top?.refuseKeys(except: ["thresholds", "validation_modes"])
        let values = top.map { ThresholdReader(top: $0, own: own).values(over: defaults?.criteria) }
        let modes = top.flatMap { Self.modes(in: $0, over: defaults?.modes, knownNames: knownNames) }
        try problems.throwIfAny()
        guard let values, let modes else { preconditionFailure("a file without values and without a problem") }
        return CriteriaFile(
            criteria: Criteria(thresholds: values.thresholds, lists: values.lists), modes: modes,
            warnings: problems.warnings, inheritedKeys: values.inherited.sorted(), digest: digest(text.bytes))
    }

    /// The keys of the files that nothing uses, with their places, sorted by key.
    ///
    /// The brief wants every threshold to be really used: the program lists these as warnings, so that nobody takes a
    /// number that no check reads yet for a criterion that holds.
    ///
    /// - Parameter used: The keys that registered checks and the engine name (`CheckDefinition.criteria`,
    ///   `HostNoise.criteriaKeys`).
    package static func unusedKeys(
        criteria: Criteria, used: Set<String>
    ) -> [(key: String, source: SourceLocation)] {
        criteria.keys.filter { !used.contains($0) }.compactMap { key in
            (criteria[key]?.source ?? criteria.names(key)?.source).map { (key, $0) }
        }
    }

    private static func modes(
        in top: Section, over defaults: ValidationModes?, knownNames: [String]?
    ) -> ValidationModes? {
        let modes = Mode.allCases.map(\.rawValue)
        if top["validation_modes"] == nil, let defaults { return defaults }
        return top.required("validation_modes", accepted: "a map with the keys \(modes.joined(separator: ", "))")
            .flatMap { top.section("validation_modes", $0, keys: modes) }
            .flatMap { ModeReader(section: $0, knownNames: knownNames).modes(over: defaults) }
    }
}
