import Glibc
package import Readiness

/// Finishing what a run that died could not.
extension UndoJournal {
    /// What came of one change.
    package struct Step: Sendable, Equatable {
        /// The change.
        package var entry: Entry
        /// Why it could not be taken back; nil when it has been.
        package var trouble: String?
        /// Something to tell beside that: the journal could not say so.
        package var note: String?
    }

    /// What came of all of them.
    package struct Report: Sendable, Equatable {
        /// As the journal's first line says.
        package var header: Header
        /// In the order in which they were performed. None: there was nothing left to do.
        package var steps: [Step]

        /// What has been taken back.
        package var done: [Step] { steps.filter { $0.trouble == nil } }
        /// What could not be: the target is left disturbed. A further recovery tries these again.
        package var failed: [Step] { steps.filter { $0.trouble != nil } }
    }

    /// How long one compensation may take when nothing else is asked for. As generous as a run is for all of a check's:
    /// nobody waits for a verdict here.
    package static let recoveryLimit = Duration.seconds(8)

    /// Whether the run that writes a journal lives (or somebody finishes it at this moment). A journal that is not there
    /// is nobody's.
    package static func isLive(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { Glibc.close(file) }
        // Asking shared, and giving it back at once by closing: it is in nobody's way for longer than that.
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Takes back what a run left, newest first. Idempotent: what has been taken back is written down, and a second
    /// recovery finds nothing to do.
    ///
    /// - Parameters:
    ///   - path: the journal.
    ///   - compensator: of the target that the journal's header names.
    ///   - limit: for each change.
    ///   - clock: what the limits are told by.
    /// - Throws: `UndoJournalError`: `live` while the run lives; and whatever `pending` throws. Nothing is performed then.
    package static func recover(
        _ path: String, with compensator: any Compensator, limit: Duration = recoveryLimit, clock: any CheckClock
    ) async throws(UndoJournalError) -> Report {
        let file = try lock(path)
        // Closing gives the lock back.
        defer { Glibc.close(file) }
        let work = BlockingWork()
        let pending = try await work.run { Result { () throws(UndoJournalError) in try Self.pending(at: path) } }.get()
        var report = Report(header: pending.header, steps: [])
        // Half a line at the end was never acknowledged; what we write must not be glued to it.
        if ftruncate(file, off_t(pending.length)) != 0 { throw .file(FileTrouble(path: path, code: errno)) }
        for entry in pending.entries {
            var step = Step(entry: entry)
            step.trouble = await compensator.trouble(takingBack: entry.effect, within: limit, on: clock)
            if step.trouble == nil {
                let bytes = Line(undone: .init(effectID: entry.effect.effectID)).bytes
                let code = await work.run {
                    WholeFile.writeAll(bytes, to: file) ?? (fdatasync(file) == 0 ? nil : errno)
                }
                if let code {
                    step.note = "taken back, but failed to use the undo journal \(FileTrouble(path: path, code: code))"
                }
            }
            report.steps.append(step)
        }
        return report
    }

    private static func lock(_ path: String) throws(UndoJournalError) -> Int32 {
        let file = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw .file(FileTrouble(path: path, code: errno)) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(file)
            throw code == EWOULDBLOCK ? .live(path: path) : .file(FileTrouble(path: path, code: code))
        }
        return file
    }
}
