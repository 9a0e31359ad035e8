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
    /// The line of the file's `capabilities`; 0 where it gives none.
    var capabilitiesLine: Int
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
        return TargetProfileFile(
            profile: profile, digest: digest(text.bytes), overrides: top.overrides,
            capabilitiesLine: top.entries.first { $0.key == "capabilities" }?.line ?? 0, name: text.name)
    }

    /// The criteria, expecting of the target the capabilities that this profile binds and no others, unless its
    /// `thresholds` give a list of their own. For criteria whose list is the shipped one: that is what the practice desk
    /// offers, and a target without one of them is not broken for it. What nobody can observe stays unverified.
    ///
    /// The place of the list is the one that it is made from: `capabilities`, and the file alone where it has none.
    package func expectingBoundCapabilities(in file: CriteriaFile) -> CriteriaFile {
        let key = "smoke.expected_capabilities"
        guard !profile.isPracticeDesk, file.criteria.names(key)?.source.file != name else { return file }
        let bound = Set(profile.bindings.keys.compactMap { SurfaceOperation.named($0)?.capability })
        var file = file
        file.criteria.expect(
            Criteria.NameList(
                Capability.allCases.filter { $0 != .discovery && bound.contains($0) }.map(\.rawValue),
                source: SourceLocation(file: name, line: capabilitiesLine)), under: key)
        return file
    }

    /// What it says of the values that its target is judged by.
    package var references: ProfileReferences { ProfileReferences(self) }

    /// The criteria with what this profile gives instead; each value keeps the file and line that it comes from.
    ///
    /// - Throws: `ConfigurationError` with every wrong value and unknown key under `thresholds`.
    package func criteria(over file: CriteriaFile) throws(ConfigurationError) -> CriteriaFile {
        try references.criteria(over: file)
    }
}
