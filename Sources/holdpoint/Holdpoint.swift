import ArgumentParser
import Glibc
import Readiness

/// Ours; ArgumentParser has a type of that name, too.
typealias ExitCode = Readiness.ExitCode

/// The program. Synchronous on purpose: the console needs the real main thread (docs/architecture.md).
@main
enum Holdpoint {
    /// Stands in `--version`, logs and reports.
    static let version = "0.1.0"

    static func main() {
        // A reader that goes away and a disk that is full are errors of a call, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let invocation: any Invocation
        do {
            try UnknownName.refuseUnknownCommand(CommandLine.arguments.dropFirst().first)
            var parsed = try RootCommand.parseAsRoot()
            guard let command = parsed as? any InvocationCommand else {
                // The parser's own command for --help, or a group of commands: each throws its own help.
                try parsed.run()
                throw CleanExit.helpRequest()
            }
            invocation = try command.invocation()
        } catch let failure as CommandFailure {
            end(with: failure)
        } catch {
            RootCommand.exit(withError: error)
        }
        do { exit(try invocation.perform().number) } catch {
            // A home that is not whole, a desk that does not answer: what a part of the system says of itself.
            end(with: CommandFailure(error))
        }
    }

    private static func end(with failure: CommandFailure) -> Never {
        StandardError.write("holdpoint: \(failure.message)")
        for line in failure.details { StandardError.write("  \(line)") }
        exit(failure.code.number)
    }
}

/// A command that says what is to be done. Parsing and doing are apart: what is done gets only values.
protocol InvocationCommand: ParsableCommand {
    /// What the arguments ask for.
    ///
    /// - Throws: `CommandFailure` for arguments that parse and cannot be meant.
    func invocation() throws -> any Invocation
}

/// Something to be done, with everything that it needs to know.
protocol Invocation: Sendable {
    /// Does it on the main thread, and answers how the program ends.
    func perform() throws -> ExitCode
}

/// A command could not do what it was asked to. The message reads after "holdpoint: " and ends without a full stop.
struct CommandFailure: Error {
    var code: ExitCode
    var message: String
    /// Lines that stand under the message: what somebody else said about it.
    var details: [String]

    init(_ code: ExitCode, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// Any error as a failure: what a part of the system says of itself is one that it needs and cannot have.
    init(_ error: any Error) {
        self = error as? CommandFailure ?? CommandFailure(.unavailable, SystemWords.of(error))
    }

    /// A name that is not there, with the nearest that is.
    static func unknown(_ kind: String, _ name: String, among known: [String]) -> CommandFailure {
        CommandFailure(.usage, UnknownName.message(kind, name, among: known))
    }
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdpoint",
        abstract: "Validates, live, whether a trading system may go to production.",
        discussion: """
            Without a command: the console on the practice desk, or, without a terminal, the same run as plain lines.

            Exit codes: 0 go or go with conditions, 1 found something (verify, config check, recover, validator test), 2 no-go, 3 hold, 64 usage, \
            69 a tool or terminal is missing, 70 a bug of ours, 78 configuration, 128+n ended by signal n.
            """,
        version: "holdpoint \(Holdpoint.version)",
        subcommands: [
            RunCommand.self, ListCommand.self, ExplainCommand.self, ReplayCommand.self, VerifyCommand.self,
            RecoverCommand.self, ConfigCommand.self, TargetCommand.self, DeskCommand.self, ValidatorCommand.self,
        ],
        defaultSubcommand: RunCommand.self)
}
