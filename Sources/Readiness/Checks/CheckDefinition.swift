/// What is known of a check before it runs. Plain data: the list, the plan, the matrix and the contract suite read it.
package struct CheckDefinition: Sendable, Equatable {
    /// The stable name.
    package var id: CheckID
    /// A sentence that is true when the check passes.
    package var title: String
    /// The same as a question, phrased so that yes is good.
    package var question: String
    /// How much a failure matters to the gate.
    package var severity: Severity
    /// The evidence that a pass must reach in the deepest mode; standard asks for at most `exercised`.
    package var grade: Grade
    /// The first mode that runs the check.
    package var fromMode: Mode
    /// The most that the check does to the target.
    package var effects: EffectClass
    /// Checks that must have ended in pass or warn before this one starts.
    package var requires: [CheckID]
    /// Checks that must have ended, however, if they are in the plan. Pulls in nothing.
    package var after: [CheckID]
    /// Locks held exclusively.
    package var locks: [Lock]
    /// The capabilities that `collect` uses.
    package var hooks: [Capability]
    /// What `collect` looks at besides.
    package var parts: [ObservedPart]
    /// Keys of the criteria file that `judge` or `collect` reads.
    package var criteria: [String]
    /// Keys that `judge` or `collect` reads where a file gives them, and does without where none does: what is not
    /// looked at then, the check says.
    package var optionalCriteria: [String]
    /// Requirements that the check answers, as in requirements.md: `A2.1`.
    package var controls: [String]
    /// Faults of the practice desk that must turn the check red.
    package var faults: [String]
    /// When the operator is told that the check is slow. Default 5 s.
    package var softLimit: Duration
    /// When the check is ended and recorded as an error of ours. Default 30 s.
    package var hardLimit: Duration
    /// How long a cancelled body may take to stop. Default 2 s.
    package var grace: Duration
    /// The time it takes on a healthy target, for predicting and ordering. Default 100 ms.
    package var estimate: Duration

    /// Describes a check; see the properties for meaning and defaults.
    package init(
        id: CheckID, title: String, question: String, severity: Severity, grade: Grade, fromMode: Mode = .standard,
        effects: EffectClass = .read, requires: [CheckID] = [], after: [CheckID] = [], locks: [Lock] = [],
        hooks: [Capability] = [], parts: [ObservedPart] = [], criteria: [String] = [], optionalCriteria: [String] = [],
        controls: [String] = [],
        faults: [String] = [], softLimit: Duration = .seconds(5), hardLimit: Duration = .seconds(30),
        grace: Duration = .seconds(2), estimate: Duration = .milliseconds(100)
    ) {
        self.id = id
        self.title = title
        self.question = question
        self.severity = severity
        self.grade = grade
        self.fromMode = fromMode
        self.effects = effects
        self.requires = requires
        self.after = after
        self.locks = locks
        self.hooks = hooks
        self.parts = parts
        self.criteria = criteria
        self.optionalCriteria = optionalCriteria
        self.controls = controls
        self.faults = faults
        self.softLimit = softLimit
        self.hardLimit = hardLimit
        self.grace = grace
        self.estimate = estimate
    }

    /// The endpoints that the check talks to.
    package var endpoints: Set<Endpoint> { Set(hooks.map(\.endpoint)) }

    /// Whether the check's subject is reachability itself, so that an endpoint that is gone is a fail and not unknown.
    package var isReachability: Bool { Endpoint.allCases.contains { $0.reachabilityCheck == id } }

    /// The grade that a pass must reach in a mode: min(grade, E3) but in thorough.
    package func requiredGrade(in mode: Mode) -> Grade { mode == .thorough ? grade : min(grade, .exercised) }

    /// Locks that the engine adds and that are held together with others.
    package var sharedLocks: [Lock] {
        var shared: [Lock] = [.machineQuiet]
        if endpoints.contains(.surface) { shared.append(.targetProcess) }
        if hooks.contains(.marketData) { shared.append(.marketData) }
        return shared.filter { !locks.contains($0) }.sorted()
    }
}
