import Glibc
import Synchronization

/// A file of lines that grows to a bound and is then set aside as `NAME.1`, which replaces the one before.
///
/// `write` never waits: lines are kept in memory until the file's thread has written them, up to a bound; beyond it
/// lines are counted and left out, and the next line that fits says how many.
final class LineFile: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var drainPending = false
        var omitted = 0
    }

    private struct Output {
        var descriptor: Int32
        var size: Int
    }

    private static let waitingBound = 8 << 20

    let path: String
    private let sizeBound: Int
    private let thread: BlockingThread
    private let state = Mutex(State())
    private let output: Mutex<Output>

    /// Opens the file for appending; made if it is not there, readable by its owner alone.
    init(path: String, sizeBound: Int, thread: BlockingThread) throws(HomeError) {
        self.path = path
        self.sizeBound = sizeBound
        self.thread = thread
        output = Mutex(try Self.open(path))
    }

    func write(_ line: JSONValue) {
        let bytes = line.encoded()
        let mustStart = state.withLock { state in
            guard state.waiting.count < Self.waitingBound else {
                state.omitted += 1
                return false
            }
            if state.omitted > 0 {
                state.waiting += (["event": "lines.omitted", "count": .integer(Int64(state.omitted))] as JSONValue)
                    .encoded()
                state.waiting.append(UInt8(ascii: "\n"))
                state.omitted = 0
            }
            state.waiting += bytes
            state.waiting.append(UInt8(ascii: "\n"))
            guard !state.drainPending else { return false }
            state.drainPending = true
            return true
        }
        if mustStart { thread.enqueue { self.drain() } }
    }

    /// Writes what waits, on the calling thread, which must be the file's.
    func drain() {
        let bytes = state.withLock { state in
            state.drainPending = false
            defer { state.waiting.removeAll(keepingCapacity: state.waiting.count < 65_536) }
            return state.waiting
        }
        guard !bytes.isEmpty else { return }
        output.withLock { output in
            if output.size > 0, output.size + bytes.count > sizeBound { rotate(&output) }
            // A full disk must not stop trading: what does not fit is lost, and the log shows the gap in `seq`.
            if HomeFiles.writeAll(bytes, to: output.descriptor) { output.size += bytes.count }
        }
    }

    /// Writes what waits and closes the file, on the file's thread.
    func close() {
        drain()
        output.withLock { output in
            guard output.descriptor >= 0 else { return }
            Glibc.close(output.descriptor)
            output.descriptor = -1
        }
    }

    private func rotate(_ output: inout Output) {
        rename(path, path + ".1")
        // If no new file can be opened, go on with the one that was set aside.
        guard let fresh = try? Self.open(path) else { return }
        Glibc.close(output.descriptor)
        output = fresh
    }

    private static func open(_ path: String) throws(HomeError) -> Output {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode_t(0o600))
        guard descriptor >= 0 else { throw .system(path: path, doing: "open", code: errno) }
        var status = stat()
        fstat(descriptor, &status)
        return Output(descriptor: descriptor, size: Int(status.st_size))
    }
}
