import Engine
import PracticeDesk
import Readiness

/// What `holdpoint run` was asked for.
struct RunRequest: Sendable {
    /// How the run is shown.
    enum Screen: String, Sendable, CaseIterable { case auto, tui, plain, none }
    /// What is printed without a screen.
    enum Format: String, Sendable, CaseIterable { case console, json, ndjson }

    var selection = Selection()
    /// A profile's name, file or folder; nil for the practice desk.
    var target: String?
    /// Where the target's repository is checked out; nil for where its profile says.
    var repository: String?
    var faults: [String] = []
    var deskHome: String?
    /// What keeps the desk's ledger; nil for the one of a desk that lives, and the file for one that is started.
    var ledger: LedgerEngine?
    var criteria: String?
    var policy: String?
    var seed: UInt64?
    /// How long the run may take; nil: no limit but those of its checks.
    var budget: Duration?
    var isStrict = false
    var requiresFull = false
    var screen = Screen.auto
    var format = Format.console
    var output: String?
    var log: String?
    var theme: String?
    /// The command line, for the log. Nothing in it is secret.
    var arguments: [String] = []

    /// Whether the run is only planned and nothing is run.
    var isDryRun = false

    /// Refuses what does not go with a target.
    ///
    /// - Throws: `CommandFailure` (64).
    func check(against profile: TargetProfile) throws(CommandFailure) {
        if !profile.isPracticeDesk, let option = deskOption {
            throw CommandFailure(.usage, "\(option) is for the practice desk; the target is \(profile.id)")
        }
        try FaultNames.check(faults)
    }

    /// An option that only the practice desk has, if one was given.
    var deskOption: String? {
        if !faults.isEmpty { return "--fault" }
        if deskHome != nil { return "--desk-home" }
        if ledger != nil { return "--ledger" }
        return seed == nil ? nil : "--seed"
    }
}
