package import ConsoleUI
import FoundationEssentials
import Glibc

/// The ways in which a text gets to the operator's clipboard, measured in console.md 6.5.
///
/// Always a file, whose path is told: that is the way that works everywhere. Within tmux its buffer, which tmux passes
/// on to the terminal outside; otherwise OSC 52 to the terminal. Whether a terminal takes OSC 52 cannot be known.
package struct ClipboardRoute: Sendable {
    private let isInTmux: Bool
    private let folder: String

    /// Longer texts are not sent by OSC 52: terminals cut them (74,994 bytes encoded).
    package static let terminalCapacity = 56_000
    private static let command: [String] = ["tmux", "load-buffer", "-w", "-"]

    /// How long tmux may take.
    package static let timeLimit = Duration.seconds(2)

    /// Finds the ways that there are.
    ///
    /// - Parameter folder: where the file is kept; nil: `$XDG_STATE_HOME/holdpoint`, else `~/.local/state/holdpoint`.
    package init(environment: [String: String], folder: String? = nil) {
        isInTmux = environment["TMUX"].map { !$0.isEmpty } ?? false
        let home = environment["HOME"] ?? "/tmp"
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/state"
        self.folder = folder ?? state + "/holdpoint"
    }

    /// What to write to the terminal for a text; nil where another way is taken.
    package func terminalBytes(_ text: String) -> [UInt8]? {
        guard !isInTmux, text.utf8.count <= Self.terminalCapacity else { return nil }
        return Array("\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}".utf8)
    }

    /// Takes the other ways and says in a sentence what became of it. Waits for tmux at most `timeLimit`: never call it
    /// on the terminal's thread.
    ///
    /// Where there is no room for the sentence, whose path alone is longer than a small screen is wide, the end of the
    /// path has to do.
    package func copy(_ text: String, label: String) -> Notice {
        let size = text.utf8.count
        var ways: [String] = []
        var troubles: [String] = []
        if isInTmux {
            if let trouble = giveToTmux(Array(text.utf8)) {
                troubles.append(trouble)
            } else {
                ways.append("the tmux buffer")
            }
        } else if size <= Self.terminalCapacity {
            ways.append("the terminal's clipboard (if it allows that)")
        }
        let path = folder + "/clipboard.txt"
        var short = "copied \(label)"
        if let trouble = keep(Array(text.utf8), at: path) {
            troubles.append(trouble)
        } else {
            ways.append(path)
            short += "; kept in \(path.split(separator: "/").suffix(2).joined(separator: "/"))"
        }
        let trouble = troubles.isEmpty ? "" : " (\(troubles.joined(separator: "; ")))"
        guard !ways.isEmpty else { return Notice("\(label) could not be copied\(trouble)", .info) }
        let bytes = size == 1 ? "1 byte" : "\(size) bytes"
        return Notice(
            "copied \(label), \(bytes), to \(ways.joined(separator: " and "))\(trouble)", short: short + trouble, .info)
    }

    private func keep(_ bytes: [UInt8], at path: String) -> String? {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            return "cannot make \(folder)"
        }
        // Not through a link that somebody put there, and readable by nobody else.
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return "cannot write \(path): errno \(errno)" }
        defer { close(file) }
        fchmod(file, 0o600)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return "cannot write \(path): errno \(errno)" }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    /// Pipes the text into `tmux load-buffer -w -`. nil: done.
    private func giveToTmux(_ bytes: [UInt8]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return "no pipe for tmux" }
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        let words: [UnsafeMutablePointer<CChar>?] = Self.command.map { strdup($0) }
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let failed = posix_spawnp(&child, "tmux", &actions, nil, words + [nil], environ)
        close(ends[0])
        guard failed == 0 else {
            close(ends[1])
            return "tmux cannot be started"
        }
        let end = MonotonicClock.now + Self.timeLimit
        feed(bytes, to: ends[1], until: end)
        close(ends[1])
        return wait(for: child, until: end)
    }

    private func feed(_ bytes: [UInt8], to pipe: Int32, until end: Duration) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            guard count < 0, errno == EAGAIN || errno == EINTR else { return }
            let left = end - MonotonicClock.now
            guard left > .zero else { return }
            var state = pollfd(fd: pipe, events: Int16(POLLOUT), revents: 0)
            _ = poll(&state, 1, left.pollMilliseconds)
        }
    }

    private func wait(for child: pid_t, until end: Duration) -> String? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { return status == 0 ? nil : "tmux refused it" }
            if ended < 0, errno != EINTR { return "tmux was lost" }
            guard MonotonicClock.now < end else {
                kill(child, SIGKILL)
                _ = waitpid(child, &status, 0)
                return "tmux did not answer"
            }
            usleep(2000)
        }
    }
}
