import Readiness

/// A check that waits for a lock which another run holds.
struct WaitForOthers {
    let check: CheckID
    /// Since when.
    let since: Duration
    /// The lock that was in the way last.
    var lock: Lock
    /// When who holds it was last looked up, and what was told of it.
    var toldAt: Duration
    var told: CheckWaiting

    /// How often the holder is looked up and the progress told.
    static let interval = Duration.seconds(1)

    /// What becomes of a check that does not wait any longer.
    ///
    /// - Parameter patience: how long it may wait. One that comes after another has waited so long in vain does not.
    func finished(at now: Duration, patience: Duration) -> CheckFinished {
        let waited =
            now - since >= patience
            ? "for longer than \(DurationText.short(patience))" : "and a check before this one waited in vain"
        var finished = CheckFinished.notRun(
            .unverified, message: "\(told.names.joined(separator: ", ")), \(waited)")
        finished.reason = UnverifiedReason.resourceBusy.rawValue
        finished.remediation = Remediation(
            summary: "Run it again when the other run has ended",
            cause: "another run on this host held \(lock.rawValue) all the while",
            steps: [
                Remediation.Step(
                    "See which processes hold lock files, and end a run that is stuck.", command: "lslocks"),
                Remediation.Step("Run this check again."),
            ], verify: [check])
        return finished
    }
}
