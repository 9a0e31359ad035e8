import Readiness

/// A program to run, with all that it gets from us. There is no shell in between: nothing in it is expanded.
///
/// Beside what stands here the program gets `/dev/null` as its standard input, a session and process group of its own
/// without a terminal, the default action for every signal, and no other descriptor of ours.
package struct CommandRequest: Sendable, Equatable {
    /// Its `argv`. The first names the program: an absolute path, or a bare name that is looked for in
    /// `CommandEnvironment.path` and nowhere else.
    package var arguments: [String]
    /// The absolute path of the folder that it runs in. Default `/`: it is never where we happen to have been started.
    package var folder: String
    /// Variables beside those of `CommandEnvironment`, or in place of one of them. The one way to hand it a secret; no
    /// transcript shows their values.
    package var environment: [String: String]
    /// How long it may run before it is ended, counted from its start. Default 30 s.
    package var limit: Duration
    /// How long its group has from SIGTERM to SIGKILL, when it is ended by the limit or by cancelling. Default 2 s.
    package var grace: Duration
    /// Bytes that are kept of each of its two outputs; the rest is read, counted and dropped, so that it never waits
    /// for us. Default 1 MiB, at most 64 MiB.
    package var outputCap: Int

    /// The most that `outputCap` may be, in bytes.
    package static let largestOutputCap = 64 << 20

    /// Describes a command; see the properties.
    package init(
        _ arguments: [String], in folder: String = "/", environment: [String: String] = [:],
        limit: Duration = .seconds(30), grace: Duration = .seconds(2), outputCap: Int = 1 << 20
    ) {
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.limit = limit
        self.grace = grace
        self.outputCap = outputCap
    }

    /// The command as a person would type it, without variables; capped at 4 KiB.
    package var line: String {
        let words = arguments.map(ShellWord.quoted).joined(separator: " ")
        return words.utf8.count <= 4096 ? words : String(words.prefix(4096)) + " …"
    }

    /// - Throws: `ProbeError` of our side: whoever wrote the command has to mend it.
    func check() throws(ProbeError) {
        func refuse(_ complaint: String) -> ProbeError { ProbeError(ourSide: "the command \(line) \(complaint)") }
        guard let program = arguments.first, !program.isEmpty else {
            throw ProbeError(ourSide: "the command has no words")
        }
        guard program.hasPrefix("/") || !program.utf8.contains(UInt8(ascii: "/")) else {
            throw refuse("names its program neither by an absolute path nor by a bare name")
        }
        guard folder.hasPrefix("/") else { throw refuse("is to run in \(folder), which is not an absolute path") }
        guard !(arguments + [folder] + environment.values).contains(where: { $0.utf8.contains(0) }) else {
            throw refuse("holds a NUL")
        }
        for name in environment.keys.sorted() where !CommandEnvironment.isName(name) {
            throw refuse("sets a variable whose name is not one: \(SafeText.line(name))")
        }
        guard limit > .zero, grace >= .zero, (0...Self.largestOutputCap).contains(outputCap) else {
            throw refuse("has a limit, a grace or an output cap out of range")
        }
    }
}
