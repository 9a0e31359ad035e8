import FoundationEssentials
import Glibc
package import Readiness
import Synchronization

/// The append-only log of a run on disk, and the cursors that read it. The truth; everything else is a fold over it.
///
/// One writer: the dispatcher. Any number of readers, each with a stream of its own, early or late, fast or slow; none
/// loses an event (the window holds the newest, the file all). A line is handed to the kernel before `append` returns, so
/// that killing the process loses nothing; `fdatasync` follows within 20 ms, and before `durable` returns.
///
/// When the disk is full no line is skipped: lines wait in memory and are written in order as soon as there is room.
/// Until then `trouble` says why, and the gate holds.
package final class RunLog: Sendable {
    fileprivate struct State {
        var file: Int32
        var previous = LogLine.origin
        var sequence = 0
        /// Bytes of complete lines in the file.
        var length: Int64 = 0
        /// Lines that the disk would not take, oldest first.
        var backlog: [[UInt8]] = []
        var trouble: LogTrouble?
        var window: EventWindow
        /// Where every `offsetStride`th line begins.
        var offsets: [Int64] = []
        var isFinished = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var encoder: JSONEncoder
        var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    }

    /// The file.
    package let path: String
    /// The run's id.
    package let run: String

    private let state: Mutex<State>
    private let flusher: LogFlusher
    private let clock: any RunClock
    private let began: Duration
    private let reading = BlockingWork()

    private static let offsetStride = 512

    /// Creates the file, which must not exist, with mode 0600.
    ///
    /// - Parameter windowCapacity: events kept in memory for readers that are nearly up to date. Default 65,536.
    /// - Throws: `LogTrouble` when it cannot be created.
    package convenience init(
        path: String, run: String, clock: any RunClock, windowCapacity: Int = 65_536
    ) throws(LogTrouble) {
        try self.init(path: path, run: run, clock: clock, windowCapacity: windowCapacity) { file, bytes in
            Glibc.write(file, bytes.baseAddress, bytes.count)
        }
    }

    /// The same with a way to write of its own: tests fill the disk with it. It answers as `write(2)` does.
    package init(
        path: String, run: String, clock: any RunClock, windowCapacity: Int,
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    ) throws(LogTrouble) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LogTrouble(path: path, code: errno) }
        self.path = path
        self.run = run
        self.clock = clock
        began = clock.now
        state = Mutex(
            State(
                file: file, window: EventWindow(capacity: windowCapacity), encoder: LogLine.makeEncoder(), write: write)
        )
        flusher = LogFlusher(file: file)
    }

    deinit { flusher.close() }

    /// Appends an event and hands it to the readers. Called by the dispatcher alone; does not wait for the disk.
    ///
    /// - Returns: the event as it stands in the log.
    @discardableResult
    package func append(_ body: EventBody, check: CheckID? = nil, round: Int? = nil) -> ValidationEvent {
        let (event, waiters) = state.withLock { state -> (ValidationEvent, [CheckedContinuation<Void, Never>]) in
            state.sequence += 1
            let event = ValidationEvent(
                run: run, sequence: state.sequence, time: clock.wall, monotonic: (clock.now - began).nanoseconds,
                check: check, round: round, body: body)
            do {
                let (bytes, hash) = try LogLine.encode(event, after: state.previous, with: state.encoder)
                state.previous = hash
                state.backlog.append(bytes)
            } catch {
                // Every payload is plain data that JSON can hold: there is nothing to do about this but to say it.
                preconditionFailure("an event cannot be encoded: \(error)")
            }
            state.drainBacklog(path: path, stride: Self.offsetStride)
            state.window.append(event)
            if body.kind == .runFinished { state.isFinished = true }
            let waiters = Array(state.waiters.values)
            state.waiters = [:]
            return (event, waiters)
        }
        flusher.markDirty(now: body.kind.mustBeDurable)
        for waiter in waiters { waiter.resume() }
        return event
    }

    /// Waits until everything appended so far is on disk.
    ///
    /// - Throws: `LogTrouble` when the disk does not take it. What had to be written down first must then not be done.
    package func durable() async throws(LogTrouble) {
        if let trouble { throw trouble }
        if let code = await flusher.flush() { throw LogTrouble(path: path, code: code) }
        if let trouble { throw trouble }
    }

    /// Why lines wait in memory; nil while the file holds everything.
    package var trouble: LogTrouble? { state.withLock { $0.trouble } }

    /// The hash of the newest line.
    package var head: String { state.withLock { $0.previous } }

    /// Whether `run.finished` has been appended.
    package var isFinished: Bool { state.withLock { $0.isFinished } }

    /// The number of the newest event; 0 before the first.
    package var lastSequence: Int { state.withLock { $0.sequence } }

    /// Tries once more to write what waits, waits for the disk, and closes the file. Readers go on.
    package func close() async throws(LogTrouble) {
        state.withLock { $0.drainBacklog(path: path, stride: Self.offsetStride) }
        let code = await flusher.flush()
        flusher.close()
        if let trouble { throw trouble }
        if let code { throw LogTrouble(path: path, code: code) }
    }

    // MARK: - Reading

    /// A stream of all events from a number on, for one reader. It ends after `run.finished`.
    ///
    /// A reader ends by reading `run.finished`; cancelling its task ends the stream early, and the rest is not seen.
    package func events(from first: Int = 1) -> AsyncStream<ValidationEvent> {
        let cursor = LogCursor(log: self, next: first)
        return AsyncStream(unfolding: { await cursor.next() })
    }

    /// What a cursor finds at a number: events to go on with, nothing yet, or the end.
    enum Found {
        case events(ArraySlice<ValidationEvent>)
        case inFile
        case nothingYet
        case end
    }

    func find(from sequence: Int) -> Found {
        state.withLock { state in
            if sequence > state.sequence { return state.isFinished ? .end : .nothingYet }
            guard let events = state.window.events(from: sequence, limit: 256) else { return .inFile }
            return .events(events)
        }
    }

    /// Waits until an event with this number is there or the task is cancelled.
    func waitForEvent(_ sequence: Int) async {
        let ticket = state.withLock { state -> Int in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state -> Bool in
                    if state.sequence >= sequence || state.isFinished || Task.isCancelled { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// Reads events that have left the window again, from the file, on a thread of its own.
    func readFile(from sequence: Int, limit: Int) async -> [ValidationEvent] {
        let (offset, firstThere) = state.withLock { state -> (Int64, Int) in
            let place = max(0, (sequence - 1) / Self.offsetStride)
            return (state.offsets[min(place, state.offsets.count - 1)], place * Self.offsetStride + 1)
        }
        let path = path
        return await reading.run {
            LogFileReader.events(path: path, offset: offset, skipping: sequence - firstThere, limit: limit)
        }
    }
}

extension RunLog.State {
    /// Writes waiting lines in order, whole lines only, until the disk refuses one.
    fileprivate mutating func drainBacklog(path: String, stride: Int) {
        var written = 0
        for line in backlog {
            let first = sequence - backlog.count + written
            if let code = writeAll(line) {
                trouble = LogTrouble(path: path, code: code)
                // A part of the line may be there: take it back, so that the file ends with a whole line.
                if ftruncate(file, off_t(length)) != 0 { trouble = LogTrouble(path: path, code: errno) }
                backlog.removeFirst(written)
                return
            }
            if first % stride == 0 { offsets.append(length) }
            length += Int64(line.count)
            written += 1
        }
        backlog.removeAll(keepingCapacity: true)
        trouble = nil
    }

    private func writeAll(_ bytes: [UInt8]) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = write(file, UnsafeRawBufferPointer(rebasing: buffer[offset...]))
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                if count == 0 { return ENOSPC }
                offset += count
            }
            return nil
        }
    }
}

/// Why the log cannot be written.
package struct LogTrouble: Error, Equatable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// `errno`.
    package var code: Int32

    /// Describes trouble with a file.
    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// A fragment that reads after "failed to ".
    package var description: String { "write the log \(path): \(String(cString: strerror(code)))" }
}
