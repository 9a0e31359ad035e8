/// Talks to a validator in another language over `holdpoint-validator/1`.
package protocol ExternalValidatorProbe: Sendable {
    /// How a person would start it.
    var line: String { get }
    /// Who it is and which checks it has. The child is started and shut down for this alone.
    ///
    /// - Throws: `ProbeError` of our side when it cannot be started, breaks the protocol or does not describe itself.
    func describe() async throws(ProbeError) -> Answer<ExternalDescription>
    /// Runs one check in a child of its own.
    ///
    /// A child that breaks a rule, or goes on beyond the limit, is an answer. When the task is cancelled the child is
    /// asked to stop, then made to.
    ///
    /// - Parameters:
    ///   - limit: from its start to its result.
    ///   - effects: told of each change before the child may make it; throws when it cannot be written down.
    func run(
        _ check: ExternalCheckDescription, mode: Mode, seed: UInt64, limit: Duration, reporter: any CheckReporter,
        effects: any EffectRegistrar
    ) async throws(ProbeError) -> Answer<ExternalRun>
}

/// What came of a run: the record, and the bytes of its evidence.
package struct ExternalRun: Sendable {
    /// What it did.
    package var record: ExternalRecord
    /// The bytes of each piece of evidence, by the child's own name for it.
    package var contents: [String: [UInt8]]

    /// Pairs a record with the bytes.
    package init(record: ExternalRecord, contents: [String: [UInt8]]) {
        self.record = record
        self.contents = contents
    }
}
