import Engine
import Glibc
import Profile
import Readiness
import Survey
import Validators

/// A profile that nobody has written yet: what the files of a repository say, in the form of a profile.
struct InferredProfile: Sendable {
    /// The repository's folder, absolute.
    let folder: String
    /// What was seen.
    let survey: RepositorySurvey
    /// What that adds up to.
    let sketch: SystemSketch
    /// What was found and what is missing.
    let report: SurveyReport
    /// The profile's file as it would be written.
    let text: String
    /// What messages call it.
    let name: String
    /// The same, read.
    private(set) var file: TargetProfileFile

    /// Looks at a repository.
    ///
    /// - Parameters:
    ///   - given: its folder, as a person named it.
    ///   - place: the folder that the profile is to lie in, absolute; nil for the repository itself.
    ///   - name: what messages call the profile.
    ///   - repository: where the repository is checked out, absolute, if not there.
    /// - Throws: `CommandFailure`: 64 for a folder that cannot be looked at.
    init(
        of given: String, for place: String? = nil, named name: String, repository: String? = nil
    ) throws(CommandFailure) {
        self.name = name
        guard let folder = Self.resolved(given) else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(.usage, "cannot look at \(SafeText.line(given)): \(reason)")
        }
        self.folder = folder
        do throws(RepositoryWalk.Trouble) { survey = try RepositoryWalk.survey(self.folder) } catch {
            throw CommandFailure(.usage, "cannot look at \(SafeText.line(given)): \(SafeText.line(error.reason))")
        }
        sketch = SystemSketch(survey, of: self.folder.split(separator: "/").last.map(String.init) ?? "target")
        let definitions = ValidatorRegistry.all(.offline).flatMap { $0.checks.map(\.definition) }
        let checks = CheckIndex(definitions)
        let isBeside = place == nil || place == self.folder
        let limits = Self.limitsFile(among: sketch.limits, in: self.folder)
        report = SurveyReport(sketch, checks: checks, limitsFile: limits)
        text =
            FirstProfile(
                sketch, checks: checks, repository: isBeside ? "." : self.folder,
                limitsFile: limits.map { isBeside ? $0 : "\(folder)/\($0)" }
            ).text
        do throws(ConfigurationError) {
            file = try TargetProfileFile.load(
                ConfigurationText(name: name, text: text), folder: place ?? self.folder, repository: repository,
                digest: HexDigest.sha256)
        } catch {
            // Nothing that a repository holds may lead here.
            throw CommandFailure(
                .software, "the profile that was made of \(SafeText.line(folder)) cannot be read\n\(error)")
        }
        // What a person is told to look at is the folder: there is no file yet.
        file.profile.path = self.folder
    }

    /// A path without links and dots; nil, with `errno`, where nothing is there.
    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The first file that looks like limits and that the reader of limits takes.
    private static func limitsFile(among places: [SourceLocation], in folder: String) -> String? {
        places.prefix(20).map(\.file).first { file in
            do throws(ConfigurationError) {
                let text = try ConfigurationText(readingFileAt: "\(folder)/\(file)", name: file)
                _ = try LimitsFile.load(text, digest: HexDigest.sha256)
                return true
            } catch {
                // In a form of its own: the report says so.
                return false
            }
        }
    }

    /// What a run that uses it is told.
    var notice: String {
        let seen = [
            sketch.address.map { "surface \($0.value) (\($0.location))" },
            sketch.ledger.flatMap { ledger in
                file.profile.ledger.map { _ in "ledger \(ledger.value.engine) (\(ledger.location))" }
            },
            sketch.log.map { "log \($0.value) (\($0.location))" },
        ].compactMap(\.self)
        let words = seen.isEmpty ? "nothing that can be asked" : seen.joined(separator: ", ")
        return "\(folder) has no \(TargetLibrary.fileName): this run uses what its files say (\(words)), and changes "
            + "nothing on the target; keep and complete it with: holdpoint target init \(ShellWord.quoted(folder))"
    }
}
