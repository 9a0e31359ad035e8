/// Where one operation of the readiness surface is to be had, and how its answer is spelled there.
package struct CapabilityBinding: Sendable, Equatable {
    /// How a target is asked.
    package enum Source: Sendable, Equatable {
        /// A request, to the surface's address or, as a whole URL, elsewhere. In the path and the body, `{name}` stands
        /// for the request's field of that name.
        case http(method: String, target: String, body: String?)
        /// A program and its arguments, without a shell. The request's fields are put in for `{name}`; what it prints
        /// on standard output is the answer.
        case command([String])
        /// A file that holds the answer. A relative path is relative to the repository.
        case file(String)
        /// A read-only statement on the profile's ledger. Each row becomes an object with these names for its columns, in
        /// their order; all of them are `{"rows": […]}`.
        case sql(String, columns: [String])
    }

    /// The operation, by its name in the contract.
    package var operation: String
    /// How it is asked.
    package var source: Source
    /// How the answer is made out of the target's own; nil where the target spells it as the contract does.
    package var answer: AnswerTemplate?
    /// How long the target may be silent; nil for the surface's own limit.
    package var limit: Duration?
    /// How long ago a file may have been written; nil: at any time, for what is written only when it changes.
    package var maxAge: Duration?
    /// Where the profile says so.
    package var location: SourceLocation

    /// Describes a binding.
    package init(
        operation: String, source: Source, answer: AnswerTemplate? = nil, limit: Duration? = nil,
        maxAge: Duration? = nil, location: SourceLocation
    ) {
        self.operation = operation
        self.source = source
        self.answer = answer
        self.limit = limit
        self.maxAge = maxAge
        self.location = location
    }
}
