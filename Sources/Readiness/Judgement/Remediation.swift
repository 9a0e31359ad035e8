/// What a person can do about an outcome. Holdpoint shows, copies and hands over; it never runs a step by itself.
package struct Remediation: Sendable, Codable, Equatable {
    /// One thing to do.
    package struct Step: Sendable, Codable, Equatable {
        /// What to do and why, in a sentence.
        package var text: String
        /// Ready to paste into a shell.
        package var command: String?
        /// How to take it back; nil when there is nothing to take back.
        package var undo: String?

        /// Describes a step.
        package init(_ text: String, command: String? = nil, undo: String? = nil) {
            self.text = text
            self.command = command
            self.undo = undo
        }
    }

    /// The mend in a few words.
    package var summary: String
    /// What most likely is wrong, referring to what was seen.
    package var cause: String
    /// In the order to be walked.
    package var steps: [Step]
    /// Checks to run again afterwards.
    package var verify: [CheckID]

    /// Describes a mend.
    package init(summary: String, cause: String, steps: [Step], verify: [CheckID]) {
        self.summary = summary
        self.cause = cause
        self.steps = steps
        self.verify = verify
    }
}
