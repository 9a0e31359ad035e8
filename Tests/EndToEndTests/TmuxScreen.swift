import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

/// The program in a real terminal of a given size: keys go in by `send-keys`, what it shows comes from `capture-pane`.
///
/// A tmux server of its own on a socket of its own, so that tests do not meet; the server goes with `close`.
struct TmuxScreen: Sendable {
    let program: Program
    private let socket: String
    private let session = "holdpoint"

    /// How long a screen may take to show what is waited for.
    private static let patience = Duration.seconds(90)

    /// Opens a shell of this size. The program is started by `start`.
    init(_ program: Program, columns: Int, rows: Int) async throws {
        self.program = program
        socket = "\(program.state)/tmux-\(UUID().uuidString.prefix(8))"
        let opened = try await tmux([
            "-f", "/dev/null", "new-session", "-d", "-s", session, "-x", "\(columns)", "-y", "\(rows)",
            "-e", "XDG_STATE_HOME=\(program.state)", "-e", "CI=", "-e", "LC_ALL=C.UTF-8", "-e", "PS1=$ ",
            // A shell that a failed test leaves behind ends by itself, and the server with it. (KILL: it ignores TERM.)
            "env -u CI timeout --foreground -s KILL 180 /bin/sh",
        ])
        try #require(opened.code == 0, "tmux is needed for this test: \(opened.errors)")
    }

    @discardableResult
    func tmux(_ arguments: [String]) async throws -> Program.Result {
        let ended = try await Subprocess.run(
            .name("tmux"), arguments: Arguments(["-u", "-S", socket] + arguments),
            environment: .inherit.updating(["TMUX": nil]),
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 16))
        return Program.Result(
            code: ended.terminationStatus.code, output: ended.standardOutput, errors: ended.standardError)
    }

    /// Types a line into the shell: the program with arguments.
    func start(_ arguments: String) async throws { try await type("'\(Program.path)' \(arguments)\n") }

    /// Types a text as it is.
    func type(_ text: String) async throws { try await tmux(["send-keys", "-t", session, "-l", text]) }

    /// Presses keys by their tmux names: `Enter`, `C-c`, `Escape`.
    func press(_ keys: String...) async throws {
        for key in keys { try await tmux(["send-keys", "-t", session, key]) }
    }

    /// Presses a key until the screen shows something: a dialog that has just opened takes no key, so that none that was
    /// meant for the view below is taken for an answer.
    func press(_ key: String, until description: String, _ isThere: @Sendable (String) -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            try await press(key)
            let pause = ContinuousClock.now + .milliseconds(600)
            while ContinuousClock.now < pause { if isThere(try await text()) { return } }
        }
        throw TmuxError.neverCame(description)
    }

    func resize(columns: Int, rows: Int) async throws {
        try await tmux(["resize-window", "-t", session, "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// What the screen shows.
    func text() async throws -> String { try await tmux(["capture-pane", "-p", "-t", session]).output }

    /// Whether the alternate screen is on, and the cursor's place.
    func state() async throws -> (isAlternate: Bool, x: Int, y: Int) {
        let words = try await tmux(["display-message", "-p", "-t", session, "#{alternate_on} #{cursor_x} #{cursor_y}"])
            .output
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(words.count == 3)
        return (words[0] == 1, words[1], words[2])
    }

    /// Looks until the screen shows something, and gives it. Every look is a signal from tmux, not a guess at a time.
    @discardableResult
    func wait(
        for description: String, _ isThere: @Sendable (String) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let deadline = ContinuousClock.now + Self.patience
        var seen = ""
        while ContinuousClock.now < deadline {
            seen = try await text()
            if isThere(seen) { return seen }
        }
        Issue.record("waited in vain for \(description); the screen shows:\n\(seen)", sourceLocation: sourceLocation)
        throw TmuxError.neverCame(description)
    }

    @discardableResult
    func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await wait(for: text, { $0.contains(text) }, sourceLocation: sourceLocation)
    }

    /// The program's process: the one of its name on this terminal.
    func programPid() async throws -> String {
        let tty = try await tmux(["display-message", "-p", "-t", session, "#{pane_tty}"]).output.filter {
            !$0.isWhitespace
        }
        let line = #"""
            for p in /proc/[0-9]*; do
              [ "$(cat $p/comm 2>/dev/null)" = holdpoint ] && [ "$(readlink $p/fd/0)" = '\#(tty)' ] && echo ${p#/proc/}
            done
            """#
        return try await program.shell(line).output.filter(\.isNumber)
    }

    func close() async throws { try await tmux(["kill-server"]) }
}

enum TmuxError: Error { case neverCame(String) }
