import Readiness

/// Gives the feed back to the market and waits until it lives again.
struct FeedRecovery: Sendable {
    private let probes: TargetProbes
    private let clock: any CheckClock

    init(_ probes: TargetProbes, clock: any CheckClock) {
        self.probes = probes
        self.clock = clock
    }

    /// Ends scripts and cuts, and looks until every symbol has ticked once more.
    ///
    /// - Returns: the symbols that did not tick within three seconds.
    func restore() async throws(ProbeError) -> [String] {
        guard try await probes.feed.restore().value else {
            throw ProbeError(.nonsense, at: .surface, "the target did not give the feed back to the market")
        }
        let before = try await probes.market.snapshot().value
        var silent = before
        for _ in 0..<Self.looks {
            let now = try await probes.market.snapshot().value
            silent.removeAll { old in now.contains { $0.symbol == old.symbol && $0.sequence > old.sequence } }
            guard !silent.isEmpty else { return [] }
            try await clock.sleep(for: Self.pause)
        }
        return silent.map(\.symbol)
    }

    private static let pause = Duration.milliseconds(50)
    private static let looks = 60
}
