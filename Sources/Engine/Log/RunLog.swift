import Glibc
package import Readiness
import Synchronization

/// The append-only log of a run on disk, and the cursors that read it. The truth; everything else is a fold over it.
///
/// One writer: the dispatcher. Any number of readers, each with a stream of its own, early or late, fast or slow; none
/// loses an event (the window holds the newest, the file all). A line is handed to the kernel before `append` returns, so
/// that killing the process loses nothing; `fdatasync` follows within 20 ms, and before `durable` returns.
///
/// While the disk is full `trouble` says why, and the gate holds; no line is skipped (`LogRecording`).
package final class RunLog: Sendable {
    /// What only the writer touches: encoding and writing keep no reader waiting.
    private struct Writing {
        var sequence = 0
        /// When the first event was appended: a console may stand open for long before its run begins.
        var began: Duration?
        /// nil: nothing is written anywhere.
        var recording: LogRecording?
    }

    /// What readers find.
    private struct Reading {
        var sequence = 0
        var window: EventWindow
        var isFinished = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    /// The file; empty for a log that is not recorded.
    package let path: String
    /// The run's id.
    package let run: String

    // Where both are held, `writing` is taken first.
    private let writing: Mutex<Writing>
    private let reading: Mutex<Reading>
    private let flusher: LogFlusher?
    private let clock: any RunClock

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
    package convenience init(
        path: String, run: String, clock: any RunClock, windowCapacity: Int,
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    ) throws(LogTrouble) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LogTrouble(path: path, code: errno) }
        self.init(
            path: path, run: run, clock: clock, windowCapacity: windowCapacity,
            recording: LogRecording(path: path, file: file, write: write), flusher: LogFlusher(file: file))
    }

    /// A log that is nowhere but in its window: for measuring readers without a disk. Never the log of a run.
    ///
    /// Whoever appends must not run ahead of the slowest reader by more than the window: that reader's stream ends early.
    package convenience init(unrecorded run: String, clock: any RunClock, windowCapacity: Int = 65_536) {
        self.init(path: "", run: run, clock: clock, windowCapacity: windowCapacity, recording: nil, flusher: nil)
    }

    private init(
        path: String, run: String, clock: any RunClock, windowCapacity: Int, recording: sending LogRecording?,
        flusher: LogFlusher?
    ) {
        self.path = path
        self.run = run
        self.clock = clock
        self.flusher = flusher
        writing = Mutex(Writing(recording: recording))
        reading = Mutex(Reading(window: EventWindow(capacity: windowCapacity)))
    }

    deinit { flusher?.close() }

    /// Appends an event and hands it to the readers. Called by the dispatcher alone; does not wait for the disk.
    ///
    /// - Returns: the event as it stands in the log.
    @discardableResult
    package func append(_ body: EventBody, check: CheckID? = nil, round: Int? = nil) -> ValidationEvent {
        let (event, waiters) = writing.withLock { state -> (ValidationEvent, [CheckedContinuation<Void, Never>]) in
            state.sequence += 1
            let now = clock.now
            let began = state.began ?? now
            state.began = began
            let event = ValidationEvent(
                run: run, sequence: state.sequence, time: clock.wall, monotonic: (now - began).nanoseconds,
                check: check, round: round, body: body)
            state.recording?.record(event)
            return (event, publish(event))
        }
        flusher?.markDirty(now: body.kind.mustBeDurable)
        for waiter in waiters { waiter.resume() }
        return event
    }

    /// Puts an event into the window. Returns the readers that waited for it.
    private func publish(_ event: ValidationEvent) -> [CheckedContinuation<Void, Never>] {
        reading.withLock { state in
            state.sequence = event.sequence
            state.window.append(event)
            if event.body.kind == .runFinished { state.isFinished = true }
            if state.waiters.isEmpty { return [] }
            defer { state.waiters.removeAll(keepingCapacity: true) }
            return Array(state.waiters.values)
        }
    }

    /// Waits until everything appended so far is on disk.
    ///
    /// - Throws: `LogTrouble` when the disk does not take it. What had to be written down first must then not be done.
    package func durable() async throws(LogTrouble) {
        if let trouble { throw trouble }
        if let code = await flusher?.flush() { throw LogTrouble(path: path, code: code) }
        if let trouble { throw trouble }
    }

    /// Why lines wait in memory; nil while the file holds everything.
    package var trouble: LogTrouble? { writing.withLock { $0.recording?.trouble } }

    /// The hash of the newest line.
    package var head: String { writing.withLock { $0.recording?.head } ?? LogLine.origin }

    /// Whether `run.finished` has been appended.
    package var isFinished: Bool { reading.withLock { $0.isFinished } }

    /// The number of the newest event; 0 before the first.
    package var lastSequence: Int { reading.withLock { $0.sequence } }

    /// Tries once more to write what waits, waits for the disk, and closes the file. Readers go on.
    package func close() async throws(LogTrouble) {
        writing.withLock { $0.recording?.drain() }
        let code = await flusher?.flush()
        flusher?.close()
        if let trouble { throw trouble }
        if let code { throw LogTrouble(path: path, code: code) }
    }
}

/// Reading.
extension RunLog {
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
        reading.withLock { state in
            if sequence > state.sequence { return state.isFinished ? .end : .nothingYet }
            guard let events = state.window.events(from: sequence) else { return .inFile }
            return .events(events)
        }
    }

    /// Waits until an event with this number is there or the task is cancelled.
    func waitForEvent(_ sequence: Int) async {
        let ticket = reading.withLock { state -> Int in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = reading.withLock { state -> Bool in
                    if state.sequence >= sequence || state.isFinished || Task.isCancelled { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            reading.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }

    /// Where in the file to begin to read for an event, and the number of the event that stands there; nil for a log that
    /// is not recorded.
    func place(of sequence: Int) -> (offset: Int64, first: Int)? {
        writing.withLock { $0.recording?.place(of: sequence) }
    }
}
