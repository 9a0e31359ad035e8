import Subprocess
import Testing

/// The console in a real terminal, as an operator drives it: keys in, what the screen shows out.
@Suite(.serialized)
struct ConsoleTests {
    private static let sizes = [(120, 36), (80, 24), (40, 12)]

    /// A screen on which the shell has noted how the terminal is set.
    private func screen(_ columns: Int = 120, _ rows: Int = 36) async throws -> TmuxScreen {
        let screen = try await TmuxScreen(try Program(), columns: columns, rows: rows)
        try await screen.type("stty -a > '\(screen.program.state)/before'; echo shell-''ready\n")
        try await screen.wait(for: "shell-ready")
        return screen
    }

    /// Expects the normal screen, the shell's prompt, and the terminal as it was before.
    private func expectTerminalIsBack(_ screen: TmuxScreen) async throws {
        #expect(try await screen.state().isAlternate == false)
        let state = screen.program.state
        try await screen.type(
            "clear; stty -a > '\(state)/after'; cmp '\(state)/before' '\(state)/after' && echo same-as-''before\n")
        try await screen.wait(for: "same-as-before")
    }

    private func newestLog(_ screen: TmuxScreen) async throws -> String {
        let found = try await screen.program.shell(
            "ls -d '\(screen.program.state)'/holdpoint/runs/*/log.ndjson | tail -1")
        return String(found.output.dropLast())
    }

    @Test(arguments: sizes)
    func `from red to evidence in two keys, fault cleared in the panel, rerun, GO`(columns: Int, rows: Int) async throws
    {
        let screen = try await screen(columns, rows)
        try await screen.start("--check risk.limit.enforced --fault limit-off-by-one=7")
        try await screen.wait(for: "NO-GO")
        try await screen.wait(for: "the settled run") { $0.contains("5/5") || $0.contains("6/6") || $0.contains("7/7") }
        try await screen.press("Enter", "2")
        try await screen.wait(for: "order_trace")
        try await screen.press("p")
        try await screen.wait(for: "[x]")
        try await screen.press("Enter")
        try await screen.wait(for: "the cleared fault") { !$0.contains("[x]") && $0.contains("limit-off-by-one") }
        try await screen.press("Escape", "R")
        try await screen.wait(for: "Run them")
        try await screen.press("Enter", until: "the verdict GO") { text in
            text.split(separator: "\n").prefix(2).contains {
                $0.contains("GO") && !$0.contains("NO-GO") && !$0.contains("GO if")
            }
        }
        try await screen.press("q")
        try await screen.wait(for: "log: ")
        try await expectTerminalIsBack(screen)
        let log = try await newestLog(screen)
        let verified = try await screen.program.run(["verify", log])
        #expect(verified.code == 0)
        #expect(verified.output.contains("2 rounds, verdict go"), "\(verified.output)")
        try await screen.close()
    }

    @Test func `the verdict, its reasons and the log's place stand on the normal screen after quitting`() async throws {
        let screen = try await screen()
        try await screen.start("--check database.migration.applied --fault migration-pending")
        try await screen.wait(for: "NO-GO")
        try await screen.press("q")
        let text = try await screen.wait(for: "log: ")
        #expect(text.contains("NO-GO (partial: check=database.migration.applied)"))
        #expect(text.contains("FAIL database.migration.applied (criterion)"))
        try await screen.type("echo code $?\n")
        try await screen.wait(for: "code 2")
        try await expectTerminalIsBack(screen)
        try await screen.close()
    }

    @Test func `it follows the terminal's size down to one line and back`() async throws {
        let screen = try await screen()
        try await screen.start("--set health")
        try await screen.wait(for: "10/10")
        for (columns, rows) in [(80, 24), (40, 12), (20, 4), (120, 36)] {
            try await screen.resize(columns: columns, rows: rows)
            try await screen.wait(for: "the verdict at \(columns)x\(rows)") { text in
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                return lines.prefix(2).contains { $0.contains("GO") } && lines.allSatisfy { $0.count <= columns }
            }
        }
        try await screen.wait(for: "Validators")
        try await screen.press("q")
        try await screen.wait(for: "log: ")
        try await expectTerminalIsBack(screen)
        try await screen.close()
    }

    @Test func `it is suspended to the shell and comes back`() async throws {
        let screen = try await screen()
        try await screen.start("--set health")
        try await screen.wait(for: "10/10")
        try await screen.press("C-z")
        try await screen.wait(for: "the shell") { $0.contains("Stopped") }
        #expect(try await screen.state().isAlternate == false)
        try await screen.type("fg\n")
        try await screen.wait(for: "Validators")
        #expect(try await screen.state().isAlternate)
        try await screen.press("q")
        try await screen.wait(for: "log: ")
        try await expectTerminalIsBack(screen)
        try await screen.close()
    }

