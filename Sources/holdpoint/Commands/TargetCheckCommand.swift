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
    @Option(
        help: "Print a handler or profile lines for this capability, or for all that a check needs. May be repeated.")
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
            var subjects: [CapabilityReport.Subject] = []
            for name in stub { subjects += try StubPrinting.subjects(named: name) }
            return StubPrinting(subjects: subjects, language: language)
        }
        return TargetLooking(target: target, repository: repo, deskHome: deskHome, asJSON: format == "json")
    }
}

/// Prints handlers for capabilities, and lines of a profile for what no handler gives. Asks nobody.
struct StubPrinting: Invocation {
    let subjects: [CapabilityReport.Subject]
    let language: CapabilityStub.Language

    /// The capability or part of that name, or those that the check of that name looks through.
    ///
    /// - Throws: `CommandFailure` (64) for a name that is not there, and for a check that looks through none of them.
    static func subjects(named name: String) throws(CommandFailure) -> [CapabilityReport.Subject] {
        if let capability = Capability(rawValue: name) { return [.capability(capability)] }
        if let part = ObservedPart(rawValue: name) { return [.part(part)] }
        let definitions = ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition) }
        let words = Capability.allCases.map(\.rawValue) + ObservedPart.allCases.map(\.rawValue)
        guard let check = definitions.first(where: { $0.id.description == name }) else {
            let nearest = NearestName.of(name, among: words + definitions.map(\.id.description))
            throw CommandFailure(
                .usage,
                "unknown capability '\(name)'" + (nearest.map { ": did you mean '\($0)'?" } ?? "")
                    + " (known: \(words.joined(separator: ", ")), and every check of holdpoint list checks)")
        }
        let subjects =
            check.hooks.map(CapabilityReport.Subject.capability) + check.parts.map(CapabilityReport.Subject.part)
        guard !subjects.isEmpty else {
            throw CommandFailure(
                .usage,
                "there is nothing to print for \(name): it looks through no capability (holdpoint explain \(name) says at what it looks)"
            )
        }
        return subjects
    }

    func perform() throws -> ExitCode {
        let output = OutputStream()
        let capabilities = subjects.compactMap { if case .capability(let capability) = $0 { capability } else { nil } }
        let stub = CapabilityStub(of: capabilities, as: language)
        if let stub { output.write(Array(stub.text.utf8)) }
        let all =
            Capability.allCases.map(CapabilityReport.Subject.capability)
            + ObservedPart.allCases.map(CapabilityReport.Subject.part)
        for subject in all where subjects.contains(subject) {
            for line in CapabilityStub.profileLines(of: subject) {
                // Under a program they are comments, so that the program stays one.
                output.write(line: stub == nil || line.hasPrefix("#") ? line : "#   \(line)")
            }
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
        let file = try TargetLibrary.profile(
            name, repository: repository, folders, judgedBy: JudgementFiles.Given())
        let configuration = try RunConfiguration(criteriaFile: nil, policyFile: nil, target: file)
        let visit = try TargetVisit(file.profile, deskHome: deskHome, folders)
        let capabilities = try RootTask.run { () -> Result<[CapabilityReport], any Error> in
            do {
                return .success(
                    try await visit.with(progress: { StandardError.write($0) }) { target in
                        try await LookWatch.watching(visit.profile.id, isForPeople: !asJSON) {
                            try await TargetLook(target, visit.profile, configuration, telling: $0).capabilities()
                        }
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
