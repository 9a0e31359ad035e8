import Readiness
struct ConsoleRun: Invocation {
    let request: RunRequest
    func perform() throws -> ExitCode { try HeadlessRun(request: request).perform() }
}
