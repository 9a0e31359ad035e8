/// `machine.quiet` between processes: two runs on one host do not spoil each other's figures.
///
/// A run holds it shared while any ordinary check runs, and alone while a check measures latency.
package final class MachineLock: Sendable {
    /// How it is held.
    package enum Hold: Sendable, Equatable { case none, shared, alone }

    private let file: FileLock
    /// The folder of the lock files.
    package let folder: String

    /// Names the folder; nothing is opened before the first use.
    package init(folder: String) {
        self.folder = folder
        file = FileLock(folder: folder, stem: "holdpoint-quiet")
    }

    /// Tries once to take the lock, or to change how it is held. Never waits.
    ///
    /// - Returns: whether it is held so now. False: another process is in the way; ask again in a while.
    /// - Throws: `MachineLockError` when the files cannot be used at all.
    package func attempt(_ wanted: Hold) throws(MachineLockError) -> Bool {
        switch wanted {
        case .none: try file.attempt(.none)
        case .shared: try file.attempt(.shared)
        case .alone: try file.attempt(.alone)
        }
    }

    /// Gives the place in the queue up without having had the lock.
    package func withdraw() { file.withdraw() }

    /// Who is in the way, as the kernel says now. Empty where it does not tell.
    package func holders() -> [LockHolder] { file.holders() }
}
