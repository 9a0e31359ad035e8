import ArgumentParser
import FoundationEssentials
import Glibc
import Profile
import Readiness
import Survey

struct TargetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "target", abstract: "Describe a system of your own, and see what it offers.",
        subcommands: [TargetInitCommand.self, TargetCheckCommand.self])
}

struct TargetInitCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Look at a repository and write a first profile.",
        discussion: """
            Reads the repository's files and runs nothing in it. Says what it found, with file and line, what is missing, \
            and which checks each is for. The profile is DIR/holdpoint.yaml unless --output names another file; a file \
            that exists is never overwritten. docs/guides/target-profile.md explains every key.
            """)

    @Argument(help: ArgumentHelp("The repository's folder.", valueName: "dir"))
    var folder: String
    @Option(help: "Write the profile to this new file.")
    var output: String?
    @Option(help: "console or json.")
    var format = "console"

    func invocation() throws -> any Invocation {
        guard ["console", "json"].contains(format) else {
            throw CommandFailure.unknown("format", format, among: ["console", "json"])
        }
        return TargetInit(folder: folder, output: output, asJSON: format == "json")
    }
}

/// Writes a first profile of a repository and says what it is made of.
struct TargetInit: Invocation {
    let folder: String
    let output: String?
    let asJSON: Bool

    private struct EncodedRow: Encodable {
        var what: String
        var source: String?
        var words: String
        var checks: [String]
    }

    private struct Encoded: Encodable {
        var profile: String
        var target: String
        var files_read: Int
        var found: [EncodedRow]
        var missing: [EncodedRow]
        var notes: [String]
    }

    func perform() throws -> ExitCode {
        let path = output ?? "\(folder.hasSuffix("/") ? String(folder.dropLast()) : folder)/\(TargetLibrary.fileName)"
        // Before anything is read: who is to be told that it exists need not wait for it.
        try NewFile.refuseTaken(path)
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let place = InferredProfile.resolved(parent) else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure(.usage, "cannot write \(SafeText.line(path)): \(reason)")
        }
        let inferred = try InferredProfile(of: folder, for: place, named: path)
        try NewFile.write(Array(inferred.text.utf8), to: path)
        let stream = OutputStream()
        if asJSON { try printJSON(inferred, path, to: stream) } else { print(inferred, path, to: stream) }
        return .success
    }

    private func print(_ inferred: InferredProfile, _ path: String, to stream: OutputStream) {
        stream.write(line: "\(SafeText.line(folder)): \(inferred.survey.filesRead) files read, nothing run")
        for line in inferred.report.lines { stream.write(line: line) }
        if !inferred.survey.notes.isEmpty { stream.write(line: "not looked at") }
        for note in inferred.survey.notes { stream.write(line: "  \(SafeText.line(note))") }
        let word = ShellWord.quoted(path.contains("/") || path.hasSuffix(".yaml") ? path : "./\(path)")
        stream.write(line: "wrote \(SafeText.line(path)) (target \(inferred.file.profile.id)); look through it, then:")
        stream.write(line: "  holdpoint run --target \(word)")
    }

    private func printJSON(_ inferred: InferredProfile, _ path: String, to stream: OutputStream) throws(CommandFailure)
    {
        func rows(_ rows: [SurveyReport.Row]) -> [EncodedRow] {
            rows.map {
                EncodedRow(
                    what: $0.what, source: $0.location.map { SafeText.line($0.description) }, words: $0.words,
                    checks: $0.checks)
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let encoded = Encoded(
            profile: path, target: inferred.file.profile.id, files_read: inferred.survey.filesRead,
            found: rows(inferred.report.found), missing: rows(inferred.report.missing),
            notes: inferred.survey.notes.map(SafeText.line))
        do { stream.write([UInt8](try encoder.encode(encoded)) + [UInt8(ascii: "\n")]) } catch {
            throw CommandFailure(.software, "a report cannot be encoded: \(error)")
        }
    }
}
