/// Reads the target's clock.
package protocol ClockProbe: Sendable {
    /// What the target's clock shows, UTC nanoseconds since 1970, with our own clock before and after the question.
    func clock() async throws(ProbeError) -> Answer<ClockReading>
}

/// The target's clock between two looks at ours.
package struct ClockReading: Sendable, Codable, Equatable {
    /// The target's, UTC nanoseconds since 1970.
    package var target: Int64
    /// Ours before the question was sent.
    package var before: Int64
    /// Ours after the answer was read.
    package var after: Int64

    /// States a reading; all three in nanoseconds.
    package init(target: Int64, before: Int64, after: Int64) {
        self.target = target
        self.before = before
        self.after = after
    }
}
