/// One statement about the target, of a kind from a closed list per check.
package struct Finding: Sendable, Codable, Equatable {
    /// Stable name of what was found: `limit-differs`.
    package var kind: String
    /// How much it matters. A finding of medium or more makes its check fail; a lesser one a warning.
    package var severity: Severity
    /// One sentence.
    package var message: String
    /// The same for the same trouble in every run: kind and subject, no measured numbers.
    package var fingerprint: String
    /// The place in a file, where the finding comes from one.
    package var location: SourceLocation?
    /// What to change, where that is known.
    package var suggestion: String?

    /// States a finding about a subject (a limit, a query, a symbol).
    package init(
        kind: String, severity: Severity, subject: String, message: String, location: SourceLocation? = nil,
        suggestion: String? = nil
    ) {
        self.kind = kind
        self.severity = severity
        self.message = message
        fingerprint = "\(kind)/\(subject)"
        self.location = location
        self.suggestion = suggestion
    }
}