    @Test func `SIGTERM gives the terminal back, closes the log and leaves with 143`() async throws {
        let screen = try await screen()
        try await screen.start("--fault slow-risk=2s")
        try await screen.wait(for: "Validators")
        try await screen.wait(for: "RUN")
        _ = try await screen.program.shell("kill -TERM \(try await screen.programPid())")
        try await screen.wait(for: "log: ")
        try await screen.type("echo code $?\n")
        try await screen.wait(for: "code 143")
        try await expectTerminalIsBack(screen)
        let log = try await newestLog(screen)
        let verified = try await screen.program.run(["verify", log])
        #expect(verified.code == 0, "\(verified.output) \(verified.errors)")
        try await screen.close()
    }

    @Test func `a stack overflow leaves a usable terminal`() async throws {
        let screen = try await screen()
        try await screen.type("'\(Program.folder)/holdpoint-bench' --console-crash\n")
        try await screen.wait(for: "bench.c1.holds")
        try await screen.press("r")
        try await screen.wait(for: "Run it")
        try await screen.press("Enter", until: "the shell's word for it") { $0.contains("Segmentation") }
        try await expectTerminalIsBack(screen)
        try await screen.close()
    }

    @Test func `a desk that is killed midway is red on the screen, with what had finished beside it`() async throws {
        let screen = try await screen()
        try await screen.start("--validator smoke --validator risk --fault slow-risk=500ms")
        try await screen.wait(for: "Validators")
        try await screen.wait(for: "a check that has finished") { $0.contains("PASS  smoke.health.ready") }
        let desk = try await screen.program.shell(
            "sed -n 's/.*\"pid\":\\([0-9]*\\).*/\\1/p' '\(screen.program.state)'/holdpoint/runs/*/desk/desk.json")
        let pid = desk.output.filter(\.isNumber)
        _ = try await screen.program.shell("kill -9 \(pid)")
        // No zombie stays behind: the loop of a fix that waits for the process comes to its end.
        let waited = try await screen.program.shell("timeout 10 sh -c 'while kill -0 \(pid) 2>/dev/null; do :; done'")
        #expect(waited.code == 0, "the desk's process is still there")
        try await screen.wait(for: "NO-GO")
        try await screen.wait(for: "the red health check") { $0.contains("FAIL") && $0.contains("smoke.health.ready") }
        // While something runs, leaving would be asked for first.
        try await screen.wait(for: "the end of all checks") { $0.contains("21/21") }
        try await screen.press("q")
        try await screen.wait(for: "log: ")
        try await expectTerminalIsBack(screen)
        let log = try await newestLog(screen)
        let verified = try await screen.program.run(["verify", log])
        #expect(verified.code == 0, "\(verified.output) \(verified.errors)")
        try await screen.close()
    }

    @Test func `leaving while something runs asks first, and cancels`() async throws {
        let screen = try await screen(80, 24)
        // Slow, but within every request's limit: the run goes on for long enough to be left.
        try await screen.start("--fault slow-risk=1s")
        try await screen.wait(for: "RUN")
        try await screen.press("C-c")
        try await screen.wait(for: "the question") {
            $0.contains("eave") && ($0.contains("NO-GO") || $0.contains("HOLD"))
        }
        try await screen.press("C-c")
        try await screen.wait(for: "log: ")
        try await expectTerminalIsBack(screen)
        let log = try await newestLog(screen)
        let verified = try await screen.program.run(["verify", log])
        #expect(verified.code == 0, "\(verified.output) \(verified.errors)")
        try await screen.close()
    }

    @Test func `a terminal that cannot draw is refused with advice`() async throws {
        let screen = try await screen()
        try await screen.type("TERM=dumb '\(Program.path)' --ui tui; echo code $?\n")
        let text = try await screen.wait(for: "code 69")
        #expect(text.contains("TERM=dumb"))
        try await screen.type("clear; TERM=no-such-terminal '\(Program.path)' --set health --ui tui; echo code $?\n")
        #expect(try await screen.wait(for: "code 69").contains("no-such-terminal"))
        try await screen.close()
    }

    @Test func `without UTF-8 everything is ASCII, and with NO_COLOR nothing is coloured`() async throws {
        let screen = try await screen(80, 24)
        try await screen.type("LC_ALL=C NO_COLOR=1 '\(Program.path)' --set health\n")
        try await screen.wait(for: "10/10")
        let text = try await screen.wait(for: "GO")
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
        let coloured = try await screen.tmux(["capture-pane", "-e", "-p", "-t", "holdpoint"]).output
        #expect(coloured.firstRange(of: #/\u{1b}\[[0-9;]*(3[0-7]|4[0-7]|38;|48;)/#) == nil)
        try await screen.press("q")
        try await screen.wait(for: "log: ")
        try await screen.close()
    }
}
