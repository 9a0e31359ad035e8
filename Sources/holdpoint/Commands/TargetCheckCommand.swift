import ArgumentParser
import Profile
import Readiness
import Reports
import Validators

struct TargetCheckCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say for each capability whether the target offers it, how fast, and which checks wait for it.",
        discussion: """
            Nothing is changed: only what reads is asked. Exit code 1 where a check lacks something. --stub asks the target \
            nothing: it prints a handler to paste, with the fields that each answer must have.
            """)

    @Option(help: "A target: the name of a profile, its file, or a folder with a holdpoint.yaml.")
    var target: String?
    @Option(help: "Where the target's repository is checked out, instead of where its profile says.")
    var repo: String?
    @Option(help: "The practice desk of this folder, instead of one that is started for the look.")
    var deskHome: String?
    @Option(help: "console or json.")
    var format = "console"
    @Option(help: "Print a handler for this capability, or for all that a check needs. May be repeated.")
    var stub: [String] = []
    @Option(name: .customLong("as"), help: "What the handler is written for: http (Python's own server) or fastapi.")
    var language = CapabilityStub.Language.http.rawValue

    func invocation() throws -> any Invocation {
        guard let language = CapabilityStub.Language(rawValue: language) else {
            throw CommandFailure.unknown("language", language, among: CapabilityStub.Language.allCases.map(\.rawValue))
        }
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        guard stub.isEmpty else {
            var capabilities: [Capability] = []
            for name in stub { capabilities += try StubPrinting.capabilities(named: name) }
            return StubPrinting(capabilities: capabilities, language: language)
        }
        return TargetLooking(target: target, repository: repo, deskHome: deskHome, asJSON: format == "json")
    }
}

/// Prints handlers for capabilities. Asks nobody.
struct StubPrinting: Invocation {
    let capabilities: [Capability]
    let language: CapabilityStub.Language

    /// The capability of that name, or those that the check of that name looks through.
    static func capabilities(named name: String) throws(CommandFailure) -> [Capability] {
        if let capability = Capability(rawValue: name) { return [capability] }
        let definitions = ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition) }
        if let check = definitions.first(where: { $0.id.description == name }) { return check.hooks }
        throw .unknown(
            "capability", name, among: Capability.allCases.map(\.rawValue) + definitions.map(\.id.description))
    }

    func perform() throws -> ExitCode {
        let output = OutputStream()
        if let stub = CapabilityStub(of: capabilities, as: language) { output.write(Array(stub.text.utf8)) }
        for capability in Capability.allCases where capabilities.contains(capability) {
            for line in CapabilityStub.profileLines(of: capability) { output.write(line: line) }
        }
        return .success
    }
}

/// Looks at a target and prints what it offers.
struct TargetLooking: Invocation {
    let target: String?
    let repository: String?
    let deskHome: String?
    let asJSON: Bool

    func perform() throws -> ExitCode {
        let name = target ?? TargetLibrary.practice
        let folders = StateFolders()
        let file = try TargetLibrary.profile(name, repository: repository, folders)
        let configuration = try RunConfiguration(criteriaFile: nil, policyFile: nil, target: file)
        let visit = try TargetVisit(file.profile, deskHome: deskHome, folders)
        let capabilities = try RootTask.run { () -> Result<[CapabilityReport], any Error> in
            do {
                return .success(
                    try await visit.with(progress: { StandardError.write($0) }) { target in
                        try await TargetLook(target, visit.profile, configuration).capabilities()
                    })
            } catch {
                return .failure(error)
            }
        }.get()
        let profile = file.profile
        let report = TargetCheckReport(
            target: profile.id, environment: profile.environment.rawValue, profile: profile.source.file, argument: name,
            capabilities)
        let output = OutputStream()
        if asJSON { output.write(report.bytes()) } else { for line in report.lines { output.write(line: line) } }
        return report.exitCode
    }
}
