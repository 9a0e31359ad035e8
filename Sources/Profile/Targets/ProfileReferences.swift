package import Readiness

/// What a profile says of the values that its target is judged by: the files that it names, and its own thresholds.
///
/// Of a profile that is wrong there is as much as can be told, so that what is wrong in its files is told with it.
package struct ProfileReferences: Sendable, Equatable {
    /// Criteria over the shipped ones; nil for none.
    package var criteriaFile: String?
    /// The policy instead of the shipped one; nil for the shipped one.
    package var policyFile: String?
    /// The limits instead of the shipped ones; nil for the shipped ones.
    package var limitsFile: String?
    /// The ids of the checks that the profile states itself; empty where it is wrong.
    package var checks: [CheckID] = []
    /// Whether there are checks whose ids nobody knows yet: those of its validators before they are asked, and all of a
    /// profile that is wrong.
    package var hasUnknownChecks = false
    /// What is wrong with the profile; empty for nothing.
    var problems: [ConfigurationProblem] = []
    /// The numbers of its own checks, by check and measurement; nil where they cannot be told.
    var bounds: [CheckID: [String: Threshold]]? = [:]
    /// Its `thresholds`; nil where it gives none.
    var overrides: KeyValueTree?
    /// The name that messages give the file.
    var name: String

    /// What a profile that has been read says.
    init(_ file: TargetProfileFile) {
        let profile = file.profile
        (criteriaFile, policyFile, limitsFile) = (profile.criteriaFile, profile.policyFile, profile.limitsFile)
        checks = profile.checks.map(\.id)
        hasUnknownChecks = !profile.validators.isEmpty
        bounds = profile.ownBounds
        overrides = file.overrides
        name = file.name
    }

    /// What can be told of a profile that is wrong.
    ///
    /// - Parameters:
    ///   - error: What is wrong with it.
    ///   - text: The file; nil where it cannot be read.
    ///   - folder: The absolute path of the file's folder.
    package init(of error: ConfigurationError, in text: ConfigurationText?, folder: String) {
        problems = error.problems
        name = text?.name ?? error.problems[0].location.file
        // Whether it has checks of its own cannot be told either, until it has been read.
        (hasUnknownChecks, bounds) = (true, nil)
        guard let text else { return }
        // What is wrong with these keys has been stated.
        let unheard = ProblemCollector(file: text.name)
        guard let top = Section(top: TreeReader(problems: unheard).read(text.text), problems: unheard) else { return }
        func path(_ key: String) -> String? {
            top[key].flatMap { top.text(key, $0, accepted: "") }.map { ProfilePaths.resolve($0, in: folder) }
        }
        (criteriaFile, policyFile, limitsFile) = (path("criteria"), path("policy"), path("limits"))
        hasUnknownChecks = top["checks"] != nil || top["validators"] != nil
        bounds = hasUnknownChecks ? nil : [:]
        overrides = top.overrides
    }

    /// The criteria with the thresholds instead; each value keeps the file and line that it comes from.
    func criteria(over file: CriteriaFile) throws(ConfigurationError) -> CriteriaFile {
        guard let overrides else { return file }
        let problems = ProblemCollector(file: name)
        let values = Section(top: overrides, problems: problems)
            .map { ThresholdReader(top: $0, own: bounds).values(over: file.criteria) }
        try problems.throwIfAny()
        guard let values else { preconditionFailure("thresholds without values and without a problem") }
        var merged = file
        merged.criteria = Criteria(thresholds: values.thresholds, lists: values.lists)
        merged.criteria.limits = file.criteria.limits
        return merged
    }
}

extension Section {
    /// The `thresholds` at a profile's top, as a file of their own; nil where there are none.
    var overrides: KeyValueTree? {
        let entries = entries.filter { $0.key == "thresholds" }
        return entries.first.map { .map(entries, line: $0.line) }
    }
}
