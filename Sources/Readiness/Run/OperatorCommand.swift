/// What an operator may ask of a running engine. The dispatcher puts these into one order with everything else.
package enum OperatorCommand: Sendable, Equatable {
    /// End one check.
    case cancel(CheckID)
    /// End every check that has not finished.
    case cancelAll
    /// Run one check again, with what a blocked one's root cause needs and with what depends on it.
    case rerun(CheckID)
    /// Run again every check that is red or unknown by itself.
    case rerunFailed
    /// Run every planned check of a validator again.
    case rerunValidator(String)
    /// Something was done outside the engine that the log should tell of: a fault set or cleared.
    case note(action: String, object: String)
    /// Close the run. What is still running is cancelled.
    case quit
}
