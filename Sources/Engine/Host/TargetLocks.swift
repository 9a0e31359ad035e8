package import Readiness
import Synchronization

/// The locks of one target between processes: two runs on one target do not disturb each other.
///
/// They are those of the schedule (the account, the feed, the target's process), held by the same rules, for as long as a
/// check holds them there. A check gets all that it needs or nothing, in sorted order, and one that waits holds nothing
/// but a place in one queue: so no two can wait for each other. `machine.quiet` is another matter (`MachineLock`): it is
/// of the host, not of a target.
package final class TargetLocks: Sendable {
    /// What a check needs.
    package struct Need: Sendable, Equatable {
        /// Held by nobody else.
        package var alone: [Lock]
        /// Held together with others that only need it shared.
        package var shared: [Lock]

        /// What a definition asks for, as far as it is of the target.
        package init(_ definition: CheckDefinition) {
            alone = definition.locks.filter { $0 != .machineQuiet }
            shared = definition.sharedLocks.filter { $0 != .machineQuiet }
        }

        /// Whether there is nothing to hold.
        package var isEmpty: Bool { alone.isEmpty && shared.isEmpty }
    }

    /// How many checks of this run hold each lock.
    private let holds = Mutex<[Lock: Int]>([:])
    private let files: [Lock: FileLock]
    private let note: RunNote
    /// The folder of the lock files.
    package let folder: String

    /// Names the files; nothing is opened before the first use.
    ///
    /// - Parameters:
    ///   - folder: where the lock files are, the same for all runs of a user.
    ///   - run: the run's id, told to those that wait for it.
    ///   - target: what the target is known by: its home with links resolved, or its address. Two names of one target
    ///     count as two targets.
    package init(folder: String, run: String, target: String) {
        self.folder = folder
        let key = HexDigest.sha256(Array(target.utf8)).prefix(16)
        note = RunNote(run: run, folder: folder)
        let ofTheTarget = Lock.allCases.filter { $0 != .machineQuiet }
        files = Dictionary(
            uniqueKeysWithValues: ofTheTarget.map { lock in
                (lock, FileLock(folder: folder, stem: "holdpoint-\(key)-\(lock.rawValue)"))
            })
    }

    /// Tries once to take all that a check needs. Never waits. The caller's schedule sees to it that no two checks of one
    /// run hold a lock that one of them needs alone.
    ///
    /// - Returns: nil when all is held; else the first lock that another process has, and nothing is held.
    /// - Throws: `MachineLockError` when the files cannot be used at all; then nothing is held.
    package func attempt(_ need: Need) throws(MachineLockError) -> Lock? {
        guard !need.isEmpty else { return nil }
        let result = holds.withLock { holds -> Result<Lock?, MachineLockError> in
            var taken: [Lock] = []
            for lock in (need.alone + need.shared).sorted() {
                do throws(MachineLockError) {
                    if holds[lock, default: 0] == 0,
                        try files[lock]?.attempt(need.alone.contains(lock) ? .alone : .shared) == false
                    {
                        giveUp(taken, in: &holds)
                        return .success(lock)
                    }
                } catch {
                    giveUp(taken, in: &holds)
                    return .failure(error)
                }
                holds[lock, default: 0] += 1
                taken.append(lock)
            }
            return .success(nil)
        }
        let busy = try result.get()
        if busy == nil { note.leave() }
        return busy
    }

    /// Gives back what `attempt` took for a check.
    package func release(_ need: Need) { holds.withLock { giveUp(need.alone + need.shared, in: &$0) } }

    /// Gives every place in a queue up: for when nobody of this run waits any more. Whoever does enters again.
    package func withdraw() { for file in files.values { file.withdraw() } }

    /// Ends their use, when every check has given back what it held: takes the run's note away.
    ///
    /// - Parameter targetIsGone: whether the target was the run's own and has ended with it; then the lock files go as well.
    package func finish(targetIsGone: Bool) {
        note.remove()
        if targetIsGone { for file in files.values { file.remove() } }
    }

    /// Who is in the way, as the kernel says now. Empty where it does not tell.
    package func holders(of lock: Lock) -> [LockHolder] { files[lock]?.holders() ?? [] }

    private func giveUp(_ locks: [Lock], in holds: inout [Lock: Int]) {
        for lock in locks {
            guard let count = holds[lock], count > 0 else { continue }
            holds[lock] = count - 1
            // A file that was open to be locked can be unlocked: there is nothing to fail here.
            if count == 1 { _ = try? files[lock]?.attempt(.none) }
        }
    }
}
