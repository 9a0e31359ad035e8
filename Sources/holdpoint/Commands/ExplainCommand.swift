import ArgumentParser
import Engine
import FoundationEssentials
import PracticeDesk
import Profile
import Readiness
import Validators

struct ExplainCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell what a check asks, how it looks, what it is judged by, what breaks it.")

    @Argument(help: "A check's id: risk.limit.enforced.")
    var check: String
    @Option(help: "A criteria file instead of the shipped one.")
    var criteria: String?

    @Option(help: "The target whose own check it is: a profile's name, file or folder.")
    var target: String?

    func invocation() throws -> any Invocation { Explanation(id: check, criteria: criteria, target: target) }
}

/// Everything that is known of a check before it runs, and when it was last red here.
struct Explanation: Invocation {
    let id: String
    let criteria: String?
    let target: String?

    func perform() throws -> ExitCode {
        let file = try target.map { target throws(CommandFailure) in
            try TargetLibrary.profile(
                target, repository: nil, StateFolders(), judgedBy: JudgementFiles.Given(criteria: criteria))
        }
        let own = try file.map { file throws(CommandFailure) in try OwnChecks(file.profile) }
        let definitions = (ValidatorRegistry.all(.offline) + (own?.offline ?? [])).flatMap {
            $0.checks.map(\.definition)
        }
        guard let definition = definitions.first(where: { $0.id.description == id }) else {
            throw CommandFailure.unknown("check", id, among: definitions.map(\.id.description))
        }
        let configuration = try RunConfiguration(criteriaFile: criteria, policyFile: nil, target: file, own: own)
        let output = OutputStream()
        output.write(line: definition.id.description)
        output.write(line: "  \(definition.title).")
        output.write(line: "")
        for line in Table(rows(of: definition, in: configuration, among: definitions, own)).lines {
            output.write(line: "  \(line)")
        }
        return .success
    }

    private func rows(
        of definition: CheckDefinition, in configuration: RunConfiguration, among all: [CheckDefinition],
        _ own: OwnChecks?
    ) -> [[String]] {
        let isOwn = own?.offline.contains { $0.name == definition.id.validator } ?? false
        var rows = [
            ["asks", definition.question],
            ["severity", definition.severity.rawValue],
            ["grade", "\(definition.grade.rawValue), in standard \(definition.requiredGrade(in: .standard).rawValue)"],
            ["runs from", sets(of: definition, own)],
            [
                "observes",
                words(
                    definition.hooks.map(\.rawValue),
                    none: isOwn ? "what its profile names" : "no capability: files and the file system"),
            ],
            ["effects", definition.effects.rawValue],
            ["requires", words(definition.requires.map(\.description), none: "no other check")],
        ]
        let dependants = all.filter { $0.requires.contains(definition.id) }.map(\.id.description)
        rows.append(["holds up", words(dependants, none: "no other check")])
        if !definition.after.isEmpty { rows.append(["runs after", words(definition.after.map(\.description))]) }
        if !definition.locks.isEmpty { rows.append(["alone with", words(definition.locks.map(\.rawValue))]) }
        rows.append([
            "takes",
            "about \(DurationText.short(definition.estimate)), at most "
                + DurationText.short(definition.hardLimit),
        ])
        for key in definition.criteria { rows.append(["criterion", criterion(key, in: configuration.criteria)]) }
        for key in definition.optionalCriteria {
            rows.append(["if given", criterion(key, in: configuration.criteria)])
        }
        rows.append(["answers", words(definition.controls, none: "no requirement of its own")])
        rows.append([
            "red by",
            words(
                definition.faults.map(fault),
                none: isOwn ? "whatever its profile does not accept" : "a fixture, no fault of the practice desk"),
        ])
        rows.append(["last red", LastRed.find(definition.id, in: StateFolders())])
        return rows
    }

    private func sets(of definition: CheckDefinition, _ own: OwnChecks?) -> String {
        let ids = [definition.id]
        let joined = (own?.sets ?? [:]).filter { $0.value.contains(definition.id) }.keys.sorted()
        let sets = CheckSet.all(among: ids).filter { !$0.checks.isEmpty }.map(\.name) + joined
        return definition.fromMode.rawValue + (sets.isEmpty ? "" : ", in the sets \(sets.joined(separator: ", "))")
    }

    private func criterion(_ key: String, in criteria: Criteria) -> String {
        if let threshold = criteria[key] {
            return "\(key) = \(threshold.value)  (\(SafeText.line(threshold.source.description)))"
        }
        if let list = criteria.names(key) {
            return "\(key) = \(list.names.map(SafeText.line).joined(separator: ", "))  "
                + "(\(SafeText.line(list.source.description)))"
        }
        return "\(key), which no file gives"
    }

    private func fault(_ name: String) -> String {
        Fault(rawValue: name).map { "\(name) (\($0.sentence))" } ?? name
    }

    private func words(_ parts: [String], none: String = "") -> String {
        parts.isEmpty ? none : parts.joined(separator: ", ")
    }
}
