import Readiness

/// Reads `command` of a check: what is run, and how it must end and what it must say.
struct CommandCheckReader {
    let paths: ProfilePaths

    static let startKeys = ["folder", "environment", "secrets", "timeout_ms"]
    private static let keys = ["run", "exit"] + Section.textKeys + startKeys

    /// The requirement, or nil after stating why there is none.
    func requirement(_ value: KeyValueTree, in parent: Section) -> CommandRequirement? {
        guard let section = parent.section("command", value, keys: Self.keys) else { return nil }
        section.refuseKeys(except: Self.keys)
        let codes = NumberRange(lowest: "0", highest: "255", isWhole: true, unit: "exit code")
        let code = section["exit"].map { section.whole("exit", $0, in: codes) } ?? 0
        let text = section.textRequirement()
        if let text, text.isEmpty {
            section.problems.error(
                line: section.line, section.path, "says nothing of the text: an exit code alone proves nothing",
                accepted: "one or more of \(Section.textKeys.joined(separator: ", "))")
        }
        guard let code, let text else {
            _ = start("run", in: section)
            return nil
        }
        return command("run", .stated(exitCode: Int32(code), text: text), in: section)
    }

    /// A command whose words stand under a key, in a form.
    func command(_ key: String, _ form: CommandRequirement.Form, in section: Section) -> CommandRequirement? {
        guard let start = start(key, in: section), let limit = section.limit(otherwise: .seconds(20)) else {
            return nil
        }
        return CommandRequirement(
            start.words, in: start.folder, environment: start.environment, secretEnvironment: start.secrets,
            form: form, limit: limit)
    }

    /// How a process is started.
    struct Start {
        var words: [String]
        var folder: String
        var environment: [String: String]
        var secrets: [String: String]
    }

    /// What every process has: words, folder, variables.
    func start(_ key: String, in section: Section) -> Start? {
        let words = section.required(key, accepted: "a list of words, the program first: [python3, tools/limits.py]")
            .flatMap { section.words(key, $0) }
        let folder = section["folder"].map { section.text("folder", $0, accepted: "the folder to run it in") } ?? "."
        let environment = section.pairs("environment", names: FieldNames.variables, where: FieldNames.isVariable)
        let secrets = section.secrets("secrets", names: FieldNames.variables, paths, where: FieldNames.isVariable)
        guard var words, let folder, let environment, let secrets else { return nil }
        // A program with a path is one of the repository's; a bare name is looked up in PATH.
        if words[0].contains("/") { words[0] = paths.inRepository(words[0]) }
        return Start(
            words: words, folder: paths.inRepository(folder), environment: environment, secrets: secrets)
    }
}
