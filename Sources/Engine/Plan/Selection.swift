package import Readiness

/// What an operator asks for: which checks, and how deep.
package struct Selection: Sendable, Equatable {
    /// How deep. Default standard.
    package var mode: Mode
    /// Whole validators by name.
    package var validators: [String]
    /// Ids, or patterns in which `*` stands for any run of characters.
    package var checks: [String]
    /// Sets by name.
    package var sets: [String]
    /// What the scope says instead of the ids, where an operator has chosen them one by one; nil: the ids themselves.
    package var why: String?

    /// Asks for everything that the mode runs, unless something is named.
    package init(
        mode: Mode = .standard, validators: [String] = [], checks: [String] = [], sets: [String] = [],
        why: String? = nil
    ) {
        self.mode = mode
        self.validators = validators
        self.checks = checks
        self.sets = sets
        self.why = why
    }

    /// What narrows it, for the verdict's scope: `mode=quick`, `validator=database`.
    var scope: Scope {
        var why: [String] = []
        if mode == .quick { why.append("mode=quick") }
        if let told = self.why { return Scope(narrowedBy: why + [told]) }
        why += validators.map { "validator=\($0)" } + checks.map { "check=\($0)" } + sets.map { "set=\($0)" }
        return Scope(narrowedBy: why)
    }

    var namesSomething: Bool { !(validators.isEmpty && checks.isEmpty && sets.isEmpty) }
}

/// What there is to choose from.
package struct Catalogue: Sendable {
    /// A named group of checks across validators.
    package struct NamedSet: Sendable, Equatable {
        /// `health`, `basic_flow`, `critical_path`.
        package var name: String
        /// The checks of it that exist.
        package var members: [CheckID]

        /// Names a set.
        package init(name: String, members: [CheckID]) {
            self.name = name
            self.members = members
        }
    }

    /// In the order in which they are listed.
    package var validators: [Validator]
    /// Every set.
    package var sets: [NamedSet]
    /// What quick runs when nothing is named: sets or validators by name.
    package var quick: [String]

    /// Gathers what there is.
    package init(validators: [Validator], sets: [NamedSet], quick: [String]) {
        self.validators = validators
        self.sets = sets
        self.quick = quick
    }
}

/// Why there is no plan.
package enum PlanError: Error, Equatable {
    /// A name that is not there; with those that are.
    case unknownValidator(String, known: [String])
    /// A name or pattern that fits no check; with the ids that are.
    case unknownCheck(String, known: [String])
    /// A name that is not there; with those that are.
    case unknownSet(String, known: [String])
    /// The selection is empty.
    case nothingSelected
    /// A check names one that is not registered.
    case unknownDependency(of: CheckID, on: CheckID)
    /// Checks that wait for each other, in order, the first again at the end.
    case cycle([CheckID])
    /// Two registered checks have one id.
    case duplicate(CheckID)
}
