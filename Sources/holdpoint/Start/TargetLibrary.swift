import Engine
import FoundationEssentials
import Glibc
import Profile
import Readiness
import Validators

/// Finds the profile of a target by its name, its file or its folder.
enum TargetLibrary {
    /// The name of the target that is looked at unless another is named.
    static let practice = "practice"

    /// What the profile in a checkout is called.
    static let fileName = "holdpoint.yaml"

    /// A profile with its text and where it comes from.
    struct Loaded: Sendable {
        /// Who wrote a profile.
        enum Origin: String, Sendable {
            /// It is part of the program.
            case shipped
            /// The user did.
            case own
            /// Nobody: it is what a repository's files say.
            case inferred
        }

        /// What it says.
        var file: TargetProfileFile
        /// The file's text, under the name that messages give it.
        var text: ConfigurationText
        /// Who wrote it.
        var origin: Origin
        /// What whoever uses it should know; nil for nothing.
        var notice: String?
    }

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - name: `practice`; a name in the user's folder or in `config/targets` here; a path of a file, or of a folder:
    ///     its `holdpoint.yaml`, and without one what its files say.
    ///   - repository: where the profile's repository is checked out, instead of where it says.
    ///   - folders: where the user's own profiles lie.
    ///   - given: the files of the command line that the target is judged by; nil where it is not judged.
    /// - Throws: `CommandFailure`: 64 for a name that is nowhere, with the nearest one; 78 with every problem of the
    ///   file, and with those of the files that its target is judged by.
    static func profile(
        _ name: String, repository: String?, _ folders: StateFolders, judgedBy given: JudgementFiles.Given? = nil
    ) throws(CommandFailure) -> TargetProfileFile {
        try load(name, repository: repository, folders, judgedBy: given).file
    }

    /// Reads a profile as `profile` does, with its text.
    static func load(
        _ name: String, repository: String?, _ folders: StateFolders, judgedBy given: JudgementFiles.Given? = nil
    ) throws(CommandFailure) -> Loaded {
        if name == practice { return try shipped() }
        guard let path = path(of: name, folders) else {
            throw CommandFailure.unknown("target", name, among: names(folders))
        }
        guard isFolder(path) else { return try read(path, repository, judgedBy: given) }
        let own = "\(path)/\(fileName)"
        var facts = stat()
        // Whatever has that name is the profile: one that cannot be read is told, and not passed over.
        guard lstat(own, &facts) != 0 else { return try read(own, repository, judgedBy: given) }
        let inferred = try InferredProfile(
            of: path, named: "\(path) (no \(fileName))", repository: repository.map(absolute))
        return Loaded(
            file: inferred.file, text: ConfigurationText(name: inferred.name, text: inferred.text), origin: .inferred,
            notice: inferred.notice)
    }

    /// The practice desk's.
    private static func shipped() throws(CommandFailure) -> Loaded {
        do throws(ConfigurationError) {
            let text = try ConfigurationText(
                name: "config/targets/practice.yaml", bytes: PackageResources.practice_yaml)
            return Loaded(
                file: try TargetProfileFile.load(text, folder: here, digest: HexDigest.sha256), text: text,
                origin: .shipped)
        } catch {
            throw CommandFailure(.configuration, "failed to read the target's profile\n\(error)")
        }
    }

    /// A file's.
    static func read(
        _ path: String, _ repository: String?, judgedBy given: JudgementFiles.Given? = nil
    ) throws(CommandFailure) -> Loaded {
        let folder = "/" + absolute(path).split(separator: "/").filter { $0 != "." }.dropLast().joined(separator: "/")
        var text: ConfigurationText?
        do throws(ConfigurationError) {
            let read = try ConfigurationText(readingFileAt: path)
            text = read
            return Loaded(
                file: try TargetProfileFile.load(
                    read, folder: folder, repository: repository.map(absolute),
                    builtIn: ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition.id) },
                    digest: HexDigest.sha256),
                text: read, origin: .own)
        } catch {
            let head = "failed to read the target's profile\n"
            guard let given else { throw CommandFailure(.configuration, head + error.description) }
            // Whoever mends the profile mends what it names in the same go.
            let problems = RunConfiguration.problems(given, ProfileReferences(of: error, in: text, folder: folder))
            let isAlone = problems.allSatisfy { $0.location.file == path }
            throw CommandFailure(
                .configuration,
                (isAlone ? head : "failed to read the configuration\n") + ConfigurationError(problems).description)
        }
    }

    /// The names that there are, sorted, each once.
    static func names(_ folders: StateFolders) -> [String] {
        var names: Set<String> = [practice]
        for folder in places(folders) { names.formUnion(self.names(in: folder)) }
        return names.sorted()
    }

    /// The folders that names are looked for in, the first of a name wins.
    static func places(_ folders: StateFolders) -> [String] { [folders.targets, "config/targets"] }

    /// The names of the profiles in a folder, sorted; none for a folder that is not there.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()
    }

    private static func path(of name: String, _ folders: StateFolders) -> String? {
        if name.contains("/") || name.hasSuffix(".yaml") || isFolder(name) { return name }
        return places(folders).map { "\($0)/\(name).yaml" }.first { access($0, F_OK) == 0 }
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(here)/\(path)" }

    private static var here: String { FileManager.default.currentDirectoryPath }
}
