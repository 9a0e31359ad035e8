/// How busy the host was while a latency was measured.
package struct HostNoise: Sendable, Codable, Equatable {
    /// `some avg10` of `/proc/pressure/cpu` in percent; nil where the kernel does not tell, and then it excuses nothing.
    package var pressure: DecimalValue?
    /// Steal's share of all CPU time in the window, in percent; nil where `/proc/stat` does not tell.
    package var steal: DecimalValue?

    /// States what was read.
    package init(pressure: DecimalValue?, steal: DecimalValue?) {
        self.pressure = pressure
        self.steal = steal
    }

    private enum CodingKeys: String, CodingKey { case pressure = "psi_cpu", steal }

    /// The criteria keys of the bounds beyond which a host counts as noisy.
    package static let criteriaKeys = ["noise.max_psi_cpu_percent", "noise.max_steal_percent"]

    /// Whether the host was too busy for a red to mean anything. Noise may excuse a red, never withhold a green.
    package func isTooMuch(by criteria: Criteria) -> Bool {
        func exceeds(_ value: DecimalValue?, _ key: String) -> Bool {
            guard let value, let bound = criteria[key] else { return false }
            return value > bound.value
        }
        return exceeds(pressure, Self.criteriaKeys[0]) || exceeds(steal, Self.criteriaKeys[1])
    }
}

/// Reads how busy the host is. One window at a time per reading.
package protocol NoiseMeter: Sendable {
    /// Marks the beginning of a window.
    func begin() -> NoiseMark
    /// What the host did since the mark.
    func noise(since mark: NoiseMark) -> HostNoise
}

/// The counters at the beginning of a window, in clock ticks since boot.
package struct NoiseMark: Sendable, Equatable {
    /// Steal, or nil where it cannot be read.
    package var steal: Int64?
    /// All CPU time together, or nil where it cannot be read.
    package var total: Int64?

    /// States what was read.
    package init(steal: Int64?, total: Int64?) {
        self.steal = steal
        self.total = total
    }
}
