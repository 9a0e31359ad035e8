import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

struct DeskRunbookTests {
    private func runbook(_ home: String) throws -> TargetRunbook {
        let text = try DeskHome.text(
            address: "http://127.0.0.1:40123", home: home, ledger: home + "/l.sqlite", token: DeskHome.token)
        return DeskRunbook.commands(for: try DeskStartLine(parsing: Array(text.utf8)))
    }

    /// What a shell prints for a command.
    private func shell(_ command: String) throws -> (output: String, status: Int32) {
        let stream = try #require(popen(command, "r"))
        var output: [UInt8] = []
        while true {
            let byte = fgetc(stream)
            if byte == EOF { break }
            output.append(UInt8(truncatingIfNeeded: byte))
        }
        return (String(decoding: output, as: UTF8.self), pclose(stream))
    }

    @Test func `commands are ready to paste`() throws {
        let runbook = try runbook("/tmp/desk")
        #expect(runbook.status == "holdpoint desk status --home /tmp/desk")
        #expect(runbook.limits == "curl -sS http://127.0.0.1:40123/readyz/risk/limits")
        #expect(runbook.dropCopy == "curl -sS 'http://127.0.0.1:40123/dropcopy?after=0&limit=2000'")
        #expect(runbook.log == "tail -n 50 /tmp/desk/desk.log")
        #expect(runbook.restart.hasPrefix("holdpoint desk restart --home /tmp/desk || { if "))
        #expect(runbook.restart.hasSuffix("; holdpoint desk serve --home /tmp/desk > /dev/null & }"))
        #expect(runbook.restart.contains("kill 4711") && runbook.restart.contains("= 88 ]"))
        #expect(runbook.limitsFile == "/tmp/desk/limits.yaml")
        #expect(runbook.disk == "df -h -- /tmp/desk /tmp/desk/l.sqlite /tmp/desk/desk.log /tmp/desk/access.log")
        #expect(runbook.components == "curl -sS http://127.0.0.1:40123/readyz/components")
        #expect(runbook.restoreFeed.contains(#"{"action":"restore"}"#))
        #expect(runbook.sizing.contains(#""win_probability":"0.55""#))
        #expect(runbook.correlation.components(separatedBy: #""-0.0"#).count == 1 + 10 + 13)
    }

    @Test(arguments: ["/tmp/desk", "/tmp/it's $(touch x); a `desk` & more"])
    func `every command is one line that a shell can parse, without the token`(_ home: String) throws {
        let runbook = try runbook(home)
        let commands = [
            runbook.status, runbook.restart, runbook.readiness, runbook.limits, runbook.marketData, runbook.killSwitch,
            runbook.releaseKillSwitch, runbook.dropCopy, runbook.log, runbook.positions, runbook.components,
            runbook.pool, runbook.stops, runbook.restoreFeed, runbook.disk, runbook.instances, runbook.clock,
            runbook.sizing, runbook.correlation,
        ]
        for command in commands {
            #expect(!command.contains("\n"))
            #expect(!command.contains(DeskHome.token))
            #expect(try shell("sh -n -c \(ShellWord.quoted(command)) 2>&1").output.isEmpty)
        }
    }

    @Test func `positions and stops are asked for every readiness account`() throws {
        let runbook = try runbook("/tmp/desk")
        // The braces are for curl, not for the shell, which would have to see them without quotes.
        let accounts = "?account=READY-{SNIPER,HUNTER,STRATEGIST}'"
        #expect(runbook.positions == "curl -sS -w '\\n' 'http://127.0.0.1:40123/readyz/positions\(accounts)")
        #expect(runbook.stops == "curl -sS -w '\\n' 'http://127.0.0.1:40123/readyz/stops\(accounts)")
    }

    @Test func `the release takes its header from the record, through a pipe`() throws {
        let home = try DeskHome()
        try home.write(address: "http://127.0.0.1:40123")
        let command = try runbook(home.path).releaseKillSwitch
        let parts = command.components(separatedBy: " | ")
        #expect(parts.count == 2)
        let header = try shell(parts[0] + " 2>&1").output
        #expect(header.split(separator: "\n") == ["Authorization: Bearer \(DeskHome.token)"])
        #expect(parts[1].hasPrefix("curl -sS -H @- "))
        #expect(parts[1].contains(#"{"action":"release","by":"operator"}"#))
    }

    @Test func `a process that only has the same number is not ended`() throws {
        let forced = try #require(try runbook("/tmp/desk").restart.components(separatedBy: " || { ").last)
        let guarded = forced.components(separatedBy: "; then ")[0]
        // This very process, with a start that is not its own.
        let own = guarded.replacing("4711", with: "\(getpid())")
        #expect(try shell("\(own); then echo killed; fi").output == "")
        let ticks = try shell("sed 's/.*) //' /proc/\(getpid())/stat | cut -d ' ' -f 20").output.dropLast()
        #expect(try shell("\(own.replacing("= 88 ", with: "= \(ticks) ")); then echo killed; fi").output == "killed\n")
    }
}
