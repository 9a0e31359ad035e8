/// Uses the target's pool of database sessions.
package protocol PoolProbe: Sendable {
    /// How full the pool is.
    func pool() async throws(ProbeError) -> Answer<PoolState>
    /// Checks a session out and holds it under a name. An effect: register `Compensation.returnSessions` before.
    ///
    /// - Returns: whether one was had before the target's own patience ended, and how long it took there.
    func checkOut(as holder: String) async throws(ProbeError) -> Answer<PoolCheckOut>
    /// Returns the session that is held under a name. A name that holds none is an answer, not an error.
    func giveBack(_ holder: String) async throws(ProbeError) -> Answer<Bool>
    /// The names under which sessions are held.
    func holders() async throws(ProbeError) -> Answer<[String]>
}

/// How full a pool is.
package struct PoolState: Sendable, Codable, Equatable {
    /// Sessions that there may be.
    package var size: Int
    /// Sessions that are checked out, by anybody.
    package var inUse: Int
    /// Those who wait for one.
    package var waiting: Int

    /// States how full it is.
    package init(size: Int, inUse: Int, waiting: Int) {
        self.size = size
        self.inUse = inUse
        self.waiting = waiting
    }
}

/// An attempt to check a session out.
package struct PoolCheckOut: Sendable, Codable, Equatable {
    /// Whether a session was had.
    package var isHeld: Bool
    /// How long it took inside the target, nanoseconds.
    package var waitedNanoseconds: Int64

    /// States an attempt's end.
    package init(isHeld: Bool, waitedNanoseconds: Int64) {
        self.isHeld = isHeld
        self.waitedNanoseconds = waitedNanoseconds
    }
}
