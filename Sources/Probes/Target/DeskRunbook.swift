package import Readiness

/// The commands with which a person looks at a practice desk and mends it. Each is one line for a POSIX shell, every
/// word of the target's quoted; none holds the token.
package enum DeskRunbook {
    /// Behind the prefix, one readiness account for each tier of a practice desk.
    private static let tiers = ["SNIPER", "HUNTER", "STRATEGIST"]

    /// Writes the commands for the desk of a record.
    package static func commands(for line: DeskStartLine) -> TargetRunbook {
        let home = ShellWord.quoted(line.home)
        func ask(_ path: String) -> String { "curl -sS " + ShellWord.quoted("\(line.address)\(path)") }
        // The braces are curl's own: one request for each account, each answer on a line.
        let accounts = "account=\(line.accountPrefix){\(tiers.joined(separator: ","))}"
        func askEach(_ path: String) -> String {
            "curl -sS -w '\\n' " + ShellWord.quoted("\(line.address)\(path)?\(accounts)")
        }
        return TargetRunbook(
            status: "holdpoint desk status --home \(home)",
            restart: restart(line, home),
            readiness: ask("/readyz"),
            limits: ask("/readyz/risk/limits"),
            marketData: ask("/readyz/marketdata"),
            killSwitch: ask("/readyz/killswitch"),
            releaseKillSwitch: postWithToken(
                "/readyz/killswitch", #"{"action":"release","by":"operator"}"#, line),
            dropCopy: ask("/dropcopy?after=0&limit=2000"),
            log: "tail -n 50 \(ShellWord.quoted(line.logPath))",
            positions: askEach("/readyz/positions"),
            components: ask("/readyz/components"),
            pool: ask("/readyz/pool"),
            stops: askEach("/readyz/stops"),
            restoreFeed: postWithToken("/readyz/marketdata/inject", #"{"action":"restore"}"#, line),
            disk: disk(line),
            instances: ask("/readyz"),
            clock: "date -u +%FT%T.%NZ; curl -sS -w '\\n' \(ShellWord.quoted("\(line.address)/readyz")); "
                + "date -u +%FT%T.%NZ",
            sizing: post("/readyz/risk/size", exampleEdge, line),
            correlation: post("/readyz/risk/correlation", exampleSeries, line),
            limitsFile: line.tiersFile,
            migrationsFolder: line.migrationsFolder, targetCheck: "holdpoint target check --desk-home \(home)")
    }

    private static let exampleEdge =
        #"{"tier":"hunter","symbol":"SOL-USD","win_probability":"0.55","odds":"1.5","trades":120,"#
        + #""capital":"100000.00","price":"129.00"}"#

    /// Twenty returns each, the fewest that there is a coefficient for.
    private static let exampleSeries: String = {
        let held = (0..<20).map { $0 % 2 == 0 ? #""0.01""# : #""-0.02""# }.joined(separator: ",")
        let wanted = (0..<20).map { $0 % 3 == 0 ? #""0.02""# : #""-0.01""# }.joined(separator: ",")
        return #"{"tier":"hunter","held":["# + held + #"],"wanted":["# + wanted + "]}"
    }()

    /// Each place that the desk writes to; those on one file system show the same room.
    private static func disk(_ line: DeskStartLine) -> String {
        let ledger = line.ledger.server == nil ? [line.ledger.path] : []
        let paths = [line.home] + ledger + [line.logPath, line.accessLog]
        return "df -h -- " + paths.map(ShellWord.quoted).joined(separator: " ")
    }

    private static func post(_ path: String, _ body: String, _ line: DeskStartLine) -> String {
        "curl -sS -H 'Content-Type: application/json' -d \(ShellWord.quoted(body)) "
            + ShellWord.quoted("\(line.address)\(path)")
    }

    /// Restarts it in place, where port and process stay what they are. One that does not answer is ended, and one that is
    /// gone is started: in the background, its start line being of no use to a person.
    private static func restart(_ line: DeskStartLine, _ home: String) -> String {
        let engine = line.ledger.server == nil ? "" : " --ledger \(line.ledger.engine)"
        return "holdpoint desk restart --home \(home) || { \(stop(line)); "
            + "holdpoint desk serve --home \(home)\(engine) > /dev/null & }"
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
    private static func postWithToken(_ path: String, _ body: String, _ line: DeskStartLine) -> String {
        let record = ShellWord.quoted(TargetRecord.path(in: line.home))
        let expression = #"'s/.*"token"[[:space:]]*:[[:space:]]*"([^"]*)".*/Authorization: Bearer \1/p'"#
        return "sed -nE \(expression) \(record) | curl -sS -H @- -H 'Content-Type: application/json' "
            + "-d \(ShellWord.quoted(body)) " + ShellWord.quoted("\(line.address)\(path)")
    }
}
