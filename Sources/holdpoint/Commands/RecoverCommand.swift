import ArgumentParser
import Readiness

struct RecoverCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Take back what earlier runs have left changed on their target.",
        discussion: """
            A run that is killed, or that cannot take back what it changed, leaves it on its target. Every change is written down before it is made; what was not taken back is taken back now, newest first. \
            Asking twice does no harm. Exit code 1 when something is left.
            """)

    @Argument(help: "The run's id. Without: every run that is kept here.")
    var run: String?

    func invocation() throws -> any Invocation { Recovering(run: run) }
}

/// Takes back what killed runs have left.
struct Recovering: Invocation {
    let run: String?

    func perform() throws -> ExitCode {
        let recovery = Recovery(StateFolders())
        let finding = try recovery.find(run: run)
        let output = OutputStream()
        for run in finding.alive { output.write(line: "run \(run): is alive and takes back its changes itself") }
        for words in finding.unreadable { output.write(line: words) }
        if finding.left.isEmpty {
            if finding.unreadable.isEmpty { output.write(line: "nothing is left to take back") }
            return finding.unreadable.isEmpty ? .success : .found
        }
        let ended = RootTask.run { () -> [Recovery.Ended] in
            var ended: [Recovery.Ended] = []
            // The newest first: what it changed lies over what those before it changed.
            for left in finding.left.reversed() { ended.append(await recovery.perform(left)) }
            return ended
        }
        for line in ended.flatMap(\.lines) { output.write(line: line) }
        let isWhole = ended.allSatisfy(\.isWhole) && finding.unreadable.isEmpty
        return isWhole ? .success : .found
    }
}
