import Glibc
package import Readiness

/// Which machine this is: figures are comparable only between equals.
package enum HostFacts {
    /// Reads CPU model, cores and kernel. What the system does not tell stands as `unknown`.
    package static func read() -> Host {
        var names = utsname()
        let kernel = uname(&names) == 0 ? text(&names.release) : "unknown"
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return Host(
            fingerprint: HexDigest.sha256(Array("\(processor())|\(cores)|\(kernel)".utf8)), cores: cores, kernel: kernel
        )
    }

    /// The name of the user that runs this process, or its number.
    package static func userName() -> String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }

    private static func processor() -> String {
        let file = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "unknown" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = max(0, Glibc.read(file, &buffer, buffer.count))
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("model name") }), let colon = line.firstIndex(of: ":") else {
            return "unknown"
        }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
    }

    private static func text<Tuple>(_ tuple: inout Tuple) -> String {
        withUnsafeBytes(of: &tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
