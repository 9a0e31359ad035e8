import Glibc

/// What a command finds in its environment: this list, and what its request adds. Nothing else of ours gets through: no
/// token, no `LD_PRELOAD`, no setting of the shell that we were started from.
package enum CommandEnvironment {
    /// Where a program named without a path is looked for, and the command's own `PATH`. Fixed: what is run does not
    /// depend on who runs us.
    package static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The whole environment: `PATH` as above, `LANG` and `LC_ALL` `C.UTF-8` so that words and numbers come in one
    /// form, `TZ` `UTC`, `HOME` and `TMPDIR` as ours where they are absolute paths, else `/` and `/tmp`; then `extras`.
    package static func variables(adding extras: [String: String] = [:]) -> [String: String] {
        let list = [
            "PATH": path, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "HOME": folder("HOME") ?? "/", "TMPDIR": folder("TMPDIR") ?? "/tmp",
        ]
        return list.merging(extras) { _, extra in extra }
    }

    /// Whether a variable may have this name.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    private static func folder(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.hasPrefix("/") ? text : nil
    }
}
