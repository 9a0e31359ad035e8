/// Stops and starts the target's process.
package protocol ControlProbe: Sendable {
    /// Which process answers.
    func process() async throws(ProbeError) -> Answer<ProcessState>
    /// Restarts the target and waits until it answers again, or until the limit is over. An effect.
    ///
    /// - Throws: `ProbeError`: of ours when the command cannot be run, of the target when it did not come back.
    func restart(within limit: Duration) async throws(ProbeError) -> Answer<ProcessState>
}

/// One life of the target's process.
package struct ProcessState: Sendable, Codable, Equatable {
    /// The process id.
    package var pid: Int32
    /// Drawn anew at each start: tells two lives of one process id apart.
    package var bootID: String
    /// UTC, when this life began.
    package var startedAt: UTCInstant

    /// States a life.
    package init(pid: Int32, bootID: String, startedAt: UTCInstant) {
        self.pid = pid
        self.bootID = bootID
        self.startedAt = startedAt
    }
}
