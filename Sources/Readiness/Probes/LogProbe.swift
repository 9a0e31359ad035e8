/// Sends a marker through the target and looks for it in the target's log.
package protocol LogProbe: Sendable {
    /// Where the process says that it writes its log.
    func describeLog() async throws(ProbeError) -> Answer<LogDescription>
    /// Has the target write a marker into its log. Says nothing of whether it did.
    func mark(_ marker: String) async throws(ProbeError) -> Answer<Bool>
    /// Looks for a marker in the newest part of the log's file.
    ///
    /// - Returns: the line that holds it, capped; nil while it is not there.
    func find(_ marker: String, in log: LogDescription) async throws(ProbeError) -> Answer<String?>
}

/// Where a target's log is.
package struct LogDescription: Sendable, Codable, Equatable {
    /// The file; or the command that prints the log's newest part, as a person would type it.
    package var path: String
    /// `json-lines`, `text`.
    package var format: String
    /// Lines that the process could not write since its start, by its own count; nil where it does not count them.
    package var linesLost: Int64?
    /// Whether `path` is a command; nil for a file.
    package var isCommand: Bool?

    /// States where it is.
    package init(path: String, format: String, linesLost: Int64? = nil, isCommand: Bool? = nil) {
        self.isCommand = isCommand
        self.path = path
        self.format = format
        self.linesLost = linesLost
    }
}
