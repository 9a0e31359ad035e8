package import Readiness

/// A validator in another language, behind `holdpoint-validator/1`.
///
/// Each run of a check has a child of its own: one that crashes takes no other check with it, and no child holds state
/// from one check to the next.
package struct ExternalValidator: ExternalValidatorProbe {
    /// What a child has from our cancel message to SIGTERM.
    package static let cancelGrace = Duration.seconds(2)
    /// What a child has from SIGTERM to SIGKILL.
    package static let termGrace = Duration.seconds(1)
    /// What a child has to end by itself after its result.
    package static let shutdownGrace = Duration.seconds(2)
    /// What a child has to describe itself when nothing else is asked of it.
    package static let describeLimit = Duration.seconds(10)

    private let command: ExternalCommand
    private let secret: @Sendable (String) throws(ProbeError) -> Secret
    private let redactor: Redactor
    private let engine: String

    /// - Parameters:
    ///   - command: how it is started.
    ///   - engine: what `hello` calls us: `holdpoint 0.1`.
    ///   - secret: opens a secret of the profile by its name.
    ///   - redacting: values that must show nowhere, even if a child says them.
    package init(
        _ command: ExternalCommand, engine: String,
        secret: @escaping @Sendable (String) throws(ProbeError) -> Secret,
        redacting: @escaping @Sendable () -> [Secret] = { [] }
    ) {
        self.command = command
        self.engine = engine
        self.secret = secret
        redactor = Redactor(redacting)
    }

    /// How a person would start it.
    package var line: String { command.line }

    /// Who it is and which checks it has.
    package func describe() async throws(ProbeError) -> Answer<ExternalDescription> {
        var session = try session(limit: Self.describeLimit, cancelling: nil)
        let answer = try await session.run(nil)
        if let violation = answer.value.record.violations.first {
            throw redactor.redacted(ProbeError(ourSide: "\(line) breaks the protocol: \(violation)"))
        }
        guard let description = session.description else {
            throw ProbeError(
                ourSide: "\(line) did not describe itself within \(DurationText.short(Self.describeLimit))")
        }
        return Answer(description, transcript: answer.transcript, elapsed: answer.elapsed)
    }

    /// Runs one check in a child of its own.
    package func run(
        _ check: ExternalCheckDescription, mode: Mode, seed: UInt64, limit: Duration, reporter: any CheckReporter,
        effects: any EffectRegistrar
    ) async throws(ProbeError) -> Answer<ExternalRun> {
        var session = try session(limit: limit, cancelling: check.id)
        return try await session.run(
            ExternalSession.Assignment(
                check: check, mode: mode, seed: seed, limit: limit, reporter: reporter, effects: effects))
    }

    private func session(limit: Duration, cancelling check: CheckID?) throws(ProbeError) -> ExternalSession {
        var environment = command.environment
        for (variable, name) in command.secretEnvironment { environment[variable] = try secret(name).reveal() }
        let request = CommandRequest(command.arguments, in: command.folder, environment: environment, limit: limit)
        try request.check()
        let cancel =
            check.map {
                JSONValue.message(
                    "cancel",
                    [
                        .init("id", .text($0.description)),
                        .init("grace_ms", .number("\(Self.cancelGrace.milliseconds)")),
                    ])
            } ?? .message("shutdown")
        let ladder = ExternalChild.Ladder(
            limit: limit, cancelGrace: Self.cancelGrace, termGrace: Self.termGrace, shutdownGrace: Self.shutdownGrace,
            cancelLine: Array((cancel.json + "\n").utf8))
        return ExternalSession(
            child: ExternalChild(request, ladder), command: command, engine: engine, redactor: redactor,
            folder: try EvidenceFolder())
    }
}
