/// A check that stands in a profile as data: what to look at, what must be seen there, and how to mend it.
///
/// It runs and is judged like any other check. Whoever reads a profile makes these; `DeclaredValidator` refuses those
/// whose ids are not theirs to take.
package struct DeclaredCheck: Sendable, Equatable {
    /// What is looked at. Each kind has a check of its own in `Validators/Declared`.
    package enum Subject: Sendable, Equatable {
        case http(HTTPRequirement)
        case command(CommandRequirement)
        case sql(SQLRequirement)
        case file(FileRequirement)
        case port(PortRequirement)
        case certificate(CertificateRequirement)
        case report(ReportRequirement)
    }

    /// What a person does when it is not green, as the profile says.
    package struct Mend: Sendable, Equatable {
        /// In a few words.
        package var summary: String
        /// In the order to be walked. May be empty: then the check adds how to look by hand.
        package var steps: [Remediation.Step]

        /// States a mend.
        package init(summary: String, steps: [Remediation.Step] = []) {
            self.summary = summary
            self.steps = steps
        }
    }

    /// Begins with the name of the profile's own validator.
    package var id: CheckID
    /// A sentence that is true when the check passes.
    package var title: String
    /// The same as a question, phrased so that yes is good.
    package var question: String
    /// How much a failure matters to the gate.
    package var severity: Severity
    /// What a pass must reach. Default `observed`: looking is all that a declared check does. It never sees more, so a
    /// higher grade makes it `grade_below_required`, but for `command`, which may exercise.
    package var grade: Grade
    /// The first mode that runs the check. Default standard.
    package var fromMode: Mode
    /// Checks that must have ended well before. Default none.
    package var requires: [CheckID]
    /// The sets that it joins, by name: `health`, `basic_flow`, `critical_path`. Default none.
    package var sets: [String]
    /// What is looked at.
    package var subject: Subject
    /// How to mend it.
    package var mend: Mend
    /// Where it stands in the profile; criteria without a place of their own name this one.
    package var source: SourceLocation

    /// Declares a check; see the properties for meaning and defaults.
    package init(
        id: CheckID, title: String, question: String, severity: Severity, grade: Grade = .observed,
        fromMode: Mode = .standard, requires: [CheckID] = [], sets: [String] = [], subject: Subject, mend: Mend,
        source: SourceLocation
    ) {
        self.id = id
        self.title = title
        self.question = question
        self.severity = severity
        self.grade = grade
        self.fromMode = fromMode
        self.requires = requires
        self.sets = sets
        self.subject = subject
        self.mend = mend
        self.source = source
    }
}

/// The validator that a profile adds: a name of its own and declared checks under it.
package struct DeclaredValidator: Sendable, Equatable {
    /// Why a set of declared checks cannot be taken.
    package enum Trouble: Error, Sendable, Equatable, CustomStringConvertible {
        /// The name is one of the built-in validators'.
        case builtInName(String)
        /// The name cannot begin an id.
        case badName(String)
        /// An id does not begin with the validator's name.
        case foreignID(CheckID, SourceLocation)
        /// An id is given twice.
        case duplicate(CheckID, SourceLocation)
        /// The id is a built-in check's.
        case builtInID(CheckID, SourceLocation)

        /// One sentence, the place first where there is one.
        package var description: String {
            switch self {
            case .builtInName(let name): "\(name) is the name of a built-in validator"
            case .badName(let name):
                "\(SafeText.line(name)) is no name of a validator: lower-case letters, digits, hyphens"
            case .foreignID(let id, let place):
                "\(place): \(id) does not begin with the name of the profile's validator"
            case .duplicate(let id, let place): "\(place): \(id) is given twice"
            case .builtInID(let id, let place): "\(place): \(id) is the id of a built-in check"
            }
        }
    }

    /// What its checks' ids begin with.
    package let name: String
    /// A few words for a list.
    package let title: String
    /// In the profile's order.
    package let checks: [DeclaredCheck]

    /// Takes a profile's checks.
    ///
    /// - Parameters:
    ///   - builtIn: the ids of all checks that are not the profile's.
    /// - Throws: the first trouble.
    package init(
        name: String, title: String, checks: [DeclaredCheck], besides builtIn: some Sequence<CheckID>
    ) throws(Trouble) {
        let taken = Set(builtIn)
        guard CheckID(parsing: "\(name).a.a")?.validator == name else { throw .badName(name) }
        if taken.contains(where: { $0.validator == name }) { throw .builtInName(name) }
        var seen: Set<CheckID> = []
        for check in checks {
            if taken.contains(check.id) { throw .builtInID(check.id, check.source) }
            guard check.id.validator == name else { throw .foreignID(check.id, check.source) }
            guard seen.insert(check.id).inserted else { throw .duplicate(check.id, check.source) }
        }
        self.name = name
        self.title = title
        self.checks = checks
    }
}
