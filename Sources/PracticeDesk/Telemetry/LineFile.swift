import Glibc
import Synchronization

/// A file of lines that grows to a bound and is then set aside as `NAME.1`, which replaces the one before.
///
/// `write` never waits: lines are kept in memory until the file's thread has written them, up to a bound. What is lost,
/// beyond that bound or on a full disk, is counted, and the next line that fits says how many.
final class LineFile: Sendable {
    private struct State {
        var buffer = LineBuffer(bound: 8 << 20)
        var drainPending = false
    }

    private struct Output {
        var descriptor: Int32
        var size: Int
        /// The last line is only a part of one, and could not be cut off.
        var isTorn = false
    }

    let path: String
    private let sizeBound: Int
    private let thread: BlockingThread
    private let notice: @Sendable (Int64) -> JSONValue
    private let state = Mutex(State())
    private let output: Mutex<Output>

    /// Opens the file for appending; made if it is not there, readable by its owner alone.
    ///
    /// - Parameter notice: the line that tells of so many lost ones.
    init(
        path: String, sizeBound: Int, thread: BlockingThread, notice: @escaping @Sendable (Int64) -> JSONValue
    ) throws(HomeError) {
        self.path = path
        self.sizeBound = sizeBound
        self.thread = thread
        self.notice = notice
        output = Mutex(try Self.open(path))
    }

    /// Lines that never reached the file, since it was opened.
    var linesLost: Int64 { state.withLock { $0.buffer.lost } }

    func write(_ line: JSONValue) {
        let bytes = line.encoded()
        let mustStart = state.withLock { state in
            state.buffer.add(bytes)
            guard !state.drainPending else { return false }
            state.drainPending = true
            return true
        }
        if mustStart { thread.enqueue { self.drain() } }
    }

    /// Writes what waits, on the calling thread, which must be the file's.
    func drain() {
        let batch = state.withLock { state in
            state.drainPending = false
            return state.buffer.take { notice($0).encoded() }
        }
        guard let batch else { return }
        let written = output.withLock { output in
            if output.size > 0, output.size + batch.bytes.count > sizeBound { rotate(&output) }
            return Self.append(batch.bytes, to: &output)
        }
        // A full disk must not stop trading: what does not fit is lost, and counted.
        state.withLock { $0.buffer.note(batch, written: written) }
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

    /// Appends lines, as many as fit; answers how many of the bytes stand there now, which is whole lines.
    private static func append(_ bytes: [UInt8], to output: inout Output) -> Int {
        if output.isTorn {
            guard HomeFiles.write([UInt8(ascii: "\n")], to: output.descriptor) == 1 else { return 0 }
            output.isTorn = false
            output.size += 1
        }
        let written = HomeFiles.write(bytes, to: output.descriptor)
        let whole = bytes[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        output.size += whole
        if whole < written, !cut(written - whole, off: output.descriptor) {
            output.isTorn = true
            output.size += written - whole
        }
        return whole
    }

    /// Takes the last bytes away again. By the file's size as it is: somebody else may have emptied it.
    private static func cut(_ count: Int, off descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= off_t(count) else { return false }
        return ftruncate(descriptor, status.st_size - off_t(count)) == 0
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
