/// The two clocks of a run: monotonic for durations, the wall for records.
package protocol RunClock: CheckClock {
    /// The wall clock, UTC. Only for records; no duration is computed from it.
    var wall: UTCInstant { get }
}
