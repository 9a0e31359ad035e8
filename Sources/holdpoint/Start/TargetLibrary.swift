import Engine
import FoundationEssentials
import Glibc
import Profile
import Readiness

/// Finds the profile of a target by its name, its file or its folder.
enum TargetLibrary {
    /// The name of the target that is looked at unless another is named.
    static let practice = "practice"

    /// What the profile in a checkout is called.
    static let fileName = "holdpoint.yaml"

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - name: `practice`; a name in the user's folder or in `config/targets` here; a path of a file, or of a folder
    ///     that holds `holdpoint.yaml`.
    ///   - repository: where the profile's repository is checked out, instead of where it says.
    ///   - folders: where the user's own profiles lie.
    /// - Throws: `CommandFailure`: 64 for a name that is nowhere, with the nearest one; 78 with every problem of the
    ///   file.
    static func profile(
        _ name: String, repository: String?, _ folders: StateFolders
    ) throws(CommandFailure) -> TargetProfileFile {
        let path = name == practice ? "" : path(of: name, folders)
        guard let path else { throw CommandFailure.unknown("target", name, among: names(folders)) }
        do throws(ConfigurationError) {
            if name == practice {
                return try TargetProfileFile.load(
                    ConfigurationText(name: "config/targets/practice.yaml", bytes: PackageResources.practice_yaml),
                    folder: here, digest: HexDigest.sha256)
            }
            let absolute = path.hasPrefix("/") ? path : "\(here)/\(path)"
            let folder = absolute.split(separator: "/").dropLast().joined(separator: "/")
            return try TargetProfileFile.load(
                ConfigurationText(readingFileAt: path), folder: "/\(folder)",
                repository: repository.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" }, digest: HexDigest.sha256)
        } catch {
            throw CommandFailure(.configuration, "failed to read the target's profile\n\(error)")
        }
    }

    /// The names that there are, sorted, each once.
    static func names(_ folders: StateFolders) -> [String] {
        var names: Set<String> = [practice]
        for folder in [folders.targets, "config/targets"] {
            // A folder that is not there holds none.
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where file.hasSuffix(".yaml") {
                names.insert(String(file.dropLast(".yaml".count)))
            }
        }
        return names.sorted()
    }

    private static func path(of name: String, _ folders: StateFolders) -> String? {
        if name.contains("/") || name.hasSuffix(".yaml") || isFolder(name) {
            return isFolder(name) ? "\(name)/\(fileName)" : name
        }
        return ["\(folders.targets)/\(name).yaml", "config/targets/\(name).yaml"].first { access($0, F_OK) == 0 }
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private static var here: String { FileManager.default.currentDirectoryPath }
}
