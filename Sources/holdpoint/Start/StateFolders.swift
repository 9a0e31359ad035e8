import FoundationEssentials
import Glibc
import Readiness

/// Where the program keeps things: the XDG base directories (specification 0.8). Nothing outside them.
struct StateFolders: Sendable {
    /// Runs and their evidence.
    let runs: String
    /// How long checks took in earlier runs.
    let durations: String
    /// Lock files.
    let runtime: String
    /// The user's own themes.
    let themes: String
    /// The user's own targets.
    let targets: String

    /// Reads the environment. Relative values are ignored, as the specification asks.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp/holdpoint-\(getuid())"
        func folder(_ name: String, _ fallback: String) -> String {
            if let value = environment[name], value.hasPrefix("/") { return value }
            return "\(home)/\(fallback)"
        }
        runs = folder("XDG_STATE_HOME", ".local/state") + "/holdpoint/runs"
        durations = folder("XDG_STATE_HOME", ".local/state") + "/holdpoint/durations.json"
        targets = folder("XDG_CONFIG_HOME", ".config") + "/holdpoint/targets"
        themes = folder("XDG_CONFIG_HOME", ".config") + "/holdpoint/themes"
        if let value = environment["XDG_RUNTIME_DIR"], value.hasPrefix("/"), access(value, W_OK) == 0 {
            runtime = value
        } else {
            runtime = "/tmp"
        }
    }

    /// Makes a folder and those above it, 0700; those that are there stay as they are.
    ///
    /// - Throws: `CommandFailure` (69) that names the folder, why, and what to do.
    static func make(_ path: String) throws(CommandFailure) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o700) != 0 else { continue }
            let code = errno
            var facts = stat()
            // Whatever is there and is a folder will do: a read-only file system says EROFS for those, too.
            if stat(made, &facts) == 0 {
                if facts.st_mode & S_IFMT == S_IFDIR { continue }
                throw .unusable(made, String(cString: strerror(ENOTDIR)))
            }
            throw .unusable(made, String(cString: strerror(code)))
        }
    }
}
