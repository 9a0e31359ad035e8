package import Readiness

/// A target's profile, read: `config/targets/NAME.yaml` or a file of the user's own.
///
/// What the file names is not looked for here: whether a path leads somewhere, a secret is to be had or a capability
/// answers is for `holdpoint target check` to find out.
package struct TargetProfileFile: Sendable, Equatable {
    /// What the file describes.
    package var profile: TargetProfile
    /// What the digest function makes of the file's bytes.
    package var digest: String
    /// The file's `thresholds`, over the criteria; nil where it gives none.
    var overrides: KeyValueTree?
    /// The name that messages give the file.
    var name: String

    /// The keys of the file's top.
    static let keys = [
        "version", "id", "title", "environment", "repository", "surface", "capabilities", "instances", "accounts",
        "paper", "ledger", "log", "storage", "control", "criteria", "policy", "limits", "thresholds", "runbook",
        "checks", "validators",
    ]

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - folder: The absolute path of the file's folder: what relative paths of the file are relative to.
    ///   - repository: Where the repository is checked out, absolute, instead of where the profile says; nil for that.
    ///   - builtIn: The ids of Holdpoint's own checks, which the profile's own may require and not take.
    ///   - digest: SHA-256 in lower-case hex.
    /// - Throws: `ConfigurationError` with every problem of the file. Unknown keys are errors.
    package static func load(
        _ text: ConfigurationText, folder: String, repository: String? = nil, builtIn: [CheckID] = [],
        digest: ([UInt8]) -> String
    ) throws(ConfigurationError) -> TargetProfileFile {
        let problems = ProblemCollector(file: text.name)
        let tree = TreeReader(problems: problems).read(text.text)
        let top = Section(top: tree, problems: problems)
        let profile = top.flatMap {
            TargetReader(top: $0, folder: folder, checkout: repository, builtIn: builtIn).profile()
        }
        try problems.throwIfAny()
        guard let profile, let top else { preconditionFailure("a profile without values and without a problem") }
        let overrides = top.entries.filter { $0.key == "thresholds" }
        return TargetProfileFile(
            profile: profile, digest: digest(text.bytes),
            overrides: overrides.isEmpty ? nil : .map(overrides, line: overrides[0].line), name: text.name)
    }

    /// The criteria, expecting of the target the capabilities that this profile binds and no others, unless its
    /// `thresholds` give a list of their own. For criteria whose list is the shipped one: that is what the practice desk
    /// offers, and a target without one of them is not broken for it. What nobody can observe stays unverified.
    package func expectingBoundCapabilities(in file: CriteriaFile) -> CriteriaFile {
        let key = "smoke.expected_capabilities"
        guard !profile.isPracticeDesk, file.criteria.names(key)?.source.file != name else { return file }
        let bound = Set(profile.bindings.keys.compactMap { SurfaceOperation.named($0)?.capability })
        var file = file
        file.criteria.expect(
            Criteria.NameList(
                Capability.allCases.filter { $0 != .discovery && bound.contains($0) }.map(\.rawValue),
                source: profile.source), under: key)
        return file
    }

    /// The criteria with what this profile gives instead; each value keeps the file and line that it comes from.
    ///
    /// - Throws: `ConfigurationError` with every wrong value and unknown key under `thresholds`.
    package func criteria(over file: CriteriaFile) throws(ConfigurationError) -> CriteriaFile {
        guard let overrides else { return file }
        let problems = ProblemCollector(file: name)
        let values = Section(top: overrides, problems: problems)
            .map { ThresholdReader(top: $0, own: profile.ownBounds).values(over: file.criteria) }
        try problems.throwIfAny()
        guard let values else { preconditionFailure("thresholds without values and without a problem") }
        var merged = file
        merged.criteria = Criteria(thresholds: values.thresholds, lists: values.lists)
        merged.criteria.limits = file.criteria.limits
        return merged
    }
}
