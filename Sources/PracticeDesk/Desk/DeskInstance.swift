/// A process of a desk that serves, whatever its role.
protocol DeskInstance: Sendable {
    /// What it tells of itself now.
    func currentRecord() -> DeskRecord
    /// The command that would serve as it serves now, faults included.
    func restart() -> DeskRestart
    /// Takes it apart; goes on after an error, and throws the first at the end.
    ///
    /// - Parameter keepsPlace: for a restart: faults stay as they are, and the record stays for the next life to find.
    func dismantle(keepsPlace: Bool) async throws
}
