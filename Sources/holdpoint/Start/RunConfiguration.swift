import Engine
import Profile
import Readiness
import Validators

/// Everything that a run is judged by, read and settled before anything starts.
struct RunConfiguration: Sendable {
    /// Thresholds and limits.
    var criteria: Criteria
    /// The gate.
    var policy: GatePolicy
    /// What the log says of it.
    var loaded: PolicyLoaded
    /// What quick runs.
    var quick: [String]
    /// Checks of a profile's own that join sets, by the sets' names.
    private let sets: [String: [CheckID]]

    /// The shipped files' names, as sources name them.
    static let criteriaName = "config/validation_criteria.yaml"
    static let limitsName = "config/limits/genesis-tiers.yaml"
    static let policyName = "config/policies/default.yaml"

    /// Reads the shipped files and those that were given instead.
    ///
    /// - Throws: `CommandFailure` (78) that holds every problem with file, line, key path and accepted values.
    ///
    /// - Parameter target: the profile, which may give criteria, policy, limits and thresholds of its own; a file that
    ///   is given on the command line stands before the profile's.
    /// - Parameter own: the profile's own checks, whose numbers a criteria file may give anew.
    init(
        criteriaFile: String?, policyFile: String?, target: TargetProfileFile? = nil, own: OwnChecks? = nil
    ) throws(CommandFailure) {
        do throws(ConfigurationError) {
            let profile = target?.profile
            let validators = ValidatorRegistry.all(.offline) + (own?.offline ?? [])
            let definitions = validators.flatMap { $0.checks.map(\.definition) }
            let files = try JudgementFiles.load(
                JudgementFiles.Given(criteria: criteriaFile, policy: policyFile), over: Self.shipped(),
                for: target?.references, knowing: Self.known(validators, own == nil ? target?.references : nil),
                digest: HexDigest.sha256)
            var file = files.criteria
            let limits = files.limits
            // The list that is made of what the profile binds stands in place of the shipped one alone.
            if let target, file.criteria.names("smoke.expected_capabilities")?.source.file == Self.criteriaName,
                (criteriaFile ?? profile?.criteriaFile) != Self.criteriaName
            {
                file = target.expectingBoundCapabilities(in: file)
            }
            policy = files.policy
            criteria = file.criteria
            criteria.limits = limits.limits
            if let own { criteria = criteria.filled(with: own.bounds) }
            sets = own?.sets ?? [:]
            quick = file.modes.quick.selection.names(besides: own?.offline.map(\.name) ?? [])
            let used = Set(definitions.flatMap { $0.criteria + $0.optionalCriteria }).union(HostNoise.criteriaKeys)
            let unused = CriteriaFile.unusedKeys(criteria: file.criteria, used: used).map { "\($0) (\($1))" }
            let warning = "no check of this version uses \(unused.joined(separator: ", "))"
            loaded = PolicyLoaded(
                policyVersion: policy.version, policySHA256: policy.digest, criteriaSHA256: file.digest,
                limitsSHA256: limits.digest, thresholds: file.criteria.keys.count,
                warnings: file.warnings.map(\.description) + (unused.isEmpty ? [] : [warning]),
                targetSHA256: target?.digest)
        } catch {
            throw CommandFailure(.configuration, "failed to read the configuration\n\(error)")
        }
    }

