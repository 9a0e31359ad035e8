import ArgumentParser
import Engine
import PracticeDesk
import Readiness

struct RunCommand: InvocationCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the checks, in the console or without a screen.",
        discussion: """
            On a terminal the console opens; without one (or in CI, or with --format json) the run is printed. The desk is \
            started for the run and stopped after it, unless --desk-home names one.
            """)

    @Argument(
        help: ArgumentHelp(
            "A repository or its profile, as --target takes it; without a holdpoint.yaml its files are looked at.",
            valueName: "dir"))
    var folder: String?
    @Option(help: "How deep to look: quick, standard or thorough.")
    var mode = "standard"
    @Option(name: .customLong("validator"), help: "Run this validator. May be repeated.")
    var validators: [String] = []
    @Option(name: .customLong("check"), help: "Run this check; * stands for any characters. May be repeated.")
    var checks: [String] = []
    @Option(name: .customLong("set"), help: "Run this set: health, basic_flow or critical_path. May be repeated.")
    var sets: [String] = []
    @Option(name: .customLong("fault"), help: "Break the practice desk: NAME or NAME=MAGNITUDE. May be repeated.")
    var faults: [String] = []
    @Option(help: "A target: the name of a profile, its file, or a folder: its holdpoint.yaml, or what its files say.")
    var target: String?
    @Option(help: "Where the target's repository is checked out, instead of where its profile says.")
    var repo: String?
    @Option(help: "The practice desk of this folder: attached to if it lives, else started there.")
    var deskHome: String?
    @Option(help: "What keeps the practice desk's ledger: sqlite, or postgresql, a server of the desk's own.")
    var ledger: String?
    @Option(help: "A criteria file instead of the shipped one; what it does not give is taken from there.")
    var criteria: String?
    @Option(help: "A policy file instead of the shipped one.")
    var policy: String?
    @Option(help: "How long the run may take: 90s, 30m, 2h. What does not fit is left unverified.")
    var budget: String?
    @Option(help: "What random choices of the desk are made from.")
    var seed: UInt64?
    @Flag(help: "Exit with 1 for go with conditions.")
    var strict = false
    @Flag(help: "Refuse a selection that is only a part of the catalogue.")
    var requireFull = false
    @Flag(help: "Look at the target, print what would be run and what could not be verified, and run nothing.")
    var dryRun = false
    @Option(help: "auto, tui, plain or none.")
    var ui = "auto"
    @Option(help: "console, ndjson or json.")
    var format = "console"
    @Option(help: "Write what --format says to this new file instead of standard output.")
    var output: String?
    @Option(help: "Write the event log to this new file instead of into the run's folder.")
    var log: String?
    @Option(help: "The console's theme: harbor-dark, harbor-light or mono.")
    var theme: String?

    func invocation() throws -> any Invocation {
        var request = RunRequest()
        guard let mode = Mode(rawValue: mode) else {
            throw CommandFailure.unknown("mode", mode, among: Mode.allCases.map(\.rawValue))
        }
        guard let screen = RunRequest.Screen(rawValue: ui) else {
            throw CommandFailure.unknown("screen", ui, among: RunRequest.Screen.allCases.map(\.rawValue))
        }
        guard let format = RunRequest.Format(rawValue: format) else {
            throw CommandFailure.unknown("format", format, among: RunRequest.Format.allCases.map(\.rawValue))
        }
        request.selection = Selection(mode: mode, validators: validators, checks: checks, sets: sets)
        if let folder, target != nil {
            throw CommandFailure(.usage, "--target and \(SafeText.line(folder)) both name a target: give one")
        }
        request.target = target ?? folder
        request.repository = repo
        request.faults = faults
        request.deskHome = deskHome
        if let ledger, LedgerEngine(rawValue: ledger) == nil {
            throw CommandFailure.unknown("ledger", ledger, among: LedgerEngine.allCases.map(\.rawValue))
        }
        request.ledger = ledger.flatMap(LedgerEngine.init)
        request.criteria = criteria
        request.policy = policy
        if let budget {
            guard let time = TimeBudget(budget) else {
                throw CommandFailure(
                    .usage, "--budget takes \(TimeBudget.accepted), and not '\(SafeText.line(budget))'")
            }
            request.budget = time.duration
        }
        request.seed = seed
        request.isStrict = strict
        request.requiresFull = requireFull
        request.isDryRun = dryRun
        request.screen = screen
        request.format = format
        request.output = output
        request.log = log
        request.theme = theme
        request.arguments = Array(CommandLine.arguments.dropFirst())
        return try ScreenChoice.invocation(for: request)
    }
}
