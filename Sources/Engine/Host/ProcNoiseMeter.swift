import FoundationEssentials
import Glibc
package import Readiness

/// Reads how busy the host is from the kernel: `/proc/pressure/cpu` and the steal column of `/proc/stat`.
///
/// Where the kernel does not tell (no PSI, no such files), the reading is nil and excuses nothing.
package struct ProcNoiseMeter: NoiseMeter {
    private let pressurePath: String
    private let statPath: String

    /// Reads the kernel's files; other paths are for tests.
    package init(pressurePath: String = "/proc/pressure/cpu", statPath: String = "/proc/stat") {
        self.pressurePath = pressurePath
        self.statPath = statPath
    }

    /// Marks the counters of now.
    package func begin() -> NoiseMark { mark() }

    /// Steal since the mark, and the pressure of the last ten seconds.
    package func noise(since mark: NoiseMark) -> HostNoise {
        let end = self.mark()
        var steal: DecimalValue?
        if let before = mark.steal, let after = end.steal, let began = mark.total, let ended = end.total, ended > began
        {
            // Hundredths of a percent are exact enough and stay readable.
            steal = DecimalValue(Decimal((after - before) * 10_000 / (ended - began)) / 100)
        }
        return HostNoise(pressure: pressure(), steal: steal)
    }

    /// `some avg10=1.23 avg60=… total=…` (kernel documentation, accounting/psi).
    private func pressure() -> DecimalValue? {
        guard let line = firstLine(of: pressurePath), line.hasPrefix("some ") else { return nil }
        let field = line.split(separator: " ").first { $0.hasPrefix("avg10=") }
        return field.flatMap { DecimalValue(parsing: String($0.dropFirst(6))) }
    }

    /// `cpu user nice system idle iowait irq softirq steal guest guest_nice` in ticks (proc(5)). Guest time is part of
    /// user time already.
    private func mark() -> NoiseMark {
        guard let line = firstLine(of: statPath), line.hasPrefix("cpu ") else {
            return NoiseMark(steal: nil, total: nil)
        }
        let ticks = line.split(separator: " ").dropFirst().compactMap { Int64($0) }
        guard ticks.count >= 8 else { return NoiseMark(steal: nil, total: nil) }
        return NoiseMark(steal: ticks[7], total: ticks.prefix(8).reduce(0, +))
    }

    /// These files are made by the kernel as they are read: no disk, no waiting.
    private func firstLine(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
