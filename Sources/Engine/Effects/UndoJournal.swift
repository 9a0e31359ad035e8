import Glibc
package import Readiness
import Synchronization

/// What a run is about to change on the target, on disk before it happens: `undo.ndjson` in the run's folder.
///
/// Append-only, mode 0600: a header, then a line for each change before it is made and one for each that has been taken
/// back. What was registered and not taken back is what `holdpoint recover` performs after a crash. As long as the run
/// lives it holds the file locked (`flock`, which the kernel frees when the process dies, however it dies).
///
/// The file is made with the first change: a run that changes nothing leaves none. It appears under its name with its
/// header whole and its lock held, never otherwise.
package final class UndoJournal: Sendable {
    fileprivate struct State {
        var file: Int32 = -1
        /// Bytes of whole lines.
        var length: Int64 = 0
        var isClosed = false
        /// Set when half a line may lie at the end: nothing must be written behind it.
        var broken: FileTrouble?
    }

    /// The file.
    package let path: String

    private let folder: String
    private let header: Header
    private let work = BlockingWork()
    private let state = Mutex(State())
    private let write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int

    /// The file's name in a run's folder.
    package static let fileName = "undo.ndjson"

    /// A journal in a run's folder. Nothing is written before the first change.
    package convenience init(folder: String, header: Header) {
        self.init(folder: folder, header: header) { file, bytes in Glibc.write(file, bytes.baseAddress, bytes.count) }
    }

    /// The same with a way to write of its own: tests fill the disk with it. It answers as `write(2)` does.
    package init(
        folder: String, header: Header, write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    ) {
        self.folder = folder
        self.header = header
        self.write = write
        path = "\(folder)/\(Self.fileName)"
    }

    deinit { state.withLock { $0.close() } }

    /// Writes a change down and waits until it is on the disk.
    ///
    /// - Throws: `UndoJournalError` when it is not: then the change must not be made.
    package func register(_ effect: EffectRecord, of check: CheckID) async throws(UndoJournalError) {
        try await append(Line(registered: effect, check: check))
    }

    /// Writes down that a change has been taken back. Where no change was ever registered there is nothing to write.
    ///
    /// - Throws: `UndoJournalError` when it cannot be written: `recover` would then take the change back once more.
    package func undone(_ effectID: String) async throws(UndoJournalError) {
        guard state.withLock({ $0.file >= 0 || $0.isClosed }) else { return }
        try await append(Line(undone: .init(effectID: effectID)))
    }

    /// Gives the lock back. Nothing can be written afterwards.
    package func close() async {
        await work.run { [self] in state.withLock { $0.close() } }
    }

    /// On the thread of its own, one line after the other.
    private func append(_ line: Line) async throws(UndoJournalError) {
        try await work.run { [self] () -> Result<Void, UndoJournalError> in
            state.withLock { state in
                do throws(UndoJournalError) { return .success(try write(line, &state)) } catch {
                    return .failure(error)
                }
            }
        }.get()
    }

    private func write(_ line: Line, _ state: inout State) throws(UndoJournalError) {
        if state.isClosed { throw .closed(path: path) }
        if let broken = state.broken { throw .file(broken) }
        if state.file < 0 { try create(&state) }
        let bytes = line.bytes
        if let code = writeAll(bytes, to: state.file) {
            // Take back what may be there of the line, so that the file ends with a whole one.
            if ftruncate(state.file, off_t(state.length)) != 0 { state.broken = FileTrouble(path: path, code: errno) }
            throw .file(FileTrouble(path: path, code: code))
        }
        state.length += Int64(bytes.count)
    }

    /// Makes the file beside its place, locked and with its header on disk, and moves it there.
    private func create(_ state: inout State) throws(UndoJournalError) {
        let temporary = "\(path).\(getpid()).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .file(FileTrouble(path: temporary, code: errno)) }
        let bytes = header.bytes
        var code = flock(file, LOCK_EX | LOCK_NB) == 0 ? nil : errno
        if code == nil { code = writeAll(bytes, to: file) }
        // A link, not a rename: a journal that is there already is another run's and is never replaced.
        if code == nil, link(temporary, path) != 0 { code = errno }
        if code == nil { code = syncFolder() }
        unlink(temporary)
        if let code {
            Glibc.close(file)
            throw .file(FileTrouble(path: path, code: code))
        }
        state.file = file
        state.length = Int64(bytes.count)
    }

    private func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, UnsafeRawBufferPointer(rebasing: $0[offset...])) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? ENOSPC : errno }
            offset += count
        }
        return fdatasync(file) == 0 ? nil : errno
    }

    /// Brings the folder's entry to the disk: a file that a power cut makes nameless would be of no use.
    private func syncFolder() -> Int32? {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { Glibc.close(descriptor) }
        return fsync(descriptor) == 0 ? nil : errno
    }
}

extension UndoJournal.State {
    fileprivate mutating func close() {
        isClosed = true
        if file >= 0 { Glibc.close(file) }
        file = -1
    }
}
