/// A validator in another language that a profile names: how it is started, and what its numbers are held against.
package struct ExternalDeclaration: Sendable, Equatable {
    /// What messages call it. Its checks' ids are its own.
    package var name: String
    /// `argv`; the program as an absolute path or a bare name.
    package var arguments: [String]
    /// Absolute; where it runs.
    package var folder: String
    /// Variables, no secrets.
    package var environment: [String: String]
    /// Variables whose values are secrets, by where those are to be had.
    package var secretEnvironment: [String: String]
    /// What its checks are told.
    package var parameters: [String: String]
    /// The most that one of its checks may take; nil for what it says itself.
    package var limit: Duration?
    /// What its numbers must keep to, by check and measurement.
    package var criteria: [CheckID: [String: Criterion]]
    /// Where it stands in the profile.
    package var source: SourceLocation

    /// Names a validator; see the properties.
    package init(
        name: String, arguments: [String], folder: String, environment: [String: String] = [:],
        secretEnvironment: [String: String] = [:], parameters: [String: String] = [:], limit: Duration? = nil,
        criteria: [CheckID: [String: Criterion]] = [:], source: SourceLocation
    ) {
        self.name = name
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.secretEnvironment = secretEnvironment
        self.parameters = parameters
        self.limit = limit
        self.criteria = criteria
        self.source = source
    }

    /// The number that each measurement must keep to, by its key in the criteria.
    package var bounds: [String: Threshold] {
        var bounds: [String: Threshold] = [:]
        for (id, measurements) in criteria {
            for (name, criterion) in measurements { bounds[id.key(of: name)] = criterion.threshold }
        }
        return bounds
    }
}

extension TargetProfile {
    /// Whether it looks at anything beside Holdpoint's own checks.
    package var hasOwnChecks: Bool { !checks.isEmpty || !validators.isEmpty }

    /// The numbers of the profile's own checks, by check and measurement.
    package var ownBounds: [CheckID: [String: Threshold]] {
        var all: [CheckID: [String: Threshold]] = [:]
        for check in checks where !check.bounds.isEmpty { all[check.id] = check.bounds }
        for validator in validators {
            for (id, measurements) in validator.criteria { all[id] = measurements.mapValues(\.threshold) }
        }
        return all
    }

    /// Where the secrets are to be had that the profile's own checks need, each once, sorted.
    package var ownSecrets: [String] {
        var names: Set<String> = []
        for validator in validators { names.formUnion(validator.secretEnvironment.values) }
        for check in checks {
            switch check.subject {
            case .http(let requirement): names.formUnion(requirement.secretHeaders.values)
            case .command(let requirement): names.formUnion(requirement.secretEnvironment.values)
            default: break
            }
        }
        return names.sorted()
    }
}
