import Glibc

/// When a process was started, in the kernel's clock ticks since boot: with its id it names a process for good.
enum ProcessStart {
    /// Field 22 of `/proc/PID/stat`; nil if there is no such process.
    static func ticks(of pid: Int32) -> UInt64? {
        guard let bytes = try? HomeFiles.read("/proc/\(pid)/stat", sizeBound: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field is the name in parentheses, which may hold blanks and parentheses of its own.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }
}
