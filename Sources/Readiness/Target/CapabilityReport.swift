/// What became of asking a target for one thing that checks observe it through, before any check did: a capability of the
/// readiness surface, or a part that none stands for.
///
/// It says whether the capability can be observed, and not whether what it says is good: that is for the checks.
package struct CapabilityReport: Sendable, Equatable {
    /// What is asked for.
    package enum Subject: Sendable, Hashable {
        case capability(Capability)
        case part(ObservedPart)

        /// As tables and machine output call it.
        package var name: String {
            switch self {
            case .capability(let capability): capability.rawValue
            case .part(let part): part.rawValue
            }
        }
    }

    /// What was met.
    package enum Finding: Sendable, Equatable {
        /// Every read brought an answer of the contract's shape; the median of their times, and how many there were.
        case answers(median: Duration, reads: Int)
        /// The row of the table "what the probe met", in its own words.
        case trouble(ProbeError)
        /// It is said to be there, and cannot be tried without changing the target, or without something that another
        /// capability did not give.
        case untried(String)
        /// It cannot be tried without changing the target, and the target does not list it. Checks ask for it all the same.
        case unlisted(String)
    }

    /// Which.
    package var subject: Subject
    /// What is asked: `GET /readyz/identity`, or as the profile binds it.
    package var question: String
    /// What was met.
    package var finding: Finding
    /// Whether `GET /readyz` lists it; nil where that did not answer, and for what is never listed.
    package var isListed: Bool?
    /// What else somebody should know: an optional part that is not there, a version that we do not speak.
    package var notes: [String]
    /// The checks that cannot be verified without it.
    package var waiting: [CheckID]

    /// States what became of it.
    package init(
        _ subject: Subject, question: String, _ finding: Finding, isListed: Bool? = nil, notes: [String] = [],
        waiting: [CheckID] = []
    ) {
        self.subject = subject
        self.question = question
        self.finding = finding
        self.isListed = isListed
        self.notes = notes
        self.waiting = waiting
    }

    /// As tables and machine output call it.
    package var name: String { subject.name }

    /// The capability; nil for a part.
    package var capability: Capability? { if case .capability(let capability) = subject { capability } else { nil } }

    /// Whether checks wait for it in vain, as far as can be told.
    package var isLacking: Bool { isInDoubt || trouble != nil }

    /// Whether it is not listed and was not tried.
    package var isInDoubt: Bool { if case .unlisted = finding { true } else { false } }

    /// Whether a handler for it, or lines of a profile, are to be written. A part is a field of an answer, which may be good
    /// without it: where the field cannot be read, it is to be written as well.
    package var isMissing: Bool {
        isInDoubt || trouble?.meeting == .notOffered || (capability == nil && trouble?.meeting == .nonsense)
    }

    /// Whether what is to be written for it are lines of a profile.
    package var isForProfile: Bool { !CapabilityStub.profileLines(of: subject).isEmpty }

    /// Why no check can see anything through it; nil where nothing stands against it.
    package var trouble: ProbeError? { if case .trouble(let error) = finding { error } else { nil } }

    /// One word for machines.
    package var state: String {
        switch finding {
        case .answers: "answers"
        case .untried: "not_tried"
        case .unlisted: "not_listed"
        case .trouble(let error):
            switch error.meeting {
            case .unreachable: "unreachable"
            case .unauthorised: "unauthorised"
            case .notOffered: "missing"
            case .nonsense: "bad_answer"
            case .ourSide, .cancelled: "error"
            }
        }
    }

    /// The same for people.
    package var words: String {
        switch state {
        case "not_tried": "not tried"
        case "not_listed": "not listed"
        case "unauthorised": "no access"
        case "bad_answer": "bad answer"
        default: state
        }
    }

    /// The rest of the sentence: how fast, or why not.
    package var detail: String {
        switch finding {
        case .answers(let median, let reads):
            "\(DurationText.short(median)), median of \(reads) \(reads == 1 ? "read" : "reads")"
        case .trouble(let error): error.detail
        case .untried(let why), .unlisted(let why): why
        }
    }
}