    /// What is wrong with a profile, and with the files that its target is judged by; empty for nothing.
    static func problems(
        _ given: JudgementFiles.Given, _ profile: ProfileReferences
    ) -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try JudgementFiles.load(
                given, over: shipped(), for: profile, knowing: known(ValidatorRegistry.all(.offline), profile),
                digest: HexDigest.sha256)
            return []
        } catch {
            return error.problems
        }
    }

    /// The checks that a profile adds to Holdpoint's own. Where they cannot be had, what is wrong with the files that
    /// they would be judged by is told beside it.
    ///
    /// - Throws: `CommandFailure`; see `OwnChecks`.
    static func ownChecks(
        of target: TargetProfileFile, seed: UInt64 = 0, judgedBy given: JudgementFiles.Given
    ) throws(CommandFailure) -> OwnChecks {
        do throws(CommandFailure) { return try OwnChecks(target.profile, seed: seed) } catch {
            var failure = error
            failure.details += problems(given, target.references).map(\.description)
            throw failure
        }
    }

    /// The names that files may use.
    ///
    /// - Parameters:
    ///   - validators: Those whose checks are known.
    ///   - profile: What has checks beside them; nil for nothing.
    private static func known(_ validators: [Validator], _ profile: ProfileReferences?) -> JudgementFiles.Known {
        // A name that is not among those that are known may be of one that is not.
        guard profile?.hasUnknownChecks != true else { return JudgementFiles.Known(names: nil, checks: nil) }
        let more = profile?.checks ?? []
        let ids = validators.flatMap { $0.checks.map(\.definition.id) } + more
        var names = CheckSet.all(among: ids).map(\.name) + validators.map(\.name)
        for id in more where !names.contains(id.validator) { names.append(id.validator) }
        return JudgementFiles.Known(names: names, checks: ids)
    }

    private static func shipped() throws(ConfigurationError) -> JudgementFiles.Shipped {
        try JudgementFiles.Shipped(criteria: shippedCriteria(), limits: shippedLimits(), policy: shippedPolicy())
    }

    /// The criteria file that the program carries.
    static func shippedCriteria() throws(ConfigurationError) -> ConfigurationText {
        try embedded(criteriaName, PackageResources.validation_criteria_yaml)
    }

    /// The limits file that the program carries.
    static func shippedLimits() throws(ConfigurationError) -> ConfigurationText {
        try embedded(limitsName, PackageResources.genesis_tiers_yaml)
    }

    /// The policy file that the program carries.
    static func shippedPolicy() throws(ConfigurationError) -> ConfigurationText {
        try embedded(policyName, PackageResources.default_yaml)
    }

    private static func embedded(_ name: String, _ bytes: [UInt8]) throws(ConfigurationError) -> ConfigurationText {
        try ConfigurationText(name: name, bytes: bytes)
    }

    /// Every registered check over some probes, with the profile's own, and the sets.
    func catalogue(_ probes: TargetProbes, own: [Validator] = []) -> Catalogue {
        let validators = ValidatorRegistry.all(probes) + own
        let ids = validators.flatMap { $0.checks.map(\.definition.id) }
        return Catalogue(
            validators: validators,
            sets: CheckSet.all(among: ids).map {
                Catalogue.NamedSet(name: $0.name, members: $0.checks + (self.sets[$0.name] ?? []))
            }, quick: quick)
    }

    /// Chooses what to run.
    ///
    /// - Throws: `CommandFailure`: 64 for names that are not there, 78 for checks that wait for each other.
    func plan(
        _ selection: Selection, probes: TargetProbes, own: [Validator] = []
    ) throws(CommandFailure) -> RunPlan {
        do throws(PlanError) {
            return try RunPlan(from: catalogue(probes, own: own), selecting: selection, policy: policy)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// How long a plan takes, with the engine's own width, order and locks.
    static func duration(of plan: RunPlan, _ predictions: [CheckID: Duration]) throws(CommandFailure) -> Duration {
        let definitions = plan.steps.map(\.check.definition)
        do throws(PlanError) {
            return BudgetPlan(
                definitions, graph: try DependencyGraph(definitions), width: EngineSetup.defaultWidth,
                predictions: predictions, budget: .seconds(1 << 32)
            ).end
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension ValidationModes.Selection {
    /// The names of sets and validators; none for "all".
    fileprivate func names(besides own: [String]) -> [String] {
        switch self {
        case .all: ValidatorRegistry.all(.offline).map(\.name) + own
        case .names(let names): names
        }
    }
}

extension CommandFailure {
    /// The words for a plan that cannot be made.
    init(_ error: PlanError) {
        switch error {
        case .unknownValidator(let name, let known): self = .unknown("validator", name, among: known)
        case .unknownCheck(let name, let known): self = .unknown("check", name, among: known)
        case .unknownSet(let name, let known): self = .unknown("set", name, among: known)
        case .nothingSelected: self.init(.usage, "the selection holds no check")
        case .unknownDependency(let of, let on):
            self.init(.configuration, "\(of) requires \(on), which is not registered")
        case .cycle(let ids):
            self.init(.configuration, "checks wait for each other: \(ids.map(\.description).joined(separator: " → "))")
        case .duplicate(let id): self.init(.configuration, "two checks are called \(id)")
        }
    }
}
