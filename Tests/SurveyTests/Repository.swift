import FoundationEssentials
import Glibc
import Profile
import Readiness
import Survey
import Testing
import Validators

/// A repository in a temporary folder, gone with the object.
final class Repository {
    let path: String

    /// Makes the files; folders come by themselves.
    init(_ files: [String: String], named name: String = "desk") throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdpoint-survey-\(UUID().uuidString)")
            .path
        try #require(mkdir(folder, 0o700) == 0)
        path = "\(folder)/\(name)"
        try #require(mkdir(path, 0o755) == 0)
        for (name, text) in files { try write(name, text) }
    }

    deinit {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try? FileManager.default.removeItem(atPath: "/\(parent)")
    }

    /// Writes a file and the folders above it.
    func write(_ name: String, _ text: String) throws {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            if mkdir(folder, 0o755) != 0 { try #require(errno == EEXIST) }
        }
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(file >= 0, "\(name): \(String(cString: strerror(errno)))")
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    /// Looks at it.
    func survey(within bounds: RepositoryWalk.Bounds = .init()) throws -> RepositorySurvey {
        try RepositoryWalk.survey(path, within: bounds)
    }

    /// The sketch of it.
    func sketch() throws -> SystemSketch {
        SystemSketch(try survey(), of: path.split(separator: "/").last.map(String.init) ?? "")
    }
}

/// The checks of the program.
let checks = CheckIndex(ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition) })

/// The profile of a text, as a run would read it.
func read(_ text: String, in folder: String = "/repo") throws -> TargetProfile {
    try TargetProfileFile.load(
        ConfigurationText(name: "holdpoint.yaml", text: text), folder: folder, digest: { "\($0.count)" }
    ).profile
}
