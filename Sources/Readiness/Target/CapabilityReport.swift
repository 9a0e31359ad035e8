/// What became of asking a target for one capability of the readiness surface, before any check did.
///
/// It says whether the capability can be observed, and not whether what it says is good: that is for the checks.
package struct CapabilityReport: Sendable, Equatable {
    /// What was met.
    package enum Finding: Sendable, Equatable {
        /// Every read brought an answer of the contract's shape; the median of their times, and how many there were.
        case answers(median: Duration, reads: Int)
        /// The row of the table "what the probe met", in its own words.
        case trouble(ProbeError)
        /// It is said to be there, and cannot be tried without changing the target, or without something that another
        /// capability did not give.
        case untried(String)
    }

    /// Which.
    package var capability: Capability
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
        _ capability: Capability, question: String, _ finding: Finding, isListed: Bool? = nil, notes: [String] = [],
        waiting: [CheckID] = []
    ) {
        self.capability = capability
        self.question = question
        self.finding = finding
        self.isListed = isListed
        self.notes = notes
        self.waiting = waiting
    }

    /// Why no check can see anything through it; nil where nothing stands against it.
    package var trouble: ProbeError? { if case .trouble(let error) = finding { error } else { nil } }

    /// One word for machines.
    package var state: String {
        switch finding {
        case .answers: "answers"
        case .untried: "not_tried"
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
        case .untried(let why): why
        }
    }
}
