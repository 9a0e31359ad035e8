package import Readiness

/// The files that a run is judged by, read together: whoever mends one is told what is wrong in the others, too.
package struct JudgementFiles: Sendable, Equatable {
    /// Files that stand before those of a profile.
    package struct Given: Sendable, Equatable {
        /// Criteria over the shipped ones; nil for the profile's.
        package var criteria: String?
        /// The policy; nil for the profile's, and for the shipped one where that has none.
        package var policy: String?

        /// Names files.
        package init(criteria: String? = nil, policy: String? = nil) {
            self.criteria = criteria
            self.policy = policy
        }
    }

    /// What the program carries.
    package struct Shipped: Sendable, Equatable {
        /// The criteria.
        package var criteria: ConfigurationText
        /// The limits per tier.
        package var limits: ConfigurationText
        /// The gate's policy.
        package var policy: ConfigurationText

        /// States all three.
        package init(criteria: ConfigurationText, limits: ConfigurationText, policy: ConfigurationText) {
            self.criteria = criteria
            self.limits = limits
            self.policy = policy
        }
    }

    /// The names that files may use. nil: not all are known, and any well-formed one is taken.
    package struct Known: Sendable, Equatable {
        /// Sets and validators.
        package var names: [String]?
        /// Checks.
        package var checks: [CheckID]?

        /// States the names.
        package init(names: [String]?, checks: [CheckID]?) {
            self.names = names
            self.checks = checks
        }
    }

    /// The criteria, with the thresholds of the profile over them.
    package var criteria: CriteriaFile
    /// The limits per tier.
    package var limits: LimitsFile
    /// The gate.
    package var policy: GatePolicy

    /// Reads all of them. Blocks for as long as the disk takes.
    ///
    /// - Parameters:
    ///   - given: Files that stand before those of the profile.
    ///   - shipped: What the program carries.
    ///   - profile: What the profile says; nil without one.
    ///   - known: The names that files may use.
    ///   - digest: SHA-256 in lower-case hex.
    /// - Throws: `ConfigurationError` with every problem of every file: of the profile first, then of the criteria, the
    ///   limits and the policy. What cannot be judged because the profile is wrong is not in it.
    package static func load(
        _ given: Given = Given(), over shipped: Shipped, for profile: ProfileReferences? = nil, knowing known: Known,
        digest: ([UInt8]) -> String
    ) throws(ConfigurationError) -> JudgementFiles {
        let base = try CriteriaFile.load(shipped.criteria, isOurs: true, knownNames: known.names, digest: digest)
        let bounds: [CheckID: [String: Threshold]]? = if let profile { profile.bounds } else { [:] }
        var problems = GatheredProblems()
        let criteria = problems.keep { () throws(ConfigurationError) -> CriteriaFile in
            guard let path = given.criteria ?? profile?.criteriaFile else { return base }
            return try CriteriaFile.load(
                ConfigurationText(readingFileAt: path), isOurs: false, over: base, knownNames: known.names,
                own: bounds, digest: digest)
        }
        let limits = problems.keep { () throws(ConfigurationError) -> LimitsFile in
            try LimitsFile.load(text(profile?.limitsFile, or: shipped.limits), digest: digest)
        }
        let policy = problems.keep { () throws(ConfigurationError) -> GatePolicy in
            try PolicyFile.load(
                text(given.policy ?? profile?.policyFile, or: shipped.policy), knownChecks: known.checks,
                digest: digest)
        }
        var own = GatheredProblems(profile?.problems ?? [])
        // Thresholds stand over criteria, and are right or wrong whatever those are.
        let judging = own.keep { () throws(ConfigurationError) -> CriteriaFile in
            let criteria = criteria ?? base
            return try profile?.criteria(over: criteria) ?? criteria
        }
        own.sortByLine()
        try GatheredProblems(own.problems + problems.problems).throwIfAny()
        guard let judging, let limits, let policy else {
            preconditionFailure("files without values and without a problem")
        }
        return JudgementFiles(criteria: judging, limits: limits, policy: policy)
    }

    private static func text(
        _ path: String?, or shipped: ConfigurationText
    ) throws(ConfigurationError) -> ConfigurationText {
        guard let path else { return shipped }
        return try ConfigurationText(readingFileAt: path)
    }
}
