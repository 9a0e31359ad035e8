import Engine
import Probes
import Readiness
import Validators

/// The checks that a profile adds to Holdpoint's own: those that it states, and those that its validators describe.
struct OwnChecks: Sendable {
    /// A validator in another language with what it says of itself.
    private struct Described: Sendable {
        let declaration: ExternalDeclaration
        let description: ExternalDescription

        /// Takes what a child says, within the limit that the profile gives.
        init(_ declaration: ExternalDeclaration, _ description: ExternalDescription) {
            var description = description
            for index in description.checks.indices {
                let own = description.checks[index].hardLimit
                description.checks[index].hardLimit = min(own, declaration.limit ?? own)
            }
            self.declaration = declaration
            self.description = description
        }
    }

    private let profile: TargetProfile
    private let declared: [DeclaredValidator]
    private let described: [Described]
    private let seed: UInt64
    /// Secrets that the checks need.
    let secrets: OwnSecrets

    /// Takes a profile's checks. Starts each of its validators once, so that it names its checks; none is run.
    ///
    /// - Parameter seed: of the run, for children.
    /// - Throws: `CommandFailure`: 78 for ids that are taken, 69 for a validator that does not describe itself: checks
    ///   that nobody knows of would be missing from the verdict without a word.
    init(_ profile: TargetProfile, seed: UInt64 = 0) throws(CommandFailure) {
        self.profile = profile
        self.seed = seed
        let ours = ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition.id) }
        var names: [String] = []
        for check in profile.checks where !names.contains(check.id.validator) { names.append(check.id.validator) }
        var declared: [DeclaredValidator] = []
        for name in names {
            do throws(DeclaredValidator.Trouble) {
                declared.append(
                    try DeclaredValidator(
                        name: name, title: "Checks of the profile \(profile.id)",
                        checks: profile.checks.filter { $0.id.validator == name }, besides: ours))
            } catch {
                throw CommandFailure(.configuration, "\(error)")
            }
        }
        self.declared = declared
        guard !profile.validators.isEmpty || !profile.ownSecrets.isEmpty else {
            described = []
            secrets = .none
            return
        }
        let answer = RootTask.run { () -> Answer in
            let secrets = await OwnSecrets.fetch(
                profile.ownSecrets, folder: profile.folder, environment: OwnEnvironment.value)
            return await Self.describe(profile, secrets)
        }
        if let failure = answer.failure { throw failure }
        secrets = answer.secrets
        described = answer.described
        _ = try validators(OwnProbes.offline(profile, secrets))
    }

    /// What came of asking every child.
    private struct Answer: Sendable {
        var secrets: OwnSecrets
        var described: [Described] = []
        var failure: CommandFailure?
    }

    private static func describe(_ profile: TargetProfile, _ secrets: OwnSecrets) async -> Answer {
        let probes = OwnProbes.offline(profile, secrets)
        var answer = Answer(secrets: secrets)
        for declaration in profile.validators {
            do throws(ProbeError) {
                let description = try await probes.validator(declaration).describe().value
                answer.failure = unknown(declaration, in: description)
                answer.described.append(Described(declaration, description))
            } catch {
                answer.failure = CommandFailure(
                    .unavailable,
                    "\(declaration.source): the validator \(declaration.name) does not say which checks it has: "
                        + error.detail,
                    details: ["see what is wrong with: \(declaration.tryLine)"])
            }
            if answer.failure != nil { return answer }
        }
        return answer
    }

    /// A check that the profile has criteria for, and the child does not describe.
    private static func unknown(
        _ declaration: ExternalDeclaration, in description: ExternalDescription
    ) -> CommandFailure? {
        let ids = description.checks.map(\.id)
        guard let id = declaration.criteria.keys.sorted().first(where: { !ids.contains($0) }) else { return nil }
        return CommandFailure(
            .configuration,
            UnknownName.message(
                "check of the validator \(declaration.name)", id.description, among: ids.map(\.description)),
            details: ["it is named at \(declaration.source)"])
    }

    /// As validators like any other.
    ///
    /// - Throws: `CommandFailure` (78) for ids that somebody else has.
    func validators(_ probes: OwnProbes) throws(CommandFailure) -> [Validator] {
        var validators = declared.map { $0.validator(probes.declared) }
        var taken = ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition.id) }
        taken += declared.flatMap { $0.checks.map(\.id) }
        for child in described {
            do throws(ProbeError) {
                let more = try ExternalValidators.validator(
                    child.description, probes.validator(child.declaration), criteria: child.declaration.criteria,
                    besides: taken, seed: seed, profile: child.declaration.source.file)
                taken += more.flatMap { $0.checks.map(\.definition.id) }
                validators += more
            } catch {
                throw CommandFailure(.configuration, "\(child.declaration.source): \(error.detail)")
            }
        }
        return validators
    }

    /// The same without a target: what there is to list, to choose from and to judge with.
    var offline: [Validator] {
        // What can go wrong with them has been tried when they were made.
        (try? validators(OwnProbes.offline(profile, secrets))) ?? []
    }

    /// The sets that checks join, by name.
    var sets: [String: [CheckID]] {
        var sets: [String: [CheckID]] = [:]
        for check in profile.checks { for set in check.sets { sets[set, default: []].append(check.id) } }
        return sets
    }

    /// The numbers that the checks must keep to, by their keys in the criteria.
    var bounds: [String: Threshold] {
        var bounds: [String: Threshold] = [:]
        for check in profile.checks {
            for (name, threshold) in check.bounds { bounds[check.key(of: name)] = threshold }
        }
        for validator in profile.validators { bounds.merge(validator.bounds) { own, _ in own } }
        return bounds
    }
}

extension ExternalDeclaration {
    /// How a person lets it be tried.
    var tryLine: String {
        let words = arguments.map(ShellWord.quoted).joined(separator: " ")
        return "holdpoint validator test --folder \(ShellWord.quoted(folder)) -- \(words)"
    }
}
