package import Readiness

/// Runs a profile's commands: own group, cleared environment, capped output.
package struct DeclaredCommands: CommandProbe {
    private let processes = ProcessProbe()
    private let secret: @Sendable (String) throws(ProbeError) -> Secret
    private let redactor: Redactor

    /// - Parameters:
    ///   - secret: opens a secret of the profile by its name.
    ///   - redacting: values that must show nowhere, even if a command says them.
    package init(
        secret: @escaping @Sendable (String) throws(ProbeError) -> Secret,
        redacting: @escaping @Sendable () -> [Secret] = { [] }
    ) {
        self.secret = secret
        redactor = Redactor(redacting)
    }

    /// Runs it to its end. Silence beyond its limit is the target's.
    package func run(_ requirement: CommandRequirement) async throws(ProbeError) -> Answer<CommandAnswer> {
        var environment = requirement.environment
        for (variable, name) in requirement.secretEnvironment { environment[variable] = try secret(name).reveal() }
        let request = CommandRequest(
            requirement.arguments, in: requirement.folder, environment: environment, limit: requirement.limit)
        let result = try await processes.run(request)
        guard !result.isOverLimit else {
            throw ProbeError(
                .unreachable,
                elsewhere: redactor.redacted(
                    "\(request.line) did not end within \(DurationText.short(requirement.limit))"))
        }
        let answer = CommandAnswer(
            exitCode: result.exitCode, output: result.output.text(redactor),
            errors: result.errors.text(redactor), isCut: result.output.dropped + result.errors.dropped > 0,
            leftBehind: max(result.leftBehind.count, result.isOutputHeld ? 1 : 0))
        return Answer(answer, transcript: result.transcript(of: request, redactor: redactor), elapsed: result.elapsed)
    }
}
