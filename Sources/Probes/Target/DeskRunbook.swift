package import Readiness

/// The commands with which a person looks at a practice desk and mends it. Each is one line for a POSIX shell, every
/// word of the target's quoted; none holds the token.
package enum DeskRunbook {
    /// Writes the commands for the desk of a record.
    package static func commands(for line: DeskStartLine) -> TargetRunbook {
        let home = ShellWord.quoted(line.home)
        func ask(_ path: String) -> String { "curl -sS " + ShellWord.quoted("\(line.address)\(path)") }
        return TargetRunbook(
            status: "holdpoint desk status --home \(home)",
            restart: stop(line) + "; holdpoint desk serve --home \(home) &",
            readiness: ask("/readyz"),
            limits: ask("/readyz/risk/limits"),
            marketData: ask("/readyz/marketdata"),
            killSwitch: ask("/readyz/killswitch"),
            releaseKillSwitch: release(line),
            dropCopy: ask("/dropcopy?after=0&limit=2000"),
            log: "tail -n 50 \(ShellWord.quoted(line.logPath))",
            limitsFile: line.tiersFile,
            migrationsFolder: line.migrationsFolder)
    }

    /// Ends the process and waits until it is gone, if it still is the one that the record means: by the time that a
    /// person pastes this, its id may be another's. CONT, because a stopped process does not get TERM.
    private static func stop(_ line: DeskStartLine) -> String {
        let pid = line.pid
        let isIt =
            line.pidStartTicks.map { ticks in
                // What follows the command's name, which may hold anything, begins with field 3; field 22 is the 20th.
                "[ \"$(sed 's/.*) //' /proc/\(pid)/stat 2>/dev/null | cut -d ' ' -f 20)\" = \(ticks) ]"
            } ?? "kill -0 \(pid) 2>/dev/null"
        return "if \(isIt); then kill \(pid); kill -CONT \(pid); "
            + "while kill -0 \(pid) 2>/dev/null; do sleep 0.1; done; fi"
    }

    /// The token goes from the file through a pipe into curl's header: it is in no argument that `ps` would show.
    private static func release(_ line: DeskStartLine) -> String {
        let record = ShellWord.quoted(TargetRecord.path(in: line.home))
        let expression = #"'s/.*"token"[[:space:]]*:[[:space:]]*"([^"]*)".*/Authorization: Bearer \1/p'"#
        let url = ShellWord.quoted("\(line.address)/readyz/killswitch")
        return "sed -nE \(expression) \(record) | curl -sS -H @- -H 'Content-Type: application/json' "
            + #"-d '{"action":"release","by":"operator"}' "# + url
    }
}
